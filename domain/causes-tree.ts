import type { Finding } from './finding.ts'

/** As much of a finding as a tree is made of. */
export type Linked = Pick<Finding, 'id' | 'outcome' | 'sentence'> & { because?: string | undefined }

/** A finding with those that are consequences of it. */
export interface Branch {
  finding: Linked
  consequences: Branch[]
}

/** Takes findings in any order; returns the causes in that order, each with its consequences below it. What names a cause that is not among them, or itself by a circle, stands as a cause. */
export function causesTree(findings: readonly Linked[]): Branch[] {
  const branches = new Map(findings.map((finding) => [finding.id, { finding, consequences: [] } as Branch]))
  const roots: Branch[] = []
  for (const branch of branches.values()) {
    const cause = ancestors(branch.finding, branches).includes(branch.finding.id)
      ? undefined
      : branches.get(branch.finding.because ?? '')
    ;(cause?.consequences ?? roots).push(branch)
  }
  return roots
}

/** How many findings follow from one, at any depth. */
export function consequencesOf({ consequences }: Branch): number {
  return consequences.reduce((sum, branch) => sum + 1 + consequencesOf(branch), 0)
}

/** The ids above a finding, up to a cause or to where they repeat. */
function ancestors({ because }: Linked, branches: ReadonlyMap<string, Branch>): string[] {
  const above: string[] = []
  for (let id = because; id !== undefined && !above.includes(id); id = branches.get(id)?.finding.because) above.push(id)
  return above
}

import { causesTree, consequencesOf, type Branch, type Linked } from '../../domain/causes-tree.ts'
import { counted } from '../../domain/counted.ts'
import type { Context } from '../context.ts'

type Paint = Context['paint']

/**
 * What broke and what only follows from it, as a tree with one sentence each, indented by `indent` spaces; what they rest
 * on stands with the findings. Empty where no failure follows from another.
 */
export function causesLines(findings: readonly Linked[], paint: Paint, indent: number): string[] {
  const failed = findings.filter(({ outcome }) => outcome === 'fail')
  const causes = causesTree(failed)
  if (causes.every(({ consequences }) => consequences.length === 0)) return []
  const pad = ' '.repeat(indent)
  return [
    `${pad}${counted(failed.length, 'failure')}, ${counted(causes.length, 'cause')}:`,
    ...causes.flatMap((cause) => branchLines(cause, paint, `${pad}  `, '')),
  ]
}

function branchLines(branch: Branch, paint: Paint, pad: string, corner: string): string[] {
  const { finding, consequences } = branch
  const many =
    corner === '' && consequences.length > 0
      ? paint.dim(` (${counted(consequencesOf(branch), 'follows', 'follow')} from it)`)
      : ''
  const below = `${pad}${' '.repeat(corner.length)}`
  return [
    `${pad}${corner}${corner === '' ? paint.red(finding.id) : finding.id}${many}  ${finding.sentence}`,
    ...consequences.flatMap((each) => branchLines(each, paint, below, '└ ')),
  ]
}

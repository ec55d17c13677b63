import { causesTree, type Branch } from '../domain/causes-tree.ts'
import type { Report, ReportAttempt, ReportCell, ReportFinding } from '../domain/report/report.ts'
import { signatureOf } from '../domain/night/cell-night.ts'

/** A finding that failed, with those that follow from it. */
export interface ToldFinding {
  finding: ReportFinding
  consequences: ToldFinding[]
}

/** What a cell is told as: its verdict, or why it has none. */
export function wordOf({ verdict, state }: ReportCell): string {
  return verdict?.verdict ?? state
}

/** The words in which cells are told, the one first that somebody has to look at first. */
const order = [
  'fail',
  'fixed',
  'flaky',
  'inconclusive',
  'infra',
  'not run',
  'open',
  'known-fail',
  'builds only',
  'pass',
] as const

/** How many cells are told in which word, in the order in which they are looked at. */
export function countsOf({ cells }: Pick<Report, 'cells'>): [word: string, count: number][] {
  return order.flatMap((word) => {
    const count = cells.filter((cell) => wordOf(cell) === word).length
    return count === 0 ? [] : [[word, count]]
  })
}

/** Cells that came to the same, by the same cause. */
export interface CellGroup {
  word: string
  /** Empty where no finding says. */
  cause: string
  cells: ReportCell[]
}

/** Puts cells together by what they came to and by cause: one cause is told once. */
export function groupsOf({ cells }: Pick<Report, 'cells'>): CellGroup[] {
  const groups = new Map<string, CellGroup>()
  for (const cell of cells) {
    const [word, cause] = [wordOf(cell), causeOf(cell)]
    const key = JSON.stringify([word, cause])
    const group = groups.get(key) ?? { word, cause, cells: [] }
    group.cells.push(cell)
    groups.set(key, group)
  }
  const rank = ({ word }: CellGroup) => order.findIndex((one) => one === word)
  return [...groups.values()].toSorted((a, b) => rank(a) - rank(b))
}

function causeOf(cell: ReportCell): string {
  const attempt = toldAttempt(cell)
  if (cell.verdict?.verdict === 'pass' || !attempt?.says) return ''
  const cited = attempt.findings.filter(({ id }) => attempt.says!.findings.includes(id))
  const causes = causesTree(cited.filter(({ outcome }) => outcome === 'fail')).map(({ finding }) => finding.id)
  return cited
    .filter(({ id }) => causes.includes(id))
    .map(signatureOf)
    .join(', ')
}

/** The attempt that shows what its cell came to: of those that count the first that is not as expected, else the last. */
export function toldAttempt({ attempts }: ReportCell): ReportAttempt | undefined {
  const counted = attempts.filter(({ says }) => says !== null)
  const odd = counted.find(({ says }) => says!.verdict !== 'pass' && says!.verdict !== 'known-fail')
  return odd ?? counted.at(-1) ?? attempts.findLast(({ ended }) => ended !== null) ?? attempts.at(-1)
}

/** The causes among what failed in an attempt, each with its consequences below it. */
export function causesIn({ findings }: ReportAttempt): ToldFinding[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]))
  const told = (branch: Branch): ToldFinding => ({
    finding: byId.get(branch.finding.id)!,
    consequences: branch.consequences.map(told),
  })
  return causesTree(findings.filter(({ outcome }) => outcome === 'fail')).map(told)
}

/** A told finding and all that follow from it, at any depth, causes first. */
export function flat({ finding, consequences }: ToldFinding): ReportFinding[] {
  return [finding, ...consequences.flatMap(flat)]
}

/** What an attempt's own verdict rests on beside what failed: what is not known, or what passes though it should not. */
export function alsoCited({ says, findings }: ReportAttempt): ReportFinding[] {
  if (!says || says.verdict === 'pass') return []
  return findings.filter(({ id, outcome }) => outcome !== 'fail' && says.findings.includes(id))
}

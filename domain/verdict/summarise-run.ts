import { counted } from '../counted.ts'
import type { NotRun } from '../not-run.ts'
import type { CellVerdict, Verdict } from './verdict.ts'

export interface RunSummary {
  /** 0 as expected, 1 a verdict is not, 3 the lab broke or cells were not run, 130 cancelled. */
  exitCode: number
  /** One sentence, or some. */
  sentence: string
}

/** A run that has ended, as far as it is no cell's verdict. */
export interface RunEnded {
  cells: number
  failedBuilds: number
  state: 'finished' | 'cancelled' | 'failed'
  /** Why it ended before its cells had; empty where it did not. */
  reason: string
  /** Of each cell that has no verdict because it was not to be run: why. */
  notRun?: readonly NotRun[]
}

/** A verdict that calls for somebody: what the plan expects and what the boots showed differ, or cannot be told. */
const unexpected: ReadonlySet<Verdict> = new Set(['fail', 'fixed', 'flaky', 'inconclusive'])

/**
 * What a run came to, from the verdicts of its judged cells. A kernel that misbehaves outweighs a lab that broke: the
 * first is what the run was made to find. `fixed` is not as expected either: the plan is out of date, or the bug hides.
 * What stands of a cell that was not run because nothing moved counts as it did when it was run: that it was not run
 * again makes nothing good.
 */
export function summariseRun(judged: CellVerdict[], run: RunEnded): RunSummary {
  const { cells, failedBuilds, state, reason, notRun = [] } = run
  if (state === 'cancelled')
    return {
      exitCode: 130,
      sentence: `Cancelled; ${judged.length} of ${counted(cells, 'cell was', 'cells were')} judged.`,
    }
  if (state === 'failed') return { exitCode: 3, sentence: `The run broke: ${reason}` }
  const left = leftOut(run, judged.length)
  if (judged.length === 0 && left.length === 0)
    return failedBuilds > 0
      ? { exitCode: 1, sentence: `${failedBuilds} of the builds failed.` }
      : { exitCode: 0, sentence: 'Everything is built.' }
  const found = judged.map(({ verdict }) => verdict)
  const standing = notRun.flatMap(({ stands }) => (stands ? [stands.verdict] : []))
  const wrong = [...found, ...standing].some((verdict) => unexpected.has(verdict))
  const broken = [...found, ...standing].includes('infra')
  const missing = left.some(({ stands }) => stands === undefined)
  const exitCode = wrong ? 1 : broken || missing ? 3 : 0
  return {
    exitCode,
    sentence: [...cameTo(found, wrong || broken), ...left.map(inWords(cells)), ...ofBugs(found)].join(' '),
  }
}

function cameTo(found: readonly Verdict[], otherwise: boolean): string[] {
  if (found.length === 0) return []
  return [`${otherwise ? 'Not as expected' : 'As expected'}: ${tally(found)}.`]
}

function ofBugs(found: readonly Verdict[]): string[] {
  return [
    ...(found.includes('known-fail') ? ['The known bug is there.'] : []),
    ...(found.includes('fixed') ? ['A known bug did not show: if it is fixed, say so in the plan.'] : []),
  ]
}

/** Cells that were not run for one reason. */
interface LeftOut {
  count: number
  why: string
  /** What they came to before, where that stands of all of them. */
  stands?: Verdict[]
}

function leftOut({ cells, reason, notRun = [] }: RunEnded, judged: number): LeftOut[] {
  const groups = Map.groupBy(notRun, ({ sentence, stands }) => JSON.stringify([sentence, stands !== undefined]))
  const said = [...groups.values()].map((group): LeftOut => {
    const stands = group.flatMap((one) => (one.stands ? [one.stands.verdict] : []))
    return { count: group.length, why: group[0]!.sentence, ...(stands.length > 0 && { stands }) }
  })
  const cut = cells - judged - notRun.length
  return [...said, ...(reason !== '' && cut > 0 ? [{ count: cut, why: reason }] : [])]
}

function inWords(cells: number): (left: LeftOut) => string {
  return ({ count, why, stands }) => {
    const which =
      count === cells ? `None of ${counted(cells, 'cell')} was run` : `${count} of ${cells} cells were not run`
    return `${which}: ${why}${stands ? `; what was said of them before stands: ${tally(stands)}` : ''}.`
  }
}

/** `2 pass, 1 fail`, in the order in which verdicts are told. */
function tally(found: readonly Verdict[]): string {
  return told
    .map((verdict) => [found.filter((one) => one === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ')
}

const told = [
  'pass',
  'known-fail',
  'fixed',
  'fail',
  'flaky',
  'inconclusive',
  'infra',
] as const satisfies readonly Verdict[]

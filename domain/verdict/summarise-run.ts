import type { CellVerdict, Verdict } from './verdict.ts'
import { counted } from '../counted.ts'

export interface RunSummary {
  /** 0 as expected, 1 a verdict is not, 3 the lab broke, 130 cancelled. */
  exitCode: number
  /** One sentence. */
  sentence: string
}

/** A verdict that calls for somebody: what the plan expects and what the boots showed differ, or cannot be told. */
const unexpected: ReadonlySet<Verdict> = new Set(['fail', 'fixed', 'flaky', 'inconclusive'])

/**
 * What a run came to, from the verdicts of its judged cells. A kernel that misbehaves outweighs a lab that broke: the
 * first is what the run was made to find. `fixed` is not as expected either: the plan is out of date, or the bug hides.
 */
export function summariseRun(
  judged: CellVerdict[],
  run: { cells: number; failedBuilds: number; state: 'finished' | 'cancelled' | 'failed'; reason: string },
): RunSummary {
  const count = (verdict: Verdict): number => judged.filter((cell) => cell.verdict === verdict).length
  if (run.state === 'cancelled')
    return {
      exitCode: 130,
      sentence: `Cancelled; ${judged.length} of ${counted(run.cells, 'cell was', 'cells were')} judged.`,
    }
  if (run.state === 'failed') return { exitCode: 3, sentence: `The run broke: ${run.reason}` }
  if (run.reason !== '' && judged.length === 0)
    return { exitCode: 3, sentence: `None of ${run.cells} cells was run: ${run.reason}.` }
  if (run.cells === 0 || judged.length === 0)
    return run.failedBuilds > 0
      ? { exitCode: 1, sentence: `${run.failedBuilds} of the builds failed.` }
      : { exitCode: 0, sentence: 'Everything is built.' }
  const words = (['pass', 'known-fail', 'fixed', 'fail', 'flaky', 'inconclusive', 'infra'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`)
  const known = count('known-fail') > 0 ? ' The known bug is there.' : ''
  const gone = count('fixed') > 0 ? ' A known bug did not show: if it is fixed, say so in the plan.' : ''
  const missing = run.cells - judged.length
  const notRun =
    run.reason !== '' && missing > 0 ? ` ${missing} of ${run.cells} cells were not run: ${run.reason}.` : ''
  const wrong = judged.some((cell) => unexpected.has(cell.verdict))
  const broken = count('infra') > 0
  const exitCode = wrong ? 1 : broken || notRun !== '' ? 3 : 0
  const came = wrong || broken ? 'Not as expected: ' : 'As expected: '
  return { exitCode, sentence: `${came}${words.join(', ')}.${notRun}${known}${gone}` }
}

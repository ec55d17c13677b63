import { counted } from '../domain/counted.ts'
import type { Report } from '../domain/report/report.ts'
import { moment } from '../domain/schedule/wall-clock.ts'
import { countsOf } from './told.ts'
import { plainLine } from './plain.ts'

/** What a report is about, in a word or two: `run 12, first-look` or `nightly, night of 2026-12-01 01:30 UTC, run 12`. */
export function titleOf({ night, run }: Report): string {
  const ran = run === null ? [] : [`run ${run.id}`]
  if (night) return plainLine([night.schedule, `night of ${moment(night.due, night.zone)}`, ...ran].join(', '))
  return plainLine([...ran, run?.plan ?? ''].join(', '))
}

/** What it came to, in a sentence. */
export function summaryOf({ night, run }: Report): string {
  if (run === null) return plainLine(`The night did not begin: ${night?.fault ?? 'no reason is known'}`)
  return plainLine(run.summary ?? (run.state === 'running' ? 'It goes on.' : `${run.state}.`))
}

/** That there is more to come, in a sentence; undefined of a run that has ended. */
export function unfinishedOf({ run, cells, told }: Report): string | undefined {
  if (run?.state !== 'running') return undefined
  const judged = cells.filter(({ verdict }) => verdict !== null).length
  return `The run has not finished: ${judged} of ${counted(cells.length, 'cell')} judged at ${moment(told, 'UTC')}.`
}

/** When it began and how long it took. */
export function timesOf({ run }: Report): string | undefined {
  if (run === null) return undefined
  const took = run.ended === null ? '' : `, took ${secondsInWords((run.ended - run.started) / 1000)}`
  return `began ${moment(run.started, 'UTC')}${took}`
}

/** `24 s`, `3 min 5 s`, `2 h 7 min`. */
export function secondsInWords(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `2 pass, 1 known-fail`. */
export function countsInWords(report: Pick<Report, 'cells'>): string {
  const words = countsOf(report).map(([word, count]) => `${count} ${word}`)
  return words.length === 0 ? 'no cells' : words.join(', ')
}

import { LabError } from '../domain/errors.ts'
import { nearest } from '../domain/yaml/did-you-mean.ts'
import type { ReportOf } from '../reading/read-report.ts'
import { listNights } from '../store/nights.ts'
import { resolve } from '../store/resolve.ts'
import { parseResultId } from '../store/result-id.ts'
import { listSchedules } from '../store/schedules.ts'
import type { Store } from '../store/store.ts'

/** Of so many nights the schedules are looked at for one that may be meant. */
const recent = 200

/**
 * What somebody means by a word: a run by its number or `latest`, or a night of a schedule by the schedule's name.
 * @param night a night of the schedule, by its number
 * @throws LabError NotFound when there is no such run or schedule, BadInput for a cell, or for a night of a run
 */
export async function reportOf(store: Store, word: string, night: number | undefined): Promise<ReportOf> {
  const applied = await listSchedules(store)
  // A schedule that was removed keeps its nights.
  const isSchedule = applied.some(({ name }) => name === word) || (await listNights(store, word, 1)).length > 0
  if (isSchedule) return { schedule: word, night }
  const id = parseResultId(word.replace(/^latest(?=\.|$)/, '1'))
  if (id === undefined) {
    const nights = await listNights(store, undefined, recent)
    const near = nearest(word, [...applied.map(({ name }) => name), ...nights.map(({ schedule }) => schedule)])
    const meant = near === undefined ? '`hyplab nights` lists nights, `hyplab list` runs.' : `did you mean "${near}"?`
    throw new LabError('NotFound', `There is no run and no schedule "${word}": ${meant}`)
  }
  if (id.kind !== 'run') {
    const asked = `A report is of a whole run or night, and ${word} is ${id.kind === 'cell' ? 'a cell' : 'an attempt'}`
    throw new LabError('BadInput', `${asked}: \`hyplab show ${word}\` tells that.`)
  }
  if (night !== undefined)
    throw new LabError('BadInput', `--night names a night of a schedule, and ${word} is a run: leave it out.`)
  return { run: (await resolve(store, word)).run }
}

import { existsSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { compareNight } from '../domain/night/compare-night.ts'
import { tellNight } from '../domain/night/tell-night.ts'
import { moment } from '../domain/schedule/wall-clock.ts'
import type { Schedule } from '../domain/schedule/schedule.ts'
import type { Telling } from '../domain/tell/telling.ts'
import { readEvidence } from '../reading/read-evidence.ts'
import { readKnownFile } from '../reading/read-known.ts'
import { readNight } from '../reading/read-night.ts'
import { readScheduleAlone } from '../reading/read-schedule.ts'
import { wordNight, type NightToTell } from '../reports/word-night.ts'
import { deliveriesOf } from '../store/deliveries.ts'
import { nightOfWorkflow, type Night } from '../store/nights.ts'
import { isQuiet } from '../store/quiet.ts'
import { listSchedules } from '../store/schedules.ts'
import type { Store } from '../store/store.ts'
import { planOnce } from '../store/tellings.ts'
import type { NightTelling } from '../workflows/night-contracts.ts'
import { whileBeating } from './beat.ts'
import type { Deps } from './deps.ts'
import { waitingForFile } from './waiting-for-file.ts'

/** How often the server hears that nights are being read, milliseconds. */
const beatMs = 2_000

/**
 * Decides who is told what of a night that has ended, as its schedule's file says now, and writes it down. Of a night that
 * was filled in, or triggered with --quiet, nobody is told.
 * @returns the ids of the deliveries that wait
 * @throws LabError PlanInvalid when the schedule's file is wrong, retryable: somebody may just be writing it
 */
export async function planTelling(
  { store }: Deps,
  { schedule: name, night: workflowId }: NightTelling,
): Promise<string[]> {
  const night = await nightOfWorkflow(store, workflowId)
  const file = (await listSchedules(store)).find((row) => row.name === name)?.file
  if (!night || file === undefined || !existsSync(file) || (await isQuiet(store, night))) return []
  const schedule = waitingForFile(() => readScheduleAlone(file).schedule)
  if (schedule.tell.length === 0) return []
  // Of a large lab the nights of a season are looked at.
  const toTell = await whileBeating(beatMs, undefined, () => readNightToTell(store, schedule, night))
  for (const telling of schedule.tell)
    await planOnce(store, { schedule: name, target: telling.key }, night, (sofar) =>
      wordNight(toTell, telling, sofar, (thread) => messageId(night, telling, thread)),
    )
  return (await deliveriesOf(store, night.id)).flatMap(({ state, message }) =>
    state === 'waiting' ? [message.id] : [],
  )
}

async function readNightToTell(store: Store, schedule: Schedule, night: Night): Promise<NightToTell> {
  const issues = schedule.known === undefined ? [] : waitingForFile(() => readKnownFile(schedule.known!))
  const read = (await readNight(store, schedule.name, night.id))!
  const changes = compareNight(read.tonight, read.past)
  const { run } = read
  const evidence = run ? await readEvidence(store, run.id) : () => []
  return {
    night: { id: night.id, due: night.due, run: night.run, fault: night.fault },
    head: {
      schedule: schedule.name,
      due: moment(night.due, schedule.when.zone),
      run: night.run,
      fault: night.fault,
      summary: run?.summary ?? run?.state ?? '',
      owner: schedule.owner,
    },
    outcome: {
      fault: night.fault,
      broken: run?.state === 'failed' ? (run.summary ?? 'its run broke') : null,
      changes,
      story: tellNight(changes, issues, read.past, night.due),
    },
    evidenceOf: ({ tonight }) => evidence(tonight),
    now: Date.now(),
  }
}

/** The same each time, for each message of a night to a place: whoever gets it twice can see that. */
function messageId(night: Night, telling: Telling, thread: string | undefined): string {
  const parts = [night.workflowId, night.due, telling.key, thread ?? '']
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

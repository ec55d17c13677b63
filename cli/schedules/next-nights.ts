import type { Client } from '@temporalio/client'
import { scheduleIds } from '../../domain/naming.ts'
import { movedDay, oddHours } from '../../domain/schedule/odd-hours.ts'
import type { Schedule } from '../../domain/schedule/schedule.ts'
import { clockChanges } from '../../domain/schedule/wall-clock.ts'
import type { Owner } from './on-server.ts'
import type { Schedules } from './with-schedules.ts'

const day = 24 * 60 * 60_000
/** So far ahead is looked for nights in which the clock is moved. */
const yearMs = 366 * day

/** The moments in a span at which the server would begin a night, without the jitter, as it says itself. */
export async function nightsBetween(
  { client, owner }: { client: Client; owner: Pick<Owner, 'lab'> },
  name: string,
  from: number,
  to: number,
): Promise<number[]> {
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId: scheduleIds.schedule(owner.lab, name),
    startTime: timestamp(from),
    endTime: timestamp(to),
  })
  return startTime.map(({ seconds }) => Number(seconds) * 1000)
}

/** The next nights, without the jitter. */
export async function nextNights(schedules: Schedules, name: string, count: number, from: number): Promise<number[]> {
  // Most lines name a night each day; a yearly one is found by looking further.
  for (let span = 2 * count * day; ; span *= 4) {
    const nights = await nightsBetween(schedules, name, from, from + Math.min(span, 5 * yearMs))
    if (nights.length >= count || span > 5 * yearMs) return nights.slice(0, count)
  }
}

/** What becomes of a schedule's hours on the days of the coming year on which its zone moves the clock: a sentence each. */
export async function oddNights(schedules: Schedules, { name, when }: Schedule, from: number): Promise<string[]> {
  const { at, zone } = when
  if (at.kind !== 'cron') return []
  const told = await Promise.all(
    clockChanges(from, from + yearMs, zone).map(async (change) => {
      const moved = movedDay(change, zone)
      const begins = await nightsBetween(schedules, name, moved.from - 1000, moved.to - 1000)
      return oddHours(at.cron, zone, moved, begins)
    }),
  )
  return told.flat()
}

function timestamp(at: number) {
  return { seconds: Math.floor(at / 1000) as never, nanos: 0 }
}

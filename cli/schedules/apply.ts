import type { ScheduleDescription } from '@temporalio/client'
import { scheduleIds } from '../../domain/naming.ts'
import { writeSchedule } from '../../store/schedules.ts'
import { definitionOf, describeSchedule, digestOf, serverDigest } from './on-server.ts'
import type { ReadSchedule } from '../../reading/read-schedule.ts'
import type { ScheduleStanding, ScheduleState } from './state-of.ts'
import type { Schedules } from './with-schedules.ts'

/** What was done with a schedule, told by what it was before. */
export const applied: Record<ScheduleState, string> = {
  new: 'created',
  same: 'as it is',
  changed: 'changed',
  'changed on the server': 'put back as its file says: somebody had changed it on the server',
  missing: 'created again: it was missing on the server',
  'no file': 'left alone',
}

/**
 * Gives a schedule to the server as its file says, where that differs; whether it is paused stays as it is.
 * @returns what the server has of it now
 */
export async function applySchedule(
  { client, store, owner }: Schedules,
  standing: ScheduleStanding & { read: ReadSchedule },
): Promise<ScheduleDescription> {
  const { name, read, state, server } = standing
  if (state === 'same' && server) return server
  const scheduleId = scheduleIds.schedule(owner.lab, name)
  const definition = definitionOf(read.schedule, owner)
  // One that a command before created and was killed before it could write that down is there already.
  if (server) await client.schedule.getHandle(scheduleId).update((before) => ({ ...definition, state: before.state }))
  else await client.schedule.create({ ...definition, scheduleId })
  const now = await describeSchedule(client, owner.lab, name)
  if (!now) throw new Error(`the schedule ${name} vanished while it was applied`)
  await writeSchedule(store, {
    name,
    file: read.file,
    digest: digestOf(read.schedule, owner),
    server: serverDigest(now),
    applied: Date.now(),
  })
  return now
}

import type { Client, ScheduleDescription } from '@temporalio/client'
import type { ReadSchedule } from '../../reading/read-schedule.ts'
import { listSchedules, type AppliedSchedule } from '../../store/schedules.ts'
import type { Store } from '../../store/store.ts'
import { describeSchedule, digestOf, serverDigest, type Owner } from './on-server.ts'

/**
 * How a schedule's file stands to what was applied, and that to what the server has: `missing` was applied and is not on the
 * server any longer, which somebody or something deleted.
 */
export type ScheduleState = 'new' | 'same' | 'changed' | 'changed on the server' | 'missing' | 'no file'

export interface ScheduleStanding {
  name: string
  state: ScheduleState
  /** Null when its file was not given or is not there. */
  read: ReadSchedule | null
  applied: AppliedSchedule | undefined
  server: ScheduleDescription | undefined
}

/** Where each of these schedules stands, and each that was applied before, by name. */
export async function standings(
  client: Client,
  store: Store,
  owner: Owner,
  files: readonly ReadSchedule[],
): Promise<ScheduleStanding[]> {
  const applied = new Map((await listSchedules(store)).map((row) => [row.name, row]))
  const read = new Map(files.map((file) => [file.schedule.name, file]))
  const names = [...new Set([...read.keys(), ...applied.keys()])].toSorted()
  return await Promise.all(
    names.map(async (name) => {
      const standing = {
        name,
        read: read.get(name) ?? null,
        applied: applied.get(name),
        server: await describeSchedule(client, owner.lab, name),
      }
      return { ...standing, state: stateOf(standing, owner) }
    }),
  )
}

function stateOf({ read, applied, server }: Omit<ScheduleStanding, 'name' | 'state'>, owner: Owner): ScheduleState {
  if (applied === undefined) return 'new'
  if (server === undefined) return 'missing'
  if (serverDigest(server) !== applied.server) return 'changed on the server'
  if (read === null) return 'no file'
  return digestOf(read.schedule, owner) === applied.digest ? 'same' : 'changed'
}

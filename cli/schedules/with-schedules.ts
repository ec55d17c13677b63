import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Client } from '@temporalio/client'
import { LabError } from '../../domain/errors.ts'
import { readScheduleFile, type ReadSchedule } from '../../reading/read-schedule.ts'
import { listSchedules } from '../../store/schedules.ts'
import type { Store } from '../../store/store.ts'
import type { Answer } from '../../control/control-socket.ts'
import { hostId, labId } from '../../control/lab-id.ts'
import type { Context } from '../context.ts'
import { holdService } from '../service.ts'
import { withClient } from '../temporal-client.ts'
import { withStore } from '../with-store.ts'
import type { Owner } from './on-server.ts'

/** What a command on schedules works with. */
export interface Schedules {
  client: Client
  store: Store
  owner: Owner
  service: Answer
  /** Whether the service goes on when the command has ended: else no night begins. */
  stays: boolean
}

/** Opens store and service for the time of `use`. */
export async function withSchedules<T>(context: Context, use: (schedules: Schedules) => Promise<T>): Promise<T> {
  const service = await holdService(context.folders.state, context.talk)
  try {
    return await withStore(context.folders, async (store) => {
      const owner = { lab: await labId(store.folder), host: await hostId(store.folder) }
      const stays = service.facts.life === 'until-down'
      return await withClient(service.facts, (client) => use({ client, store, owner, service, stays }))
    })
  } finally {
    await service.close()
  }
}

/** Where schedules are looked for when none is named. */
const folder = 'schedules'

/**
 * Reads the schedules that a command is about: those that it names, else all of the folder `schedules`.
 * @throws LabError PlanInvalid with the mistakes of all of them; BadInput when there is none, or two have one name
 */
export async function readSchedules(paths: readonly string[]): Promise<ReadSchedule[]> {
  const files = paths.length > 0 ? paths : filesOf(folder)
  if (files.length === 0)
    throw new LabError('BadInput', `There is no schedule in ${folder}/: name a file, or see docs/nights.md.`)
  return distinct(await readAll(files))
}

/** Reads what can still be read of the schedules that were applied, and of the folder `schedules`. */
export async function readKnownSchedules(store: Store): Promise<ReadSchedule[]> {
  const applied = (await listSchedules(store)).map(({ file }) => file).filter((file) => existsSync(file))
  const files = [...new Set([...applied, ...filesOf(folder).map((file) => resolve(file))])]
  const read = await Promise.allSettled(files.map((file) => readScheduleFile(file)))
  const byName = new Map<string, ReadSchedule>()
  for (const one of read)
    if (one.status === 'fulfilled' && !byName.has(one.value.schedule.name))
      byName.set(one.value.schedule.name, one.value)
  return [...byName.values()]
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(path, name))
}

async function readAll(files: readonly string[]): Promise<ReadSchedule[]> {
  const read = await Promise.allSettled(files.map((file) => readScheduleFile(file)))
  const faults = read.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []))
  const [first] = faults
  if (first === undefined) return read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (!(first instanceof LabError)) throw first
  throw new LabError(first.code, faults.map(({ message }) => message).join('\n'), { cause: first })
}

function distinct(read: ReadSchedule[]): ReadSchedule[] {
  const names = new Map<string, string>()
  for (const { schedule, file } of read) {
    const other = names.get(schedule.name)
    if (other !== undefined && other !== file)
      throw new LabError('BadInput', `${other} and ${file} are both called ${schedule.name}: rename one.`)
    names.set(schedule.name, file)
  }
  return read
}

import type { RunEvent } from '../domain/events.ts'
import type { Store } from './store.ts'

/** What of a run, or of several, waits: an attempt or a build. */
export interface RoomWait {
  run?: number
  cell?: number
  attempt?: number
  build?: string
}

/** Whether its wait for room was told and no end of it: whoever goes on with it need not tell it again. */
export async function isWaitingForRoom(store: Store, { run, cell, attempt, build }: RoomWait): Promise<boolean> {
  const newest = await store.database
    .selectFrom('events')
    .select('data')
    .where('kind', '=', 'say')
    .$if(build !== undefined, (query) => query.where('run', 'is', null).where('build', '=', build!))
    .$if(run !== undefined, (query) => query.where('run', '=', run!).where('cell', '=', cell ?? 0))
    .$if(attempt !== undefined, (query) => query.where('attempt', '=', attempt!))
    .where('data', 'like', '%"room":%')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest !== undefined && roomOf(newest.data) === 'awaited'
}

/** The runs under way of which an attempt or a build waits for room on the disk, by what was told of them. */
export async function runsWaitingForRoom(store: Store): Promise<Set<number>> {
  const { database } = store
  const running = database.selectFrom('runs').where('state', '=', 'running').select('id')
  const cells = await database
    .selectFrom('cells')
    .select(['run', 'kernel_build', 'firmware_build'])
    .where('run', 'in', running)
    .execute()
  if (cells.length === 0) return new Set()
  const told = database
    .selectFrom('events')
    .select(['seq', 'run', 'cell', 'build', 'kind', 'data'])
    .where((row) =>
      row.or([
        row.and([row('kind', '=', 'say'), row('data', 'like', '%"room":%')]),
        // What has begun waits no longer, whoever died before saying so.
        row('kind', 'in', ['attempt-started', 'build-started', 'build-ended']),
      ]),
    )
  const builds = database.selectFrom('cells').where('run', 'in', running)
  const rows = await told
    .where('events.run', 'in', running)
    .unionAll(
      told
        .where('events.run', 'is', null)
        .where('build', 'in', builds.select('kernel_build as build').union(builds.select('firmware_build as build'))),
    )
    .orderBy('seq')
    .execute()
  const waits = new Map<string, boolean>()
  for (const { run, cell, build, data } of rows)
    waits.set(run === null ? String(build) : `${run}.${cell}`, roomOf(data) === 'awaited')
  const waiting = (key: string | null): boolean => key !== null && waits.get(key) === true
  const ofCells = [...waits].flatMap(([key, waits]) => (waits && key.includes('.') ? [Number(key.split('.')[0])] : []))
  const ofBuilds = cells.flatMap((cell) =>
    waiting(cell.kernel_build) || waiting(cell.firmware_build) ? [cell.run] : [],
  )
  return new Set([...ofCells, ...ofBuilds])
}

function roomOf(data: string): 'awaited' | 'over' | undefined {
  return (JSON.parse(data) as Extract<RunEvent, { kind: 'say' }>['data']).room
}

import { ServiceError, type Client, type ScheduleDescription } from '@temporalio/client'
import { LabError } from '../../domain/errors.ts'
import { scheduleIds } from '../../domain/naming.ts'
import { wrongInWords, wrongSchedules } from '../../reading/wrong-schedules.ts'
import { watchChanges } from '../../store/changes.ts'
import { listNights, nightsAfter } from '../../store/nights.ts'
import { keepQuiet } from '../../store/quiet.ts'
import { deleteSchedule, listSchedules } from '../../store/schedules.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { onInterrupt } from '../interrupt.ts'
import { table } from '../show/table.ts'
import { watchRun } from '../watch-run.ts'
import { applied, applySchedule } from './apply.ts'
import { hasEnded, isBuffered, overlapOf, requireBegins, whatRuns, whyNever } from './left-out.ts'
import { describeSchedule } from './on-server.ts'
import { nextNights, oddNights } from './next-nights.ts'
import { standings } from './state-of.ts'
import { moment, rowsOf, standingsJson } from './show-schedules.ts'
import { readKnownSchedules, readSchedules, withSchedules, type Schedules } from './with-schedules.ts'

/** `schedule apply`. */
export async function apply(context: Context, files: string[]): Promise<void> {
  const read = await readSchedules(files)
  await withSchedules(context, async (schedules) => {
    const all = await standings(schedules.client, schedules.store, schedules.owner, read)
    const told = []
    for (const standing of all) {
      if (standing.read === null) continue
      await applySchedule(schedules, { ...standing, read: standing.read })
      const odd = await oddNights(schedules, standing.read.schedule, Date.now())
      told.push({ name: standing.name, was: standing.state, odd })
      if (context.json) continue
      context.print(`${standing.name}: ${applied[standing.state]}`)
      for (const sentence of odd) context.talk(`${standing.name}: ${sentence}`)
    }
    if (context.json) context.printJson({ schemaVersion: 1, schedules: told })
    if (!schedules.stays) context.talk('No service stays here: nights begin while one runs, `hyplab up` starts it.')
  })
}

/** `schedule diff`. */
export async function diff(context: Context, files: string[]): Promise<void> {
  const read = await readSchedules(files)
  await withSchedules(context, async ({ client, store, owner }) => {
    const all = await standings(client, store, owner, read)
    if (context.json)
      context.printJson({ schemaVersion: 1, schedules: all.map(({ name, state }) => ({ name, state })) })
    else context.print(table(all.map(({ name, state }) => [name, state])))
    if (all.some(({ state }) => state !== 'same')) process.exitCode = exitCodes.verdict
  })
}

/** `schedule list`. */
export async function list(context: Context): Promise<void> {
  await withSchedules(context, async ({ client, store, owner }) => {
    const all = await standings(client, store, owner, await readKnownSchedules(store))
    const wrong = await wrongSchedules(store)
    if (context.json) return context.printJson({ schemaVersion: 1, schedules: await standingsJson(store, all, wrong) })
    if (all.length === 0) {
      process.exitCode = exitCodes.nothing
      return context.talk('No schedules yet: docs/nights.md has one to begin with.')
    }
    const head = ['schedule', 'state', 'when', 'next', 'last night'].map(context.paint.dim)
    context.print(table([head, ...(await rowsOf(store, all, wrong))]))
    for (const one of wrong) context.talk(wrongInWords(one))
  })
}

/** `schedule next`. */
export async function next(context: Context, name: string, count: number): Promise<void> {
  await withSchedules(context, async (schedules) => {
    await known(schedules, name)
    const schedule = (await readKnownSchedules(schedules.store)).find((read) => read.schedule.name === name)?.schedule
    const nights = await nextNights(schedules, name, count, Date.now())
    const odd = schedule ? await oddNights(schedules, schedule, Date.now()) : []
    if (context.json)
      return context.printJson({ schemaVersion: 1, nights: nights.map((at) => new Date(at).toISOString()), odd })
    context.print(nights.map((at) => moment(at, schedule?.when.zone ?? 'UTC')).join('\n') || 'none within five years')
    for (const sentence of odd) context.talk(sentence)
  })
}

/** So late may the server begin a night that was asked for now, milliseconds. */
const triggerMs = 60_000

/** `schedule trigger`. */
export async function trigger(
  context: Context,
  name: string,
  { watch = false, quiet = false }: { watch?: boolean; quiet?: boolean },
): Promise<void> {
  await withSchedules(context, async (schedules) => {
    const handle = await known(schedules, name)
    const [last] = await listNights(schedules.store, name, 1)
    const before = await handle.describe()
    await requireBegins(schedules.store, name, before)
    const asked = Date.now()
    // The server counts in whole seconds. Written before it is asked: the night may fail at once.
    const [from, to] = [asked - (asked % 1000), asked + triggerMs]
    if (quiet) await keepQuiet(schedules.store, { schedule: name, from, to, asked, once: true })
    await handle.trigger(overlapOf(before))
    if (watch) return await watchNight(context, schedules, before, { name, after: last?.id ?? 0 })
    context.talk(
      schedules.stays
        ? `A night of ${name} begins: \`hyplab nights\` shows it.`
        : `A night of ${name} begins when a service runs: \`hyplab up\`.`,
    )
  })
}

/**
 * Follows the night of a schedule that begins after another, and exits with its run's code; Ctrl-C ends the watching only.
 * @param before what the server had of the schedule when it was asked for the night
 */
async function watchNight(
  context: Context,
  { client, store, owner, service }: Schedules,
  before: ScheduleDescription,
  { name, after }: { name: string; after: number },
): Promise<void> {
  const stop = new AbortController()
  const release = onInterrupt(() => stop.abort())
  const over = AbortSignal.any([service.ended, stop.signal])
  const changes = watchChanges(store)
  let told = false
  try {
    for (;;) {
      // In this order: what has ended by then has written its night.
      const { now, ended } = await client
        .withAbortSignal(over, () => look(client, owner.lab, name, before))
        .catch((error: unknown) => unreached(error, before))
      const night = (await nightsAfter(store, name, after))[0]
      if (night?.fault != null) throw new LabError('PlanInvalid', `The night did not begin: ${night.fault}`)
      if (night?.run != null) {
        process.exitCode = await watchRun(context, store, service, night.run, stop.signal)
        return
      }
      if (stop.signal.aborted) return
      if (over.aborted) throw new LabError('ServerUnreachable', serviceGone)
      const reason = whyNever(name, now, ended)
      if (reason !== undefined) throw new LabError('NotBegun', reason)
      if (!told && now && isBuffered(before, now)) {
        context.talk(`The night waits: ${await whatRuns(store, name, now)}.`)
        told = true
      }
      await changes.next(over)
    }
  } finally {
    changes.close()
    release()
  }
}

interface Looked {
  now: ScheduleDescription | undefined
  /** Whether the night that was asked for has begun and ended. */
  ended: boolean
}

async function look(client: Client, lab: string, name: string, before: ScheduleDescription): Promise<Looked> {
  const now = await describeSchedule(client, lab, name)
  return { now, ended: await hasEnded(client, before, now) }
}

/** A server that died is started again, and a wait that is over asks nobody: until then what was known before stands. */
function unreached(error: unknown, before: ScheduleDescription): Looked {
  if (error instanceof ServiceError) return { now: before, ended: false }
  throw error
}

const serviceGone =
  'The service ended before the night began: `hyplab up` goes on with it, and `hyplab nights` shows what became of it.'

/** `schedule pause`. */
export async function pause(context: Context, name: string, why: string): Promise<void> {
  await withSchedules(context, async (schedules) => await (await known(schedules, name)).pause(why))
  context.talk(`${name} begins no more nights until \`hyplab schedule resume ${name}\`.`)
}

/** `schedule resume`. */
export async function resume(context: Context, name: string): Promise<void> {
  await withSchedules(context, async (schedules) => await (await known(schedules, name)).unpause())
  context.talk(`${name} begins nights again.`)
}

/** `schedule backfill`. */
export async function backfill(context: Context, name: string, from: string, to: string): Promise<void> {
  const [start, end] = [timeOf('--from', from), timeOf('--to', to)]
  if (end <= start) throw new LabError('BadInput', `--to ${to} is not after --from ${from}.`)
  await withSchedules(context, async (schedules) => {
    const handle = await known(schedules, name)
    // What is filled in is no news.
    const span = { schedule: name, from: start.getTime(), to: end.getTime() }
    await keepQuiet(schedules.store, { ...span, asked: Date.now(), once: false })
    // One after the other: there is one set of places for all of them.
    await handle.backfill({ start, end, overlap: 'BUFFER_ALL' })
  })
  context.talk(`The nights of ${name} from ${from} to ${to} are run one after the other: \`hyplab nights\` shows them.`)
}

/** `schedule remove`. */
export async function remove(context: Context, name: string): Promise<void> {
  await withSchedules(context, async (schedules) => {
    const { client, store, owner } = schedules
    const rows = await listSchedules(store)
    if (await describeSchedule(client, owner.lab, name))
      await client.schedule.getHandle(scheduleIds.schedule(owner.lab, name)).delete()
    else if (!rows.some((row) => row.name === name)) throw unknown(name, rows)
    await deleteSchedule(store, name)
  })
  context.talk(`${name} is removed; its nights stay.`)
}

/** @throws LabError NotFound for one that the server does not have: never applied, or vanished */
async function known({ client, store, owner }: Schedules, name: string) {
  if (await describeSchedule(client, owner.lab, name))
    return client.schedule.getHandle(scheduleIds.schedule(owner.lab, name))
  const rows = await listSchedules(store)
  if (!rows.some((row) => row.name === name)) throw unknown(name, rows)
  const sentence = `The schedule ${name} is missing on the server, where it was applied before: \`hyplab schedule apply\` gives it back.`
  throw new LabError('NotFound', sentence)
}

function unknown(name: string, rows: { name: string }[]): LabError {
  const there = rows.map((row) => row.name).join(', ')
  return new LabError('NotFound', `No schedule ${name} was applied; there is ${there || 'none'}.`)
}

function timeOf(option: string, text: string): Date {
  const at = new Date(text)
  if (Number.isNaN(at.getTime()))
    throw new LabError('BadInput', `${option} ${text} is no time; write it as 2026-11-28T00:00Z.`)
  return at
}

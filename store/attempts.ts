import type { Transaction } from 'kysely'
import type { Ending } from '../domain/attempt.ts'
import { LabError } from '../domain/errors.ts'
import { hasArtifact } from './artifacts.ts'
import {
  type Attempt,
  type AttemptEnd,
  type AttemptKey,
  type AttemptStart,
  endColumns,
  insertFindings,
  readAttempts,
} from './attempt.ts'
import type { Tables } from './database/tables.ts'
import { formatResultId } from './result-id.ts'
import type { Store } from './store.ts'

/**
 * Writes that an attempt begins, so that others see it, and find its folder should its worker die. Writing the same
 * start twice changes nothing: whenever the second one comes, the attempt began with the first.
 * @returns when it began, epoch ms
 * @throws LabError StaleFence when a later lease of the place has been seen, or when the attempt has been closed: a worker
 * that stood still comes to it too late; BadInput when that attempt has begun before in another way: it is finished as
 * infra first and the next one gets the next number; StoreBroken for an unknown cell.
 */
export async function startAttempt(store: Store, start: AttemptStart): Promise<number> {
  return await store.database.transaction().execute(async (transaction) => {
    const before = await readAttempt(transaction, start)
    if (before?.end) throw closedBefore(start, before.end)
    if (before !== undefined) {
      sameStart(before, start)
      return before.started
    }
    await requireFence(transaction, start)
    await insertStart(transaction, start)
    return start.started
  })
}

/**
 * Writes all that came of an attempt, in one piece, whether or not its start was written before. An attempt is closed
 * once: who boots it and who closes it as lost may both come, each believing that the other has died, and the first
 * one's end stands.
 * @returns whether this end is the one that stands, and the ending that does.
 * @throws LabError BadInput when an artifact has not been put into the artifact store before, or when the attempt runs
 * with another start; StaleFence and StoreBroken as startAttempt.
 */
export async function finishAttempt(store: Store, start: AttemptStart, end: AttemptEnd): Promise<AttemptClosed> {
  return await store.database.transaction().execute(async (transaction) => {
    const before = await readAttempt(transaction, start)
    if (before?.end) return { first: false, ending: before.end.ending }
    // With the write lock: nobody removes what nothing points to between the look and the row.
    const missing = end.artifacts.find((artifact) => !hasArtifact(store, artifact))
    if (missing !== undefined) {
      const message = `The file ${missing.name} of attempt ${idOf(start)} is not among the artifacts of ${store.folder}: put it there first.`
      throw new LabError('BadInput', message)
    }
    if (before === undefined) {
      await requireFence(transaction, start)
      await insertStart(transaction, start)
    } else sameStart(before, start)
    await insertEnd(transaction, start, end)
    return { first: true, ending: end.ending }
  })
}

/** How an attempt was closed. */
export interface AttemptClosed {
  /** False when it had been closed before, by somebody else or by an earlier call. */
  first: boolean
  /** The ending that stands. */
  ending: Ending
}

/** The attempt with that key; undefined when it has not begun. */
export async function findAttempt(store: Store, key: AttemptKey): Promise<Attempt | undefined> {
  return await store.database
    .transaction()
    .setAccessMode('read only')
    .execute((transaction) => readAttempt(transaction, key))
}

/** The attempts that have begun and not ended, of one run or of all: they run, or their worker died. */
export async function unfinishedAttempts(store: Store, run?: number): Promise<AttemptStart[]> {
  let query = store.database
    .selectFrom('attempts')
    .select(['run', 'cell', 'number', 'place', 'fence', 'folder', 'started'])
    .where('ended', 'is', null)
  if (run !== undefined) query = query.where('run', '=', run)
  return await query.orderBy('run').orderBy('cell').orderBy('number').execute()
}

async function readAttempt(transaction: Transaction<Tables>, key: AttemptKey): Promise<Attempt | undefined> {
  const [attempt] = await readAttempts(transaction, key.run, { cell: key.cell, number: key.number })
  return attempt
}

function sameStart(before: Attempt, start: AttemptStart): void {
  // Not by the clock: a step that is done again comes later. Two at once on one place its claim keeps apart.
  const { place, fence, folder } = before
  if (place === start.place && fence === start.fence && folder === start.folder) return
  const message = `Attempt ${idOf(start)} has begun before, at ${place} with fence ${fence} in ${folder}: give the new one the next number.`
  throw new LabError('BadInput', message)
}

function closedBefore(start: AttemptStart, { ending, sentence }: AttemptEnd): LabError {
  return new LabError('StaleFence', `Attempt ${idOf(start)} has been closed as ${ending}: ${sentence}`)
}

/** Fence numbers of a place only grow: one below the highest that was seen belongs to a lease that is over. */
async function requireFence(transaction: Transaction<Tables>, start: AttemptStart): Promise<void> {
  const { highest } = await transaction
    .selectFrom('attempts')
    .select((build) => build.fn.max('fence').as('highest'))
    .where('place', '=', start.place)
    .executeTakeFirstOrThrow()
  if (highest === null || start.fence >= highest) return
  const message = `Attempt ${idOf(start)} holds an old lease of ${start.place} (fence ${start.fence}; ${highest} has been seen): take a new lease.`
  throw new LabError('StaleFence', message)
}

async function insertStart(transaction: Transaction<Tables>, start: AttemptStart): Promise<void> {
  const { run, cell, number } = start
  await transaction
    .insertInto('attempts')
    .values({ run, cell, number, ...startColumns(start) })
    .execute()
}

async function insertEnd(transaction: Transaction<Tables>, key: AttemptKey, end: AttemptEnd): Promise<void> {
  const { run, cell, number: attempt } = key
  await transaction
    .updateTable('attempts')
    .set(endColumns(end))
    .where('run', '=', run)
    .where('cell', '=', cell)
    .where('number', '=', attempt)
    .execute()
  for (const { name, sha256, size, world } of end.artifacts) {
    await transaction
      .insertInto('attempt_artifacts')
      .values({ run, cell, attempt, name, sha256, size, world })
      .execute()
  }
  await insertFindings(transaction, key, end.findings)
}

function startColumns({ place, fence, folder, started }: AttemptStart) {
  return { place, fence, folder, started }
}

function idOf({ run, cell, number }: AttemptKey): string {
  return formatResultId({ kind: 'attempt', run, cell, attempt: number })
}

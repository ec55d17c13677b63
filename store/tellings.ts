import type { Transaction } from 'kysely'
import type { Gathered } from '../domain/tell/gathered.ts'
import type { Message } from '../domain/tell/message.ts'
import type { Tables } from './database/tables.ts'
import type { Night } from './nights.ts'
import type { Store } from './store.ts'

/** A place that a schedule tells of its nights, by the key of its telling. */
export interface ToldPlace {
  schedule: string
  target: string
}

/** What a place knows of a schedule's nights. */
export interface ToldSoFar {
  /** What was told and has not ended, with the delivery that told it. */
  told: Map<string, string>
  /** The nights since the last digest, oldest first. */
  gathered: Gathered[]
  /** When the night was due that the last digest was sent with, epoch ms; null before the first. */
  digest: number | null
}

/** What a place is to be told of a night. */
export interface TellingPlan {
  messages: PlannedMessage[]
  /** What ends without a word. */
  silent: string[]
  /** Of a digest: what it is to remember of the night, and what is told by that. */
  gathered?: { night: Gathered; opens: string[] }
}

export interface PlannedMessage extends Omit<Message, 'schedule'> {
  opens: string[]
  closes: string[]
  /** It is a digest, and tells of all that is gathered. */
  digest?: true
}

/**
 * Holds a night against what a place was told, once: messages that are to be sent and what is told by them are written in one
 * transaction. Of a night that is not newer than the last that was held against it nothing is told: the newer one has told
 * it, or it is the same one, and its step is repeated.
 * @param plan decides; it may be called twice
 */
export async function planOnce(
  store: Store,
  { schedule, target }: ToldPlace,
  night: Pick<Night, 'id' | 'due'>,
  plan: (sofar: ToldSoFar) => TellingPlan,
): Promise<void> {
  const place = { schedule, target }
  await store.database.transaction().execute(async (transaction) => {
    const last = await transaction
      .selectFrom('told_to')
      .selectAll()
      .where((row) => row.and(place))
      .executeTakeFirst()
    if (last && (last.due > night.due || (last.due === night.due && last.night >= night.id))) return
    const sofar = { ...(await readSoFar(transaction, place)), digest: last?.digest ?? null }
    const planned = plan(sofar)
    if (planned.gathered) {
      const row = { ...place, night: night.id, gathered: JSON.stringify(planned.gathered.night), delivery: null }
      await transaction.insertInto('gathered').values(row).execute()
    }
    await endTold(transaction, place, planned.silent)
    // A digest has no threads.
    await beginTold(transaction, place, planned.gathered?.opens.map((what): Opened => [what, '']) ?? [])
    for (const message of planned.messages) await writeMessage(transaction, place, night.id, message, sofar.told)
    const digest = planned.messages.some((message) => message.digest) ? night.due : sofar.digest
    const row = { night: night.id, due: night.due, digest }
    await transaction
      .insertInto('told_to')
      .values({ ...place, ...row })
      .onConflict((conflict) => conflict.columns(['schedule', 'target']).doUpdateSet(row))
      .execute()
  })
}

async function writeMessage(
  transaction: Transaction<Tables>,
  place: ToldPlace,
  night: number,
  message: PlannedMessage,
  told: ToldSoFar['told'],
): Promise<void> {
  const { id, thread, subject, text, data, written } = message
  // What follows answers the first message of a thread.
  const opens = message.opens.map((what): Opened => [what, thread ?? id])
  const closes = message.closes.map((what): Opened => [what, told.get(what) ?? id])
  await transaction
    .insertInto('deliveries')
    .values({
      ...place,
      id,
      night,
      subject,
      text,
      data: JSON.stringify(data),
      thread: thread ?? null,
      opens: JSON.stringify(opens),
      closes: JSON.stringify(closes),
      state: 'waiting',
      answer: null,
      written,
      ended: null,
    })
    .execute()
  await endTold(transaction, place, message.closes)
  await beginTold(transaction, place, opens)
  if (message.digest)
    await transaction
      .updateTable('gathered')
      .set({ delivery: id })
      .where((row) => row.and(place))
      .where('delivery', 'is', null)
      .execute()
}

/** Something told, and the delivery that told it. */
export type Opened = [what: string, thread: string]

/** Writes down what holds from now on. */
export async function beginTold(
  transaction: Transaction<Tables>,
  place: ToldPlace,
  opened: readonly Opened[],
): Promise<void> {
  for (const [what, thread] of opened)
    await transaction
      .insertInto('told')
      .values({ ...place, what, thread })
      .onConflict((conflict) => conflict.columns(['schedule', 'target', 'what']).doUpdateSet({ thread }))
      .execute()
}

/** Forgets what has ended. */
export async function endTold(
  transaction: Transaction<Tables>,
  place: ToldPlace,
  ended: readonly string[],
): Promise<void> {
  for (const what of ended)
    await transaction
      .deleteFrom('told')
      .where((row) => row.and({ ...place, what }))
      .execute()
}

async function readSoFar(
  transaction: Transaction<Tables>,
  place: ToldPlace,
): Promise<Pick<ToldSoFar, 'told' | 'gathered'>> {
  const told = await transaction
    .selectFrom('told')
    .select(['what', 'thread'])
    .where((row) => row.and(place))
    .orderBy('what')
    .execute()
  const gathered = await transaction
    .selectFrom('gathered')
    .innerJoin('nights', 'nights.id', 'gathered.night')
    .select('gathered')
    .where('gathered.schedule', '=', place.schedule)
    .where('target', '=', place.target)
    .where('delivery', 'is', null)
    .orderBy('nights.due')
    .orderBy('nights.id')
    .execute()
  return {
    told: new Map(told.map(({ what, thread }) => [what, thread])),
    gathered: gathered.map((row) => JSON.parse(row.gathered) as Gathered),
  }
}

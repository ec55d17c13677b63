import type { Selectable } from 'kysely'
import type { Message, MessageData } from '../domain/tell/message.ts'
import { LabError } from '../domain/errors.ts'
import type { DeliveryRow } from './database/tables.ts'
import type { Store } from './store.ts'
import { beginTold, endTold, type Opened, type ToldPlace } from './tellings.ts'

/** `waiting` is tried again; `undelivered` is not, and what it tells counts as not told. */
export type DeliveryState = 'waiting' | 'sent' | 'undelivered'

/** A message on its way to a place. */
export interface Delivery {
  message: Message
  /** The key of the telling. */
  target: string
  /** The night that it tells of. */
  night: number
  state: DeliveryState
  /** What the other side said, or why it did not get it, the last time; null before the first. */
  answer: string | null
  /** Epoch ms; null while it waits. */
  ended: number | null
}

/** @throws LabError NotFound when there is none of this id */
export async function readDelivery(store: Store, id: string): Promise<Delivery> {
  const row = await store.database.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new LabError('NotFound', `There is no delivery ${id}.`)
  return toDelivery(row)
}

/** The deliveries of a night, in the order of their places. */
export async function deliveriesOf(store: Store, night: number): Promise<Delivery[]> {
  const rows = await store.database
    .selectFrom('deliveries')
    .selectAll()
    .where('night', '=', night)
    .orderBy('target')
    .orderBy('id')
    .execute()
  return rows.map(toDelivery)
}

/** The last deliveries of a schedule, newest first. */
export async function listDeliveries(store: Store, schedule: string, limit: number): Promise<Delivery[]> {
  const rows = await store.database
    .selectFrom('deliveries')
    .selectAll()
    .where('schedule', '=', schedule)
    .orderBy('written', 'desc')
    .orderBy('target')
    .limit(limit)
    .execute()
  return rows.map(toDelivery)
}

/** Writes down why a delivery did not get there this time. One that has ended stays as it is. */
export async function noteTry(store: Store, id: string, answer: string): Promise<void> {
  await store.database
    .updateTable('deliveries')
    .set({ answer })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute()
}

/** A delivery got there; a digest's nights need not be remembered any longer. */
export async function noteSent(store: Store, id: string, answer: string): Promise<void> {
  await store.database.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('deliveries')
      .set({ state: 'sent', answer, ended: Date.now() })
      .where('id', '=', id)
      .execute()
    await transaction.deleteFrom('gathered').where('delivery', '=', id).execute()
  })
}

/**
 * A delivery is given up. What it tells counts as not told again, so that the next night tells it, and so do the nights of a
 * digest. One that has ended stays as it is.
 * @param reason why, unless the last try said it
 */
export async function noteUndelivered(store: Store, id: string, reason: string): Promise<void> {
  await store.database.transaction().execute(async (transaction) => {
    const row = await transaction.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
    if (row?.state !== 'waiting') return
    await transaction
      .updateTable('deliveries')
      .set({ state: 'undelivered', answer: row.answer ?? reason, ended: Date.now() })
      .where('id', '=', id)
      .execute()
    await transaction.updateTable('gathered').set({ delivery: null }).where('delivery', '=', id).execute()
    const place: ToldPlace = { schedule: row.schedule, target: row.target }
    const opens = JSON.parse(row.opens) as Opened[]
    const held = await transaction
      .selectFrom('told')
      .select(['what', 'thread'])
      .where((told) => told.and({ ...place }))
      .execute()
    // What a later night told meanwhile is its own.
    const own = opens.filter(([what, thread]) => held.some((one) => one.what === what && one.thread === thread))
    await endTold(
      transaction,
      place,
      own.map(([what]) => what),
    )
    const closes = JSON.parse(row.closes) as Opened[]
    await beginTold(
      transaction,
      place,
      closes.filter(([what]) => !held.some((one) => one.what === what)),
    )
  })
}

function toDelivery(row: Selectable<DeliveryRow>): Delivery {
  const { id, schedule, subject, text, thread, written } = row
  return {
    message: {
      id,
      schedule,
      subject,
      text,
      written,
      data: JSON.parse(row.data) as MessageData,
      ...(thread !== null && { thread }),
    },
    target: row.target,
    night: row.night,
    state: row.state as DeliveryState,
    answer: row.answer,
    ended: row.ended,
  }
}

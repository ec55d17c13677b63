import type { Night } from './nights.ts'
import type { Store } from './store.ts'

/** Nights that nobody is to be told of: those that are due in a span, both ends included, and begin after it was asked for. */
export interface QuietSpan {
  schedule: string
  /** Epoch ms. */
  from: number
  to: number
  asked: number
  /** Only one of them: the first to be asked for. */
  once: boolean
}

/** Writes down that nobody is to be told, before the nights are asked for. */
export async function keepQuiet(store: Store, { schedule, from, to, asked, once }: QuietSpan): Promise<void> {
  await store.database
    .insertInto('quiet')
    .values({ schedule, from_due: from, to_due: to, asked, once: once ? 1 : 0, night: null })
    .execute()
}

/** Whether nobody is to be told of a night; the same answer each time. */
export async function isQuiet(store: Store, night: Night): Promise<boolean> {
  return await store.database.transaction().execute(async (transaction) => {
    const spans = await transaction
      .selectFrom('quiet')
      .select(['id', 'once', 'night'])
      .where('schedule', '=', night.schedule)
      .where('from_due', '<=', night.due)
      .where('to_due', '>=', night.due)
      .where('asked', '<=', night.begun)
      .where((row) => row.or([row('night', 'is', null), row('night', '=', night.id)]))
      .orderBy('id')
      .execute()
    if (spans.some(({ once, night: of }) => once === 0 || of === night.id)) return true
    const [span] = spans
    if (!span) return false
    await transaction.updateTable('quiet').set({ night: night.id }).where('id', '=', span.id).execute()
    return true
  })
}

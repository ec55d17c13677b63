import type { Store } from '../store.ts'

/** How much a folder took when it was last measured. Bytes. */
export interface Usage {
  folder: string
  /** Epoch ms. */
  at: number
  used: number
  /** What was free on its disk then. */
  free: number
}

/** Remembers how much our folders take, in the place of what was known of them. */
export async function writeUsage(store: Store, usages: readonly Usage[]): Promise<void> {
  await store.database.transaction().execute(async (transaction) => {
    for (const { folder, ...row } of usages)
      await transaction
        .insertInto('disk_usage')
        .values({ folder, ...row })
        .onConflict((conflict) => conflict.column('folder').doUpdateSet(row))
        .execute()
  })
}

/** What was measured last of these folders. */
export async function readUsage(store: Store, folders: readonly string[]): Promise<Usage[]> {
  return await store.database.selectFrom('disk_usage').selectAll().where('folder', 'in', folders).execute()
}

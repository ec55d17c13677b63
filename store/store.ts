import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Tables } from './database/tables.ts'

/** The results of one state folder. The functions beside this file (runs, builds, attempts, ...) take it first. */
export interface Store {
  /** The state folder. */
  folder: string
  database: Kysely<Tables>
  /** Ends the connection; nothing that was written depends on it. */
  close(): Promise<void>
}

/**
 * Opens the store of a state folder, `results.db` and `artifacts/`, and creates or upgrades it where needed. Readers and
 * writers in any number of processes may have it open at once.
 * @throws LabError StoreBroken when the database is damaged, cannot be written, or was written by a newer hyplab;
 * DiskFull.
 */
export async function openStore(stateFolder: string): Promise<Store> {
  // Loaded here, so that a command that never opens the store does not pay for kysely.
  const { openDatabase } = await import('./database/open-database.ts')
  const opened = await openDatabase(join(stateFolder, 'results.db'))
  return { folder: stateFolder, ...opened }
}

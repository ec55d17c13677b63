import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { LabError } from '../../domain/errors.ts'
import { makeStateFolder } from '../../host/folders.ts'
import { storeFailure } from '../failure.ts'
import { migrations as ours } from '../migrations/all.ts'
import { nodeSqliteDialect, whenFree } from './node-sqlite-dialect.ts'
import type { Tables } from './tables.ts'

/** How long SQLite itself blocks on another process's lock; `whenFree` does the longer waiting without blocking. */
const blockMs = 50

export interface OpenDatabase {
  database: Kysely<Tables>
  close(): Promise<void>
}

/**
 * Opens the database `file`, creates it (and its folder) where it is missing and brings it up to the newest of
 * `migrations`. Any number of processes may do so at the same moment.
 * @throws LabError StoreBroken when it is damaged, cannot be written, or was written by a newer hyplab; DiskFull.
 */
export async function openDatabase(
  file: string,
  migrations: Readonly<Record<string, Migration>> = ours,
): Promise<OpenDatabase> {
  const connection = await connect(file)
  const database = new Kysely<Tables>({ dialect: nodeSqliteDialect(connection, file) })
  try {
    await migrate(connection, database, file, migrations)
    return { database, close: () => close(database, connection) }
  } catch (error) {
    connection.close()
    throw storeFailure(error, file)
  }
}

async function close(database: Kysely<Tables>, connection: DatabaseSync): Promise<void> {
  // kysely closes nothing when it was never asked anything.
  await database.destroy()
  if (connection.isOpen) connection.close()
}

async function connect(file: string): Promise<DatabaseSync> {
  const folder = dirname(file)
  try {
    makeStateFolder(folder)
    makeForUsAlone(file)
  } catch (error) {
    throw storeFailure(error, folder)
  }
  const connection = await whenFree(file, () => new DatabaseSync(file, { timeout: blockMs }))
  try {
    const mode = await whenFree(file, () => connection.prepare('pragma journal_mode = wal').get())
    if (mode?.['journal_mode'] !== 'wal') {
      const message = `The file system of ${file} cannot share a database between processes: set HYPLAB_STATE to a folder on a local disk.`
      throw new LabError('StoreBroken', message)
    }
    // FULL: a result that was reported to the Temporal server must still be here after a power cut.
    connection.exec('pragma synchronous = full; pragma foreign_keys = on')
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * SQLite gives its other files the mode of this one. Once it has the file open nobody else here may open it: to close a
 * file is to give up all locks that the process has on it.
 */
function makeForUsAlone(file: string): void {
  if (existsSync(file)) return
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch {
    // Why it cannot be made, SQLite is about to say.
  }
}

async function migrate(
  connection: DatabaseSync,
  database: Kysely<Tables>,
  file: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  if (!(await whenFree(file, () => isBehind(connection, file, migrations)))) return
  const { Migrator } = await import('kysely/migration')
  // One transaction around it all: a second process waits here, then finds nothing left to do.
  await database.transaction().execute(async (transaction) => {
    if (!isBehind(connection, file, migrations)) return
    const provider = { getMigrations: async () => ({ ...migrations }) }
    // Two branches that each add one may be merged in either order; what they add does not depend on each other.
    const migrator = new Migrator({ db: transaction, provider, allowUnorderedMigrations: true })
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
  })
}

/** True when some of `migrations` have not run yet; kysely keeps the names of those that have. */
function isBehind(connection: DatabaseSync, file: string, migrations: Readonly<Record<string, Migration>>): boolean {
  const table = connection.prepare(`select 1 from sqlite_schema where name = 'kysely_migration'`).get()
  if (table === undefined) return true
  const done = connection.prepare('select name from kysely_migration').all()
  const unknown = done.find((row) => migrations[String(row['name'])] === undefined)
  if (unknown !== undefined) {
    const message = `The results database ${file} was written by a newer hyplab (it has "${String(unknown['name'])}"): update hyplab, or set HYPLAB_STATE to another folder.`
    throw new LabError('StoreBroken', message)
  }
  return done.length < Object.keys(migrations).length
}

import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import { isBusy, storeFailure } from '../failure.ts'

/** How long a statement waits for another process's transaction; ours last milliseconds, so this means that one is stuck. */
const patienceMs = 10_000

/**
 * kysely over `node:sqlite`. Differs from kysely's own SQLite dialect in three points: a transaction takes the write
 * lock when it begins (a late upgrade fails at once, whatever the busy timeout, with SQLITE_BUSY_SNAPSHOT); waiting for
 * another process leaves the event loop free, because a worker must go on sending heartbeats and draining consoles;
 * SQLite's errors come out as LabErrors that name `file`.
 */
export function nodeSqliteDialect(database: DatabaseSync, file: string): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(database, file),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new TransactionalDdlAdapter(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
  }
}

/**
 * Runs a statement, again while another process holds the lock.
 * @throws LabError StoreBroken (retryable) when the lock was not to be had in ten seconds.
 */
export async function whenFree<T>(file: string, statement: () => T): Promise<T> {
  const started = performance.now()
  for (;;) {
    try {
      return statement()
    } catch (error) {
      if (!isBusy(error) || performance.now() - started > patienceMs) throw storeFailure(error, file)
      await delay(5 + Math.random() * 10)
    }
  }
}

/** SQLite rolls schema changes back like any other; kysely's own adapter does not count on it. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class NodeSqliteDriver implements Driver {
  readonly #database: DatabaseSync
  readonly #connection: NodeSqliteConnection

  constructor(database: DatabaseSync, file: string) {
    this.#database = database
    this.#connection = new NodeSqliteConnection(database, file)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const begin = settings.accessMode === 'read only' ? 'begin' : 'begin immediate'
    await connection.executeQuery(CompiledQuery.raw(begin))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // SQLite has rolled back by itself after a full disk or an I/O error; a second rollback would hide that error.
    if (this.#database.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#database.close()
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #file: string

  constructor(database: DatabaseSync, file: string) {
    this.#database = database
    this.#file = file
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return await whenFree(this.#file, () => {
      const statement = this.#database.prepare(query.sql)
      const parameters = query.parameters as SQLInputValue[]
      if (statement.columns().length > 0) return { rows: statement.all(...parameters) as R[] }
      const { changes, lastInsertRowid } = statement.run(...parameters)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    })
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    const statement = this.#database.prepare(query.sql)
    for (const row of statement.iterate(...(query.parameters as SQLInputValue[]))) yield { rows: [row as R] }
  }
}

import { statSync, unlinkSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { withLock } from '../../host/lock.ts'
import { artifactsLock, graceMs } from '../artifact-age.ts'
import { artifactPath } from '../artifact-path.ts'
import type { Tables } from '../database/tables.ts'
import { storeFailure } from '../failure.ts'
import type { Store } from '../store.ts'

/** So many files are looked at under one lock: others wait for milliseconds. */
const batch = 100

export interface SweepOptions {
  /** Epoch ms. */
  now: number
  signal?: AbortSignal
  /** Removes nothing. */
  dryRun?: boolean
  /** With a dry run: what would be given up before. */
  alsoGone?: ReadonlySet<string>
}

/** How much went, or would go. */
export interface Swept {
  files: number
  bytes: number
}

/**
 * Removes each artifact that no row points to. One that was put lately stays: its row may be about to come. Rows are written
 * under the database's write lock and only when their artifacts are there (finishAttempt, putBuild), and here each file goes
 * under that lock and only when no row is there: so no row ever points to nothing. Killed at any moment it leaves files
 * that the next sweep removes.
 * @throws LabError StoreBroken when a file cannot be removed; the signal's reason
 */
export async function sweepArtifacts(store: Store, options: SweepOptions): Promise<Swept> {
  const swept: Swept = { files: 0, bytes: 0 }
  for (const shard of await namesIn(join(store.folder, 'artifacts'), /^[0-9a-f]{2}$/)) {
    const names = await namesIn(join(store.folder, 'artifacts', shard), /^[0-9a-f]{64}$/)
    for (let from = 0; from < names.length; from += batch) {
      options.signal?.throwIfAborted()
      const some = names.slice(from, from + batch)
      const pointed = await pointedAt(store.database, some)
      const garbage = some.filter((name) => !pointed.has(name) || options.alsoGone?.has(name))
      if (garbage.length === 0) continue
      const gone = options.dryRun ? weigh(store, garbage, options.now) : await remove(store, garbage, options)
      swept.files += gone.files
      swept.bytes += gone.bytes
    }
  }
  return swept
}

async function remove(store: Store, garbage: string[], { now, signal }: SweepOptions): Promise<Swept> {
  // Whoever puts what is there already says so to its time, under this lock.
  return await withLock(artifactsLock(store), signal ? { signal } : {}, () =>
    store.database.transaction().execute(async (transaction) => {
      const pointed = await pointedAt(transaction, garbage)
      const swept: Swept = { files: 0, bytes: 0 }
      for (const sha256 of garbage) {
        if (pointed.has(sha256)) continue
        const path = artifactPath(store, sha256)
        try {
          const bytes = sizeOfOld(path, now)
          if (bytes === undefined) continue
          unlinkSync(path)
          swept.files++
          swept.bytes += bytes
        } catch (error) {
          throw storeFailure(error, path)
        }
      }
      return swept
    }),
  )
}

function weigh(store: Store, garbage: string[], now: number): Swept {
  const sizes = garbage.flatMap((sha256) => sizeOfOld(artifactPath(store, sha256), now) ?? [])
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

/** Bytes of a file that was put long ago; undefined for a young one, and for none. */
function sizeOfOld(path: string, now: number): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && now - found.mtimeMs > graceMs ? found.size : undefined
}

/** Those of the artifacts that a row points to. */
async function pointedAt(database: Kysely<Tables>, names: string[]): Promise<Set<string>> {
  const inventory = sql<string>`json_extract(options, '$.inventory.sha256')`
  const inputs = sql<string>`json_extract(options, '$.inputs.sha256')`
  const rows = await database
    .selectFrom('attempt_artifacts')
    .select('sha256')
    .where('sha256', 'in', names)
    .where('removed', 'is', null)
    .unionAll(
      database
        .selectFrom('products')
        .innerJoin('builds', 'builds.id', 'products.build')
        .select('products.sha256')
        .where('products.sha256', 'in', names)
        .where('builds.removed', 'is', null),
    )
    .unionAll(
      database
        .selectFrom('builds')
        .select((build) => build.ref('log').$notNull().as('sha256'))
        .where('log', 'in', names)
        .where('removed', 'is', null),
    )
    .unionAll(database.selectFrom('runs').select(inventory.as('sha256')).where(inventory, 'in', names))
    .unionAll(database.selectFrom('runs').select(inputs.as('sha256')).where(inputs, 'in', names))
    .execute()
  return new Set(rows.map(({ sha256 }) => sha256))
}

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => pattern.test(name)).toSorted()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw storeFailure(error, folder)
  }
}

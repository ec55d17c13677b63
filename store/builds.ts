import type { Insertable, Kysely, Selectable } from 'kysely'
import type { BuildFault, BuildIdentity } from '../domain/build.ts'
import { LabError } from '../domain/errors.ts'
import { hasArtifact, type Artifact } from './artifacts.ts'
import type { BuildRow, ProductRow, Tables } from './database/tables.ts'
import type { Store } from './store.ts'

/** A file that a build made, kept as an artifact. */
export interface BuildProduct extends Artifact {
  /** e.g. `Image`, `modules/optee.ko`. */
  name: string
}

/** A build that was made, or that failed. */
export interface Build extends BuildIdentity {
  outcome: 'ok' | 'failed'
  /** Set exactly when it failed. */
  fault: BuildFault | null
  /** sha256 of the build log; null when there is none. */
  log: string | null
  /** Epoch milliseconds. */
  started: number
  seconds: number
  /** By name. */
  products: BuildProduct[]
  /** When its products were given up (epoch ms) and by which rule; absent while they are kept. */
  removed?: { at: number; rule: string }
}

/**
 * Keeps a build and returns the one that is now kept under its id. Equal inputs give one build: a whole one that is
 * there already stays as it is. A failed one, or one whose artifacts have been deleted since, gives way to a later one.
 * @throws LabError BadInput when a product has not been put into the artifact store before.
 */
export async function putBuild(store: Store, build: Build): Promise<Build> {
  return await store.database.transaction().execute(async (transaction) => {
    // With the write lock: nobody removes what nothing points to between the look and the row.
    const missing = build.products.find((product) => !hasArtifact(store, product))
    if (missing !== undefined) {
      const message = `The product ${missing.name} of the build ${build.name} is not among the artifacts of ${store.folder}: put it there first.`
      throw new LabError('BadInput', message)
    }
    const [known] = await readBuilds(transaction, [build.id])
    if (known?.outcome === 'ok' && (build.outcome === 'failed' || isWhole(store, known))) return known
    await transaction.deleteFrom('builds').where('id', '=', build.id).execute()
    await transaction.insertInto('builds').values(buildRow(build)).execute()
    for (const { name, sha256, size } of build.products) {
      await transaction.insertInto('products').values({ build: build.id, name, sha256, size }).execute()
    }
    return build
  })
}

/** The build with that id, made or failed; undefined when there is none. */
export async function findBuild(store: Store, id: string): Promise<Build | undefined> {
  const [build] = await readBuilds(store.database, [id])
  return build
}

/** The build with that id if it can be booted from: it did not fail, and all that it made is kept and still there. */
export async function usableBuild(store: Store, id: string): Promise<Build | undefined> {
  const build = await findBuild(store, id)
  return build?.outcome === 'ok' && isWhole(store, build) ? build : undefined
}

/** A statement of SQLite takes 32,766 values at most; a part of that keeps the rows that are in memory few. */
const idsAtOnce = 500

/** Which of the builds can be booted from, as `usableBuild` says, in a few statements for any number of them. */
export async function usableBuilds(store: Store, ids: readonly string[]): Promise<Set<string>> {
  const usable = new Set<string>()
  for (let first = 0; first < ids.length; first += idsAtOnce)
    for (const build of await readBuilds(store.database, ids.slice(first, first + idsAtOnce)))
      if (build.outcome === 'ok' && isWhole(store, build)) usable.add(build.id)
  return usable
}

/** Those of the builds that exist, in the order of their ids; for the queries beside this file. */
export async function readBuilds(database: Kysely<Tables>, ids: string[]): Promise<Build[]> {
  if (ids.length === 0) return []
  const rows = await database.selectFrom('builds').selectAll().where('id', 'in', ids).orderBy('id').execute()
  const products = await database
    .selectFrom('products')
    .selectAll()
    .where('build', 'in', ids)
    .orderBy('build')
    .orderBy('name')
    .execute()
  const byBuild = Map.groupBy(products, (product) => product.build)
  return rows.map((row) => toBuild(row, byBuild.get(row.id) ?? []))
}

function isWhole(store: Store, build: Build): boolean {
  return build.removed === undefined && build.products.every((product) => hasArtifact(store, product))
}

function buildRow(build: Build): Insertable<BuildRow> {
  return {
    id: build.id,
    kind: build.kind,
    name: build.name,
    inputs: JSON.stringify(build.inputs),
    outcome: build.outcome,
    fault: build.fault && JSON.stringify(build.fault),
    log: build.log,
    started: build.started,
    seconds: build.seconds,
  }
}

function toBuild(row: Selectable<BuildRow>, products: ProductRow[]): Build {
  return {
    id: row.id,
    kind: row.kind as Build['kind'],
    name: row.name,
    inputs: JSON.parse(row.inputs) as Record<string, unknown>,
    outcome: row.outcome as Build['outcome'],
    fault: row.fault === null ? null : (JSON.parse(row.fault) as BuildFault),
    log: row.log,
    started: row.started,
    seconds: row.seconds,
    products: products.map(({ name, sha256, size }) => ({ name, sha256, size })),
    ...(row.removed === null ? {} : { removed: { at: row.removed, rule: row.removed_by ?? '' } }),
  }
}

import type { Ending } from '../../domain/attempt.ts'
import type { Verdict } from '../../domain/verdict/verdict.ts'
import type { Store } from '../store.ts'

/** What a run has that may go: its cells with the builds that they boot, and their attempts with the files that are kept. */
export interface RunFiles {
  run: number
  /** Epoch ms. */
  started: number
  cells: CellFiles[]
}

export interface CellFiles {
  cell: number
  verdict: Verdict | null
  /** The ids of the builds that it boots. */
  builds: string[]
  attempts: AttemptFiles[]
}

/** An attempt that has ended, and those of its files that are kept. */
export interface AttemptFiles {
  run: number
  cell: number
  number: number
  /** Epoch ms. */
  ended: number
  ending: Ending
  files: { name: string; sha256: string; size: number }[]
}

/** The numbers of all runs, oldest first. */
export async function runNumbers(store: Store): Promise<number[]> {
  const rows = await store.database.selectFrom('runs').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}

/** What a run has that may go: one state of the database. */
export async function readRunFiles(store: Store, run: number): Promise<RunFiles> {
  const snapshot = store.database.transaction().setAccessMode('read only')
  return await snapshot.execute(async (transaction) => {
    const { started } = await transaction
      .selectFrom('runs')
      .select('started')
      .where('id', '=', run)
      .executeTakeFirstOrThrow()
    const cells = await transaction
      .selectFrom('cells')
      .select(['number', 'verdict', 'kernel_build', 'firmware_build'])
      .where('run', '=', run)
      .orderBy('number')
      .execute()
    const attempts = await transaction
      .selectFrom('attempts')
      .select(['cell', 'number', 'ended', 'ending'])
      .where('run', '=', run)
      .where('ended', 'is not', null)
      .orderBy('number')
      .execute()
    const files = await transaction
      .selectFrom('attempt_artifacts')
      .select(['cell', 'attempt', 'name', 'sha256', 'size'])
      .where('run', '=', run)
      .where('removed', 'is', null)
      .execute()
    const filesOf = Map.groupBy(files, ({ cell, attempt }) => `${cell}.${attempt}`)
    const attemptsOf = Map.groupBy(attempts, ({ cell }) => cell)
    return {
      run,
      started,
      cells: cells.map(({ number: cell, verdict, kernel_build, firmware_build }) => ({
        cell,
        verdict: verdict as Verdict | null,
        builds: [kernel_build, firmware_build].filter((id) => id !== null),
        attempts: (attemptsOf.get(cell) ?? []).map(({ number, ended, ending }) => ({
          run,
          cell,
          number,
          ended: ended!,
          ending: ending as Ending,
          files: (filesOf.get(`${cell}.${number}`) ?? []).map(({ name, sha256, size }) => ({ name, sha256, size })),
        })),
      })),
    }
  })
}

/** A build of which something is kept. */
export interface BuildFiles {
  id: string
  kind: string
  name: string
  failed: boolean
  /** Epoch ms. */
  made: number
  /** Its products and its log. */
  files: { sha256: string; size: number }[]
}

/** The builds of which something is kept. */
export async function readBuildFiles(store: Store): Promise<BuildFiles[]> {
  const snapshot = store.database.transaction().setAccessMode('read only')
  const { builds, products } = await snapshot.execute(async (transaction) => ({
    builds: await transaction
      .selectFrom('builds')
      .select(['id', 'kind', 'name', 'outcome', 'log', 'started', 'seconds'])
      .where('removed', 'is', null)
      .orderBy('started')
      .execute(),
    products: await transaction
      .selectFrom('products')
      .innerJoin('builds', 'builds.id', 'products.build')
      .select(['products.build', 'products.sha256', 'products.size'])
      .where('builds.removed', 'is', null)
      .execute(),
  }))
  const of = Map.groupBy(products, ({ build }) => build)
  return builds.map(({ id, kind, name, outcome, log, started, seconds }) => ({
    id,
    kind,
    name,
    failed: outcome === 'failed',
    made: started + seconds * 1000,
    files: [
      ...(of.get(id) ?? []).map(({ sha256, size }) => ({ sha256, size })),
      // How large a log is stands nowhere but on the disk.
      ...(log === null ? [] : [{ sha256: log, size: 0 }]),
    ],
  }))
}

import { existsSync } from 'node:fs'
import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ending } from '../../../domain/attempt.ts'
import type { Verdict } from '../../../domain/verdict/verdict.ts'
import { artifactPath, putArtifact } from '../../../store/artifacts.ts'
import { finishAttempt } from '../../../store/attempts.ts'
import { putBuild } from '../../../store/builds.ts'
import { judgeCell, setCellBuilds } from '../../../store/cells.ts'
import { createRun, endRun } from '../../../store/runs.ts'
import type { Store } from '../../../store/store.ts'
import { sampleEnd, sampleRun, sampleStart } from '../samples.ts'

export const day = 24 * 3600_000

/** What one attempt of a cell leaves: files by name, as texts, so that equal ones are one artifact. */
export interface SampleAttempt {
  ending: Ending
  files: Record<string, string>
}

export interface SampleCell {
  verdict: Verdict | null
  /** Which of the builds it boots. */
  build: number
  attempts: SampleAttempt[]
}

export interface SampleRun {
  plan: string
  /** Epoch ms. */
  started: number
  ended: boolean
  cells: SampleCell[]
}

/** The id of a build by its number. */
export const buildId = (number: number): string => `build-${number}`

/** Makes a build with an Image of its own and one file that all builds share. */
export async function makeBuild(store: Store, number: number, started: number): Promise<void> {
  const products = []
  for (const [name, text] of [
    ['Image', `Image ${number}`],
    ['config', 'the same'],
  ] as const)
    products.push({ name, ...(await putArtifact(store, Buffer.from(text))) })
  const log = await putArtifact(store, Buffer.from(`log ${number}`))
  const build = { kind: 'kernel' as const, name: `linux-${number}`, inputs: {}, outcome: 'ok' as const, fault: null }
  await putBuild(store, { id: buildId(number), ...build, log: log.sha256, started, seconds: 1, products })
}

/** Makes a run with all that came of it. @returns its number */
export async function makeRun(store: Store, { plan, started, ended, cells }: SampleRun): Promise<number> {
  const run = await createRun(store, { ...sampleRun(cells.length), plan, started })
  for (const [index, { verdict, build, attempts }] of cells.entries()) {
    const cell = index + 1
    await setCellBuilds(store, run, cell, { kernel: buildId(build), firmware: null })
    for (const [at, { ending, files }] of attempts.entries()) {
      const key = { run, cell, number: at + 1 }
      const artifacts = []
      for (const [name, text] of Object.entries(files))
        artifacts.push({ name, world: null, ...(await putArtifact(store, Buffer.from(text))) })
      const start = { ...sampleStart(key), place: `qemu/${run}.${cell}`, fence: 2 * key.number, started }
      await finishAttempt(store, start, { ...(await sampleEnd(store, 0)), ending, ended: started + 1000, artifacts })
    }
    if (verdict !== null) await judgeCell(store, run, cell, { verdict, sentence: 'so it is', because: [] })
  }
  const end = { ended: started + 2000, state: 'finished' as const, exitCode: 0, summary: '' }
  if (ended) await endRun(store, run, end)
  return run
}

/** Makes every artifact as old as if it had been put long ago. */
export async function makeOld(store: Store, at: number): Promise<void> {
  for (const sha256 of await artifactsIn(store)) await utimes(artifactPath(store, sha256), at / 1000, at / 1000)
}

/** The names of all artifacts on the disk. */
export async function artifactsIn(store: Pick<Store, 'folder'>): Promise<string[]> {
  const folder = join(store.folder, 'artifacts')
  const names = existsSync(folder) ? await readdir(folder, { recursive: true }) : []
  return names.flatMap((name) => /^[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(name)?.[1] ?? [])
}

/** The artifacts that a kept row points to: what must be on the disk at any moment. */
export async function pointedAt(store: Store): Promise<Set<string>> {
  const { database } = store
  const files = await database.selectFrom('attempt_artifacts').select('sha256').where('removed', 'is', null).execute()
  const builds = await database.selectFrom('builds').select(['id', 'log']).where('removed', 'is', null).execute()
  const ids = builds.map(({ id }) => id)
  const products = await database.selectFrom('products').select(['build', 'sha256']).execute()
  return new Set([
    ...files.map(({ sha256 }) => sha256),
    ...builds.flatMap(({ log }) => log ?? []),
    ...products.filter(({ build }) => ids.includes(build)).map(({ sha256 }) => sha256),
  ])
}

/** A cell's builds that are damaged are made again through the one workflow that makes each build, and no others are. */
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Client } from '@temporalio/client'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { buildsOf } from '../../activities/builds-of.ts'
import { rebuild } from '../../activities/rebuild.ts'
import type { Deps } from '../../activities/deps.ts'
import { readPlanFile } from '../../reading/read-plan.ts'
import { foldersFrom } from '../../host/folders.ts'
import { artifactPath, putArtifact } from '../../store/artifacts.ts'
import { putBuild, usableBuild, type Build } from '../../store/builds.ts'
import { setCellBuilds } from '../../store/cells.ts'
import { eventsAfter } from '../../store/events.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { BuildResult, BuildTask } from '../../workflows/contracts.ts'
import { noon, sampleRun, temporaryState } from '../store/samples.ts'
import { lab, openBench, type Bench } from '../workflows/environment.ts'

let bench: Bench
let store: Store
let deps: Deps
let kernel: Build
let firmware: Build

beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())

beforeEach(async () => {
  store = await openStore(await temporaryState())
  // Not the bench's own, which lets time skip while one waits and can do so for one at a time only.
  const client = new Client({ connection: bench.environment.connection })
  deps = { store, folders: { state: store.folder, cache: foldersFrom().cache }, client }
  const planFile = resolve('plans/first-look.yaml')
  const { cells } = await readPlanFile(planFile)
  await createRun(store, { ...sampleRun(1), planFile, cells: [cells[0]!] })
  const source = { folders: deps.folders, signal: new AbortController().signal, progress: () => {} }
  const tasks = await buildsOf(deps, cells[0]!, { run: 1, lab, lockFile: '/nowhere' }, source)
  kernel = await keepBuild(tasks.kernel, 'Image')
  firmware = await keepBuild(tasks.firmware!, 'qemu_fw.bios')
  await setCellBuilds(store, 1, 1, { kernel: kernel.id, firmware: firmware.id })
})

afterEach(async () => {
  await store.close()
  await rm(store.folder, { recursive: true })
})

async function keepBuild({ id, kind, name }: Pick<BuildTask, 'id' | 'kind' | 'name'>, product: string): Promise<Build> {
  const products = [{ name: product, ...(await putArtifact(store, Buffer.from(product))) }]
  const about = { inputs: {}, outcome: 'ok' as const, fault: null, log: null, started: noon, seconds: 1 }
  return await putBuild(store, { id, kind, name, products, ...about })
}

/** Runs `use` with a worker that makes builds again, and tells which it made. */
async function whileBuilding(use: () => Promise<void>, ok = true): Promise<string[]> {
  const made: string[] = []
  const build = async (task: BuildTask): Promise<BuildResult> => {
    made.push(task.id)
    if (ok) await keepBuild(task, task.kind === 'kernel' ? 'Image' : 'qemu_fw.bios')
    return { id: task.id, ok, infra: false, message: ok ? '' : 'It does not compile.' }
  }
  await bench.withSteps({ build }, use)
  return made
}

const again = (): Promise<BuildResult[]> =>
  new MockActivityEnvironment().run((cell: Parameters<typeof rebuild>[1]) => rebuild(deps, cell), {
    run: 1,
    cell: 1,
    lab,
  }) as Promise<BuildResult[]>

it('makes the build again whose artifact has gone, and says so', async () => {
  await rm(artifactPath(store, kernel.products[0]!.sha256))
  const made = await whileBuilding(async () => {
    expect(await again()).toMatchObject([
      { id: firmware.id, ok: true },
      { id: kernel.id, ok: true },
    ])
  })
  expect(made).toEqual([kernel.id])
  expect(await usableBuild(store, kernel.id)).toBeDefined()
  const said = (await eventsAfter(store, 1, 0)).flatMap(({ kind, data }) => (kind === 'say' ? [data] : []))
  expect(said).toEqual([{ text: expect.stringMatching(/^linux-6\.18\.5 is built again: /) }])
  expect(await whileBuilding(async () => void (await again()))).toEqual([])
})

it('is one build for two cells that ask at once', async () => {
  for (const { products } of [kernel, firmware]) await rm(artifactPath(store, products[0]!.sha256))
  const made = await whileBuilding(async () => void (await Promise.all([again(), again()])))
  expect(made.toSorted()).toEqual([kernel.id, firmware.id].toSorted())
})

it('gives back a build that failed', async () => {
  await rm(artifactPath(store, firmware.products[0]!.sha256))
  await whileBuilding(async () => {
    expect((await again())[0]).toMatchObject({ ok: false, message: 'It does not compile.' })
  }, false)
})

it('builds nothing of inputs that are others than those of the run', async () => {
  await setCellBuilds(store, 1, 1, { kernel: 'another', firmware: firmware.id })
  const made = await whileBuilding(async () => {
    expect((await again())[1]).toEqual({
      id: kernel.id,
      ok: false,
      infra: true,
      message: 'The inputs of linux-6.18.5 have changed since the run was started: start the run again.',
    })
  })
  expect(made).toEqual([])
})

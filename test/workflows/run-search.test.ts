/** The story of a bisection with its real decisions and a real store; builds and boots are simulated. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Context } from '@temporalio/activity'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createActivities, type Activities } from '../../activities/registry.ts'
import type { Cell } from '../../domain/cell.ts'
import type { Ending } from '../../domain/attempt.ts'
import type { Finding } from '../../domain/finding.ts'
import { queues } from '../../domain/naming.ts'
import type { Bisection } from '../../domain/search/search.ts'
import { foldersFrom } from '../../host/folders.ts'
import { readPlanFile } from '../../reading/read-plan.ts'
import { putArtifact } from '../../store/artifacts.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { putBuild } from '../../store/builds.ts'
import { runDetail, type RunDetail } from '../../store/details.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { AttemptTask, BuildTask } from '../../workflows/contracts.ts'
import { seededRandom } from '../seeded-random.ts'
import { noon, sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'
import { host, lab, openBench, type Bench } from './environment.ts'

const finding = 'ffa.usable'
const planFile = resolve('plans/first-look.yaml')
const workflowId = 'a-search'

let bench: Bench
let folder: string
let store: Store
let real: Activities
let cell: Cell

beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-search-'))
  store = await openStore(join(folder, 'state'))
  real = createActivities({ folders: { ...foldersFrom(), state: store.folder }, store, client: bench.client })
  const [first] = (await readPlanFile(planFile)).cells
  cell = { ...first!, kernel: { ...first!.kernel, patches: await series(8) } }
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

async function series(count: number): Promise<string[]> {
  const patches = Array.from({ length: count }, (_, index) => join(folder, `000${index + 1}.patch`))
  for (const [index, patch] of patches.entries()) await writeFile(patch, `patch ${index + 1}\n`)
  return patches
}

/** Writes the run of a bisection over the whole series. */
async function writeSearch(over: Partial<Bisection> = {}): Promise<number> {
  const about = {
    kind: 'bisect' as const,
    of: '1.1',
    finding,
    seeks: 'failure' as const,
    confidence: 0.97,
    atEnds: 3,
    atOnce: 1,
  }
  const search: Bisection = { ...about, cell, versions: { of: 'patches', first: 0 }, ...over }
  const options = { until: 'verdicts' as const, atOnce: 1, search }
  return await createRun(store, { ...sampleRun(0, workflowId), planFile, options })
}

/** What boots and builds do, and what was done. */
interface World {
  /** Whether an attempt at a kernel with so many patches fails; an ending where it comes to no finding. */
  boot: (patches: number) => boolean | Ending
  /** Kernels with so many patches do not compile. */
  broken: readonly number[]
  booted: number[]
  built: number[]
}

const world = (boot: World['boot'], broken: readonly number[] = []): World => ({ boot, broken, booted: [], built: [] })

function steps(of: World): Partial<Activities> {
  return {
    ...real,
    async awaitBuild(task: BuildTask) {
      const ok = task.kind === 'firmware' || !of.broken.includes(task.kernel.patches.length)
      if (task.kind === 'kernel') of.built.push(task.kernel.patches.length)
      if (ok) await keepBuild(task)
      return { id: task.id, ok, infra: false, message: ok ? '' : 'it does not compile' }
    },
    bootAttempt: (task) => bootSimulated(of, task),
  }
}

async function keepBuild({ id, kind, name }: BuildTask): Promise<void> {
  const products = [{ name: 'Image', ...(await putArtifact(store, Buffer.from(id))) }]
  await putBuild(store, {
    id,
    kind,
    name,
    products,
    inputs: {},
    outcome: 'ok',
    fault: null,
    log: null,
    started: noon,
    seconds: 1,
  })
}

async function bootSimulated(of: World, { run, cell: number, attempt }: AttemptTask): Promise<{ ending: Ending }> {
  const { cells } = await runDetail(store, run)
  const patches = cells[number - 1]!.cell.kernel.patches.length
  of.booted.push(patches)
  const shown = of.boot(patches)
  const ending = typeof shown === 'boolean' ? 'finished' : shown
  const key = { run, cell: number, number: attempt }
  const told: Finding = {
    id: finding,
    outcome: shown === true ? 'fail' : 'pass',
    sentence: 'So it is.',
    evidence: [],
    facts: {},
  }
  const findings = typeof shown === 'boolean' ? [told] : []
  const start = { ...sampleStart(key), fence: of.booted.length }
  await startAttempt(store, start)
  await finishAttempt(store, start, { ...(await sampleEnd(store, 0)), ending, findings })
  return { ending }
}

async function start(run: number) {
  return await bench.client.workflow.start('runSearch', {
    workflowId: `${workflowId}-${Math.random()}`,
    taskQueue: queues.main(lab),
    args: [{ run, lab, host, atOnce: 1, until: 'verdicts', search: true }],
  })
}

/** Plays a search to its end. */
async function play(of: World, over: Partial<Bisection> = {}): Promise<RunDetail> {
  const run = await writeSearch(over)
  await bench.withSteps(steps(of), async () => (await start(run)).result())
  return await runDetail(store, run)
}

describe('a bisection', () => {
  it('names the patch, each version being a cell of the run with its attempts', async () => {
    const of = world((patches) => patches >= 5)
    const { run, cells } = await play(of)
    expect(run).toMatchObject({ state: 'finished', exitCode: 0 })
    expect(run.summary).toMatch(
      /^ffa\.usable fails since 0005\.patch \(.* sure after \d+ attempts\): 0 of \d+ failed before/,
    )
    expect(new Set(cells.map((one) => one.cell.kernel.patches.length))).toEqual(new Set(of.booted))
    for (const one of cells) {
      expect(one.attempts.map(({ number }) => number)).toEqual(one.attempts.map((_, index) => index + 1))
      expect(one.kernelBuild).not.toBeNull()
      expect(one.verdict).not.toBeNull()
    }
    // Little more than the ends and one attempt for each halving.
    expect(of.booted.length).toBeLessThan(6 + 2 * 4)
  })

  it('repeats attempts that deceive, where that pays, and comes to the same', async () => {
    const random = seededRandom(20_261_130)
    const of = world((patches) => patches >= 3 !== random() < 0.15)
    const { run } = await play(of)
    expect(run.summary).toMatch(/^ffa\.usable fails since 0003\.patch/)
  })

  it('tries several versions at once when it may', async () => {
    const of = world((patches) => patches >= 5)
    const { run, cells } = await play(of, { atOnce: 3 })
    expect(run.summary).toMatch(/^ffa\.usable fails since 0005\.patch/)
    for (const one of cells)
      expect(one.attempts.map(({ number }) => number)).toEqual(one.attempts.map((_, index) => index + 1))
  })

  it('goes around what does not compile, and names those that it cannot tell apart', async () => {
    const { run, cells } = await play(world((patches) => patches >= 5, [4, 5]))
    expect(run.summary).toMatch(/since one of 0004\.patch, 0005\.patch, 0006\.patch \(/)
    const unbuilt = cells.filter((one) => one.attempts.length === 0)
    expect(unbuilt.map(({ verdict }) => verdict?.sentence)).toContain('It could not be built: it does not compile')
  })

  it('counts no attempt that the lab broke, and ends where the lab breaks all of them', async () => {
    let boots = 0
    const of = world((patches) => (boots++ % 4 === 0 ? 'infra' : patches >= 7))
    expect((await play(of)).run.summary).toMatch(/^ffa\.usable fails since 0007\.patch/)
  })

  it('ends as the lab’s fault where the lab breaks every attempt', async () => {
    const { run } = await play(world(() => 'infra'))
    expect(run).toMatchObject({ state: 'finished', exitCode: 3, summary: expect.stringMatching(/^The lab broke/) })
  })

  it('goes on where it was when its worker died, with the attempts that there are', async () => {
    const run = await writeSearch()
    const of = world((patches) => patches >= 6)
    let handle: Awaited<ReturnType<typeof start>> | undefined
    const enough = Promise.withResolvers<void>()
    const dying = { ...of, boot: (patches: number) => (of.booted.length >= 5 && enough.resolve(), of.boot(patches)) }
    await bench.withSteps(
      steps(dying),
      async () => {
        handle = await start(run)
        await enough.promise
      },
      { forgetful: true },
    )
    const before = of.booted.length
    expect(before).toBeGreaterThanOrEqual(5)
    await bench.withSteps(steps(of), async () => await handle!.result())
    const { run: row, cells } = await runDetail(store, run)
    expect(row.summary).toMatch(/^ffa\.usable fails since 0006\.patch/)
    expect(cells.flatMap(({ attempts }) => attempts)).toHaveLength(of.booted.length)
    expect(of.booted.length).toBeGreaterThan(before)
  })

  it('that is cancelled gives up the boot and what was built ahead, and closes its run', async () => {
    const run = await writeSearch()
    const of = world((patches) => patches >= 5)
    let given = 0
    const waiting = Promise.withResolvers<void>()
    const forEver = async (): Promise<never> => {
      const beats = setInterval(() => Context.current().heartbeat(), 200)
      try {
        return await Context.current().cancelled
      } finally {
        clearInterval(beats)
        given++
      }
    }
    const all = steps(of)
    await bench.withSteps(
      {
        ...all,
        // The ends are built; what is built ahead takes for ever, as does the first boot in the middle.
        awaitBuild: (task) =>
          of.booted.length >= 6 && task.kind === 'kernel' && of.built.length >= 3 ? forEver() : all.awaitBuild!(task),
        bootAttempt: async (task) => {
          if (of.booted.length < 6) return await all.bootAttempt!(task)
          waiting.resolve()
          return await forEver()
        },
        closeLostAttempt: async () => ({ ending: 'cancelled' as const }),
      },
      async () => {
        const handle = await start(run)
        await waiting.promise
        await handle.cancel()
        await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
      },
    )
    expect(given).toBeGreaterThan(0)
    expect((await runDetail(store, run)).run).toMatchObject({ state: 'cancelled', exitCode: 130 })
  }, 60_000)
})

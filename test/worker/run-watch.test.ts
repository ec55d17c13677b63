/** Runs whose own story is gone from a real server: somebody closes them all the same. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { Context } from '@temporalio/activity'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeOpenAttempts } from '../../activities/close-open-attempts.ts'
import { finishRun } from '../../activities/finish-run.ts'
import type { Activities } from '../../activities/registry.ts'
import { followRun } from '../../cli/follow.ts'
import { queues, workflowIds } from '../../domain/naming.ts'
import { setCellBuilds } from '../../store/cells.ts'
import { runDetail } from '../../store/details.ts'
import { addEvent } from '../../store/events.ts'
import { createRun, type Run } from '../../store/runs.ts'
import { startAttempt } from '../../store/attempts.ts'
import { openStore, type Store } from '../../store/store.ts'
import { RunWatch } from '../../worker/run-watch.ts'
import type { BuildResult, BuildTask } from '../../workflows/contracts.ts'
import { noon, sampleRun, sampleStart, temporaryState } from '../store/samples.ts'
import { host, lab, openBench, type Bench } from '../workflows/environment.ts'

let bench: Bench
let store: Store
let watch: RunWatch

beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())
beforeEach(async () => {
  store = await openStore(await temporaryState())
  watch = new RunWatch({ store, client: bench.client, lab, host })
})
afterEach(async () => {
  watch.stop()
  await store.close()
  await rm(store.folder, { recursive: true })
})

/** The real steps that close a run, and a run that goes on for ever. */
function steps(): Partial<Activities> {
  const deps = { store, folders: { state: store.folder, cache: store.folder }, client: bench.client }
  return {
    async outlineRun() {
      const context = Context.current()
      const timer = setInterval(() => context.heartbeat(), 200)
      try {
        return await (context.cancelled as Promise<never>)
      } finally {
        clearInterval(timer)
      }
    },
    closeOpenAttempts: (open) => closeOpenAttempts(deps, open),
    finishRun: (end) => finishRun(deps, end),
  }
}

async function closed(run: number): Promise<Run> {
  for await (const _event of followRun(store, run, AbortSignal.timeout(60_000)));
  return (await runDetail(store, run)).run
}

test('a run whose workflow is terminated is closed with its open attempts, and says why', async () => {
  await bench.withSteps(steps(), async () => {
    const workflowId = randomUUID()
    const run = await createRun(store, sampleRun(1, workflowId))
    const task = { run, lab, host, atOnce: 1, until: 'verdicts' as const }
    const start = { workflowId, taskQueue: queues.main(lab), args: [task] }
    const handle = await bench.client.workflow.start('runPlan', start)
    await startAttempt(store, { ...sampleStart({ run, cell: 1, number: 1 }), folder: `${store.folder}/none` })
    void watch.start()
    await handle.terminate('by hand')
    expect(await closed(run)).toMatchObject({
      state: 'failed',
      exitCode: 3,
      summary: 'The run broke: Its workflow was terminated on the Temporal server.',
    })
    const { cells } = await runDetail(store, run)
    expect(cells[0]!.attempts).toMatchObject([{ end: { ending: 'infra' } }])
  })
}, 120_000)

test('builds that a lost run waited for are dropped', async () => {
  const dropped = Promise.withResolvers<string>()
  const build = async ({ id }: BuildTask): Promise<BuildResult> => {
    const context = Context.current()
    const timer = setInterval(() => context.heartbeat(), 200)
    return await (context.cancelled as Promise<never>).finally(() => {
      clearInterval(timer)
      dropped.resolve(id)
    })
  }
  await bench.withSteps({ ...steps(), build }, async () => {
    const lost = await createRun(store, sampleRun(1))
    await addEvent(store, { run: lost, time: noon, kind: 'say', data: { text: 'it had begun' } })
    const id = randomUUID()
    await setCellBuilds(store, lost, 1, { kernel: id, firmware: null })
    const about = { id, name: 'k', run: lost, lab, lockFile: '/lock' }
    await bench.client.workflow.signalWithStart('buildOnce', {
      workflowId: workflowIds.build(lab, id),
      taskQueue: queues.main(lab),
      args: [{ ...about, kind: 'firmware', recipe: '/recipe' } satisfies BuildTask],
      signal: 'needed',
      signalArgs: [{ by: lost }],
    })
    void watch.start()
    expect(await dropped.promise).toBe(id)
    expect(await closed(lost)).toMatchObject({ state: 'failed' })
  })
}, 120_000)

test('a run that has begun and of which the server knows nothing any longer is closed', async () => {
  await bench.withSteps(steps(), async () => {
    const gone = await createRun(store, sampleRun(1))
    await addEvent(store, { run: gone, time: noon, kind: 'say', data: { text: 'it had begun' } })
    void watch.start()
    expect(await closed(gone)).toMatchObject({ summary: expect.stringContaining('knows nothing of this run') })
  })
}, 120_000)

test('a run that was written and never started is started, but not while its command may be about to', async () => {
  const started = Promise.withResolvers<number>()
  const outlineRun = async ({ run }: { run: number }) => {
    started.resolve(run)
    return { plan: 'p', builds: [], cells: [] }
  }
  await bench.withSteps({ ...steps(), outlineRun }, async () => {
    const written = await createRun(store, sampleRun(1))
    const young = await createRun(store, { ...sampleRun(1), started: Date.now() })
    void watch.start()
    expect(await started.promise).toBe(written)
    expect(await closed(written)).toMatchObject({ state: 'finished' })
    expect((await runDetail(store, young)).run.state).toBe('running')
  })
}, 120_000)

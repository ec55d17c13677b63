import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { partOf, type WholeOutline } from '../activities/kept-outline.ts'
import type { Activities } from '../activities/registry.ts'
import { queues, searchAttributes } from '../domain/naming.ts'
import { foldersFrom } from '../host/folders.ts'
import { temporalBinary } from '../host/temporal-binary.ts'
import type { BuildRef, OutlineTask, RunTask } from '../workflows/contracts.ts'

const [lab, host] = ['bench', 'here']
/** temporal.api.enums.v1.IndexedValueType: KEYWORD. */
const keyword = 2
/** How often memory is looked at, milliseconds. */
const lookMs = 100

export interface LargeRun {
  seconds: number
  booted: number
  /** Resident memory of the worker before the run and at most while it ran, MiB. */
  idleMiB: number
  peakMiB: number
  /** Of each story of the run, in their order. */
  stories: { events: number; bytes: number }[]
}

/** A run of so many cells that boot nothing, on a real server: how its stories look, and how long it takes. */
export async function largeRun(cells: number, atOnce: number): Promise<LargeRun> {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const { path } = await temporalBinary(foldersFrom())
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path }, log: { format: 'json', level: 'error' } },
  })
  try {
    await environment.connection.operatorService.addSearchAttributes({
      namespace: environment.namespace ?? 'default',
      searchAttributes: Object.fromEntries(Object.keys(searchAttributes).map((name) => [name, keyword])),
    })
    return await runOn(environment, cells, atOnce)
  } finally {
    await environment.teardown()
  }
}

async function runOn(environment: TestWorkflowEnvironment, cells: number, atOnce: number): Promise<LargeRun> {
  const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url))
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
  let booted = 0
  const steps = stubs(outlineOf(cells), () => booted++)
  const common = { connection: environment.nativeConnection, activities: steps, shutdownForceTime: '5s' } as const
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: queues.main(lab), workflowBundle: { code } }),
    Worker.create({ ...common, taskQueue: queues.host(lab, host) }),
    Worker.create({ ...common, taskQueue: queues.closing(lab, host) }),
  ])
  const running = Promise.all(workers.map((worker) => worker.run()))
  const { workflow } = environment.client
  const workflowId = randomUUID()
  const idleMiB = residentMiB()
  let peakMiB = idleMiB
  const look = setInterval(() => (peakMiB = Math.max(peakMiB, residentMiB())), lookMs)
  const started = performance.now()
  const task: RunTask = { run: 1, lab, host, atOnce, until: 'verdicts' }
  await workflow.execute('runPlan', { workflowId, taskQueue: queues.main(lab), args: [task] })
  const seconds = (performance.now() - started) / 1000
  clearInterval(look)
  const stories: LargeRun['stories'] = []
  for (let runId: string | undefined = await firstOf(environment, workflowId); runId;) {
    const handle = workflow.getHandle(workflowId, runId)
    const { raw, historyLength } = await handle.describe()
    stories.push({ events: historyLength, bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0) })
    const { events } = await handle.fetchHistory()
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined
  }
  for (const worker of workers) worker.shutdown()
  await running
  return { seconds, booted, idleMiB, peakMiB, stories }
}

const residentMiB = (): number => process.memoryUsage.rss() / 2 ** 20

async function firstOf({ client }: TestWorkflowEnvironment, workflowId: string): Promise<string | undefined> {
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  return raw.workflowExecutionInfo?.firstRunId ?? undefined
}

/** A kernel for each ten cells, and one firmware. */
function outlineOf(cells: number): WholeOutline {
  const about = { run: 1, lab }
  const firmware: BuildRef = { ...about, id: 'f'.repeat(64), name: 'optee-sel1', kind: 'firmware' }
  const kernels = Array.from({ length: Math.ceil(cells / 10) }, (_, index): BuildRef => {
    return { ...about, id: String(index).padStart(64, '0'), name: `linux-${index}`, kind: 'kernel' }
  })
  return {
    plan: 'large',
    builds: [firmware, ...kernels],
    cells: Array.from({ length: cells }, (_, index) => ({
      number: index + 1,
      builds: [firmware.id, kernels[Math.floor(index / 10)]!.id],
      count: 1,
      infra: 3,
    })),
  }
}

function stubs(whole: WholeOutline, boot: () => void): Partial<Activities> {
  return {
    async outlineRun({ done }: OutlineTask) {
      const { more, builds, ...part } = partOf(whole, done ?? 0)
      return { ...part, builds: builds.map((task) => ({ task, built: false })), ...(more > 0 && { more }) }
    },
    awaitBuild: async ({ id }) => ({ id, ok: true, infra: false, message: '' }),
    async bootAttempt() {
      boot()
      return { ending: 'finished' }
    },
    // On a host that is too busy for a heartbeat.
    closeLostAttempt: async () => ({ ending: 'infra' }),
    judgeCell: async () => 'pass',
    finishRun: async () => ({ verdicts: {}, failedBuilds: 0 }),
  }
}

import type { NightTask } from '../../workflows/night-contracts.ts'
import type { Client } from '@temporalio/client'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker'
import { fileURLToPath } from 'node:url'
import { foldersFrom } from '../../host/folders.ts'
import { timeSkippingServer } from '../../host/temporal-binary.ts'
import type { Activities } from '../../activities/registry.ts'
import { queues, searchAttributes } from '../../domain/naming.ts'

export const lab = 'test'
export const host = 'here'

/** temporal.api.enums.v1.IndexedValueType: KEYWORD. */
const keyword = 2
const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))

/** The workflows on the time-skipping server, with steps that a test supplies. */
export interface Bench {
  client: Client
  environment: TestWorkflowEnvironment
  /**
   * Runs workers with these steps for the time of `use`; a step that a test does not supply must not be called.
   * @param options `forgetful` workers keep no workflow: those behind them may go on with it, which the time-skipping
   *   server does not see to, as real ones do; `slots` is how many light steps may run at once
   */
  withSteps<T>(
    steps: Partial<Activities>,
    use: () => Promise<T>,
    options?: { forgetful?: true; slots?: number },
  ): Promise<T>
  close(): Promise<void>
}

/** The SDK's runtime can be told once how to log. */
let quiet = false

export async function openBench(): Promise<Bench> {
  if (!quiet)
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      // The time-skipping server is older than the SDK's wishes, and each worker would say so.
      telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
    })
  quiet = true
  const { path } = await timeSkippingServer(foldersFrom())
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  // As the service does: a server refuses workflows with search attributes that it does not know.
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(Object.keys(searchAttributes).map((name) => [name, keyword])),
  })
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
  const connection = environment.nativeConnection
  return {
    client: environment.client,
    environment,
    close: () => environment.teardown(),
    async withSteps(steps, use, { forgetful, slots } = {}) {
      const common = { connection, activities: steps, shutdownForceTime: '5s' }
      const workers = await Promise.all([
        Worker.create({
          ...common,
          taskQueue: queues.main(lab),
          workflowBundle: { code },
          ...(forgetful && { maxCachedWorkflows: 0 }),
          ...(slots !== undefined && { maxConcurrentActivityTaskExecutions: slots }),
        }),
        Worker.create({ ...common, taskQueue: queues.build(lab) }),
        Worker.create({ ...common, taskQueue: queues.host(lab, host) }),
        Worker.create({ ...common, taskQueue: queues.places(lab, host) }),
        Worker.create({ ...common, taskQueue: queues.closing(lab, host) }),
      ])
      const running = Promise.all(workers.map((worker) => worker.run()))
      try {
        return await use()
      } finally {
        for (const worker of workers) worker.shutdown()
        await running
      }
    },
  }
}

/** What a schedule gives to a night; the steps of a bench read nothing of it. */
export const nightTask: NightTask = {
  schedule: 'nightly',
  lab,
  host,
  plan: '/plan.yaml',
  only: {},
  atOnce: 1,
  confirm: 5,
  zone: 'UTC',
}

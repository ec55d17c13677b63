import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { keyword, queues, summary } from '../domain/naming.ts'
import type { RunStart } from '../control/run-start.ts'
import { connectMs, serverSettings } from '../control/server-settings.ts'

/** A server that answers takes milliseconds, and one beside busy compilers a second. */
const startMs = 10_000

/**
 * Starts the workflows of runs for the commands. A command that did so itself would load the Temporal client and connect
 * it first, 150 ms in the way of each boot; here both are there.
 */
export class RunStarter {
  readonly #address: string
  readonly #namespace: string
  #client: Promise<Client> | undefined

  constructor(address: string, namespace: string) {
    this.#address = address
    this.#namespace = namespace
  }

  /** Connects ahead of the first run; a connection that fails is tried again with the next one. */
  connect(): Promise<Client> {
    const settings = serverSettings()
    const options = settings.kind === 'configured' ? settings.connection : { address: this.#address }
    const client = (this.#client ??= Connection.connect({ ...options, connectTimeout: connectMs }).then(
      (connection) => new Client({ connection, namespace: this.#namespace }),
    ))
    client.catch(() => (this.#client = undefined))
    return client
  }

  /** @throws what the Temporal client throws when the server is out of reach or refuses, also when it does not answer. */
  async start(run: RunStart): Promise<void> {
    const client = await this.connect()
    await client.withDeadline(Date.now() + startMs, () => startRunWorkflow(client, run))
  }
}

/**
 * Starts the workflow of a run; one that was started before, even one that has ended, is not started again.
 * @throws what the Temporal client throws when the server is out of reach or refuses.
 */
export async function startRunWorkflow({ workflow }: Client, { workflowId, plan, task }: RunStart): Promise<void> {
  try {
    await workflow.start(task.search ? 'runSearch' : 'runPlan', {
      workflowId,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      taskQueue: queues.main(task.lab),
      args: [task],
      staticSummary: summary(`run ${task.run} of ${plan}`),
      typedSearchAttributes: [
        { key: defineSearchAttributeKey('LabPlan', 'KEYWORD'), value: keyword(plan) },
        { key: defineSearchAttributeKey('LabRun', 'KEYWORD'), value: String(task.run) },
      ],
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}

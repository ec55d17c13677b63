import { setTimeout as delay } from 'node:timers/promises'
import { WorkflowFailedError, type Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { queues, summary, workflowIds } from '../domain/naming.ts'
import { eventsAfter } from '../store/events.ts'
import { runningRuns, taskOptions, type Run } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import type { LostRun } from '../workflows/contracts.ts'
import { startRunWorkflow } from './start-run.ts'

/** How often the store is asked for runs that nobody watches yet, milliseconds. */
const lookMs = 5_000
/** A run's row is written a moment before its workflow is started: for so long, milliseconds, one without is no wonder. */
const youngMs = 10_000
/** What to wait after a server that did not answer, milliseconds. */
const againMs = 1_000

/** The lab that a watch serves. */
export interface WatchedLab {
  store: Store
  client: Client
  lab: string
  host: string
}

/**
 * Watches the runs of a store that have not ended: each normally closes its own row before its workflow ends. One whose
 * workflow ended without (terminated by hand, timed out), or of which the server knows nothing any longer (its database is
 * gone), is closed by a story of its own, on the host of its places. One that nobody came to start is started.
 */
export class RunWatch {
  readonly #lab: WatchedLab
  readonly #watched = new Set<number>()
  readonly #over = new AbortController()

  constructor(lab: WatchedLab) {
    this.#lab = lab
  }

  /** Watches until `stop`. */
  async start(): Promise<void> {
    while (!this.#over.signal.aborted) {
      for (const run of await runningRuns(this.#lab.store).catch(() => [])) {
        if (this.#watched.has(run.id)) continue
        this.#watched.add(run.id)
        void this.#watch(run).finally(() => this.#watched.delete(run.id))
      }
      await this.#pause(lookMs)
    }
  }

  stop(): void {
    this.#over.abort()
  }

  async #watch(run: Run): Promise<void> {
    const handle = this.#lab.client.workflow.getHandle(run.workflowId)
    while (!this.#over.signal.aborted) {
      const why = await handle.result().then(
        () => 'Its workflow ended on the Temporal server without closing it.',
        (error: unknown) => whyGone(error),
      )
      if (this.#over.signal.aborted) return
      const young = why === neverHeardOf && Date.now() - run.started < youngMs
      if (why !== undefined && !young) {
        const started = why === neverHeardOf && (await this.#start(run))
        if (!started && (await this.#close(run, why))) return
      }
      await this.#pause(againMs)
    }
  }

  /**
   * Starts a run that was written, and whose command or service was killed before it could start it.
   * @returns false when it has begun or was cancelled before, or nobody knows how it was to be worked on
   */
  async #start(run: Run): Promise<boolean> {
    const { store, client, lab, host } = this.#lab
    try {
      if (run.options === null || !(await this.#isOpen(run))) return false
      if ((await eventsAfter(store, run.id, 0, 1)).length > 0) return false
      const task = { run: run.id, lab, host, ...taskOptions(run.options) }
      await startRunWorkflow(client, { workflowId: run.workflowId, plan: run.plan, task })
      return true
    } catch {
      // The server or the store is out of reach: asked again.
      return true
    }
  }

  /** @returns whether the run is closed, or a story closes it. */
  async #close(run: Run, reason: string): Promise<boolean> {
    const { client, lab, host } = this.#lab
    try {
      if (!(await this.#isOpen(run))) return true
      const task: LostRun = { run: run.id, lab, host, reason }
      await client.workflow.execute('closeRun', {
        workflowId: workflowIds.closing(run.workflowId),
        taskQueue: queues.main(lab),
        args: [task],
        staticSummary: summary(`close run ${run.id} of ${run.plan}`),
        workflowIdConflictPolicy: 'USE_EXISTING',
      })
      return true
    } catch {
      // The server or the store is out of reach: asked again.
      return false
    }
  }

  async #isOpen(run: Run): Promise<boolean> {
    return (await runningRuns(this.#lab.store)).some(({ id }) => id === run.id)
  }

  async #pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#over.signal, ref: false }).catch(() => undefined)
  }
}

const neverHeardOf = 'The Temporal server knows nothing of this run any longer.'

/** Why a run's workflow is no longer there, in one sentence; undefined when only the server is out of reach. */
function whyGone(error: unknown): string | undefined {
  if (error instanceof WorkflowNotFoundError) return neverHeardOf
  if (!(error instanceof WorkflowFailedError)) return undefined
  const { cause } = error
  if (cause?.name === 'TerminatedFailure') return 'Its workflow was terminated on the Temporal server.'
  if (cause?.name === 'TimeoutFailure') return 'Its workflow ran into a time limit of the Temporal server.'
  return `Its workflow ended on the Temporal server without closing it: ${cause?.message ?? error.message}.`
}

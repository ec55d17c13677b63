import { CompleteAsyncError, Context, type Info } from '@temporalio/activity'
import { ActivityCancelledError, ActivityNotFoundError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { LabError } from '../domain/errors.ts'
import type { BuildRef, BuildTask } from '../workflows/contracts.ts'
import { dropBuild, joinBuild } from './await-build.ts'
import { toFailure } from './failure.ts'
import type { Deps } from './deps.ts'

/** Why a wait ends before its build does. */
type Cut = 'cancelled' | 'given up' | 'worker stopped'

/** A step that has given its slot back: how the server knows it, and whose it is. */
interface Step {
  token: Uint8Array
  of: Info['workflowExecution']
}

/** How often the server hears that we wait still, and tells whether the run was cancelled: well below its time limit. */
const beatMs = { least: 1_000, most: 5_000, each: 20 }

/**
 * The waits of runs for builds. A run of hundreds of builds waits for all of them at once, and each would hold a slot of the
 * worker for as long as the compilers take. Here a step gives its slot back when its wait has begun, and is ended from
 * outside (https://docs.temporal.io/activity-execution#asynchronous-activity-completion).
 */
export class BuildWaits {
  readonly #deps: Deps
  readonly #waits = new Map<AbortController, Promise<void>>()
  readonly #stop = (): void => {
    for (const wait of this.#waits.keys()) wait.abort('worker stopped' satisfies Cut)
  }

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Begins to wait for a build in the place of the running step.
   * @throws CompleteAsyncError, always: the step ends when the build does
   */
  begin(build: BuildTask | BuildRef): Promise<never> {
    const wait = new AbortController()
    // The next worker goes on with what this one tells the server that it gives up.
    if (this.#waits.size === 0) process.on('SIGTERM', this.#stop)
    const { taskToken, workflowExecution } = Context.current().info
    const over = this.#wait({ token: taskToken, of: workflowExecution }, build, wait).finally(() => {
      this.#waits.delete(wait)
      if (this.#waits.size === 0) process.off('SIGTERM', this.#stop)
    })
    this.#waits.set(wait, over)
    return Promise.reject(new CompleteAsyncError())
  }

  async #wait(step: Step, build: BuildTask | BuildRef, wait: AbortController): Promise<void> {
    const { activity } = this.#deps.client
    const beats = this.#beat(step, build, wait)
    try {
      await activity.complete(step.token, await joinBuild(this.#deps, build, wait.signal))
    } catch (error) {
      // Who is not heard of is taken for dead, and the step is done again: nothing depends on these calls.
      await this.#tellCut(step, build, wait.signal, error).catch(() => undefined)
    } finally {
      beats.end()
    }
  }

  async #tellCut(step: Step, build: BuildTask | BuildRef, { aborted, reason }: AbortSignal, error: unknown) {
    const { activity } = this.#deps.client
    const { token } = step
    const cut = aborted ? (reason as Cut) : undefined
    if (cut === 'given up') {
      // Done again by another worker, or the run is over and nobody needs the build.
      if (!(await this.#isTold(step))) await dropBuild(this.#deps, build)
      return
    }
    if (cut === 'cancelled') {
      await dropBuild(this.#deps, build)
      return await activity.reportCancellation(token)
    }
    const stopped = () => ApplicationFailure.retryable('The worker was stopped while the run waited for its build.')
    await activity.fail(token, cut ? stopped() : error instanceof LabError ? toFailure(error) : error)
  }

  /** Whether the story goes on that asked for the wait. */
  async #isTold({ of }: Step): Promise<boolean> {
    const handle = this.#deps.client.workflow.getHandle(of?.workflowId ?? '', of?.runId)
    return (await handle.describe()).status.name === 'RUNNING'
  }

  #beat(step: Step, { id }: BuildRef, wait: AbortController): { end: () => void } {
    const beat = async (): Promise<void> => {
      await this.#deps.client.activity.heartbeat(step.token, { waitingFor: id }).catch((error: unknown) => {
        if (error instanceof ActivityCancelledError) wait.abort('cancelled' satisfies Cut)
        if (error instanceof ActivityNotFoundError) wait.abort('given up' satisfies Cut)
      })
      timer = setTimeout(() => void beat(), this.#pause()).unref()
      if (ended) clearTimeout(timer)
    }
    let ended = false
    let timer = setTimeout(() => void beat(), this.#pause()).unref()
    const end = (): void => {
      ended = true
      clearTimeout(timer)
    }
    return { end }
  }

  /** The more wait, the rarer each of them says so. */
  #pause(): number {
    return Math.min(beatMs.most, Math.max(beatMs.least, this.#waits.size * beatMs.each))
  }
}

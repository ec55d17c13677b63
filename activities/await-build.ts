import { defineSearchAttributeKey, WorkflowNotFoundError } from '@temporalio/common'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import type { BuildRef, BuildResult, BuildTask } from '../workflows/contracts.ts'
import { queues, summary, workflowIds } from '../domain/naming.ts'
import { whileBeating } from './beat.ts'
import { taskOfRef } from './builds-of.ts'
import { cancelWasAsked } from './cancel.ts'
import type { Deps } from './deps.ts'

/**
 * Starts the build's workflow or joins the one that runs, and waits for its end, in a step that has something else to do
 * beside; `BuildWaits` is for those that only wait. A workflow cannot wait for another's result unless it is its child, and
 * a build may belong to several runs: hence a step.
 */
export async function awaitBuild(deps: Deps, task: BuildTask): Promise<BuildResult> {
  return await whileBeating(beatMs, { waitingFor: workflowIds.build(task.lab, task.id) }, async (_report, signal) => {
    try {
      return await joinBuild(deps, task, signal)
    } catch (error) {
      if (signal.aborted && cancelWasAsked()) await dropBuild(deps, task)
      throw error
    }
  })
}

/** How often we ask whether we were cancelled. */
const beatMs = 1_000

/**
 * The end of a build that a run needs, which is started where nobody else has.
 * @param signal ends the waiting only; see `dropBuild`
 * @throws the signal's reason when aborted; LabError BadInput for a reference that nothing is at the end of
 */
export async function joinBuild(deps: Deps, asked: BuildTask | BuildRef, signal: AbortSignal): Promise<BuildResult> {
  const task = 'lockFile' in asked ? asked : await taskOfRef(deps, asked)
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  // It may be aborted while nobody waits.
  aborted.promise.catch(() => undefined)
  try {
    for (;;) {
      signal.throwIfAborted()
      const handle = await deps.client.workflow.signalWithStart('buildOnce', {
        workflowId: workflowIds.build(task.lab, task.id),
        taskQueue: queues.main(task.lab),
        args: [task],
        signal: 'needed',
        signalArgs: [{ by: task.run }],
        staticSummary: summary(`${task.kind} ${task.name}`),
        typedSearchAttributes: [{ key: defineSearchAttributeKey('LabBuild', 'KEYWORD'), value: task.id }],
      })
      const ended = resultOf(task, () => handle.result() as Promise<BuildResult>)
      const result = await Promise.race([ended, aborted.promise])
      // It was being given up while we joined it.
      if (!result.dropped) return result
    }
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Says that a run needs the build no longer; when no other does, waits until it has ended and left nothing running. */
export async function dropBuild(deps: Deps, { lab, id, run }: BuildRef): Promise<void> {
  const build: WorkflowHandle = deps.client.workflow.getHandle(workflowIds.build(lab, id))
  try {
    await build.signal('dropped', { by: run })
    const others = await build.query<number[]>('neededBy')
    if (others.length === 0) await build.result()
  } catch (error) {
    // That it has ended is all that was wanted.
    if (!(error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError)) throw error
  }
}

/**
 * Says of builds that a run needs them no longer, and waits for none of them: those that have ended, or that it never asked
 * for, are left alone.
 */
export async function dropBuilds({ client }: Deps, lab: string, run: number, builds: readonly string[]): Promise<void> {
  for (const id of builds) {
    const handle = client.workflow.getHandle(workflowIds.build(lab, id))
    await handle.signal('dropped', { by: run }).catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    })
  }
}

async function resultOf(task: BuildTask, wait: () => Promise<BuildResult>): Promise<BuildResult> {
  try {
    return await wait()
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    return { id: task.id, ok: false, infra: true, message: innermost(error) }
  }
}

function innermost(error: Error): string {
  let inner = error
  while (inner.cause instanceof Error) inner = inner.cause
  return inner.message
}

import { CancelledFailure, defineSearchAttributeKey, WorkflowNotFoundError } from '@temporalio/common'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { Context } from '@temporalio/activity'
import type { BuildResult, BuildTask } from '../workflows/contracts.ts'
import { queues, workflowIds } from '../domain/naming.ts'
import { whileBeating } from './beat.ts'
import { cancelWasAsked } from './cancel.ts'
import type { Deps } from './registry.ts'

/**
 * Starts the build's workflow or joins the one that runs, and waits for its end. A workflow cannot wait for another's
 * result unless it is its child, and a build may belong to several runs: hence a step.
 */
export async function awaitBuild(deps: Deps, task: BuildTask): Promise<BuildResult> {
  const workflowId = workflowIds.build(task.lab, task.id)
  const { workflow } = deps.client
  return await whileBeating(beatMs, { waitingFor: workflowId }, async () => {
    for (;;) {
      const handle = await workflow.signalWithStart('buildOnce', {
        workflowId,
        taskQueue: queues.main(task.lab),
        args: [task],
        signal: 'needed',
        signalArgs: [{ by: task.run }],
        staticSummary: `${task.kind} ${task.name}`,
        typedSearchAttributes: [{ key: defineSearchAttributeKey('LabBuild', 'KEYWORD'), value: task.id }],
      })
      try {
        const result = await Promise.race([
          resultOf(task, () => handle.result() as Promise<BuildResult>),
          Context.current().cancelled,
        ])
        // It was being given up while we joined it.
        if (!result.dropped) return result
      } catch (error) {
        if (error instanceof CancelledFailure && cancelWasAsked()) await drop(workflow.getHandle(workflowId), task.run)
        throw error
      }
    }
  })
}

/** How often we ask whether we were cancelled. */
const beatMs = 1_000

/** Says that a run needs the build no longer; when no other does, waits until it has ended and left nothing running. */
async function drop(build: WorkflowHandle, by: number): Promise<void> {
  try {
    await build.signal('dropped', { by })
    const others = await build.query<number[]>('neededBy')
    if (others.length === 0) await build.result()
  } catch (error) {
    // That it has ended is all that was wanted.
    if (!(error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError)) throw error
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

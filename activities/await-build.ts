import { CancelledFailure } from '@temporalio/common'
import { WorkflowFailedError } from '@temporalio/client'
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
  const handle = await workflow.signalWithStart('buildOnce', {
    workflowId,
    taskQueue: queues.main(task.lab),
    args: [task],
    signal: 'needed',
    signalArgs: [{ by: task.run }],
    staticSummary: `${task.kind} ${task.name}`,
  })
  return await whileBeating(5_000, { waitingFor: workflowId }, async () => {
    const cancelled = Context.current().cancelled
    try {
      return await Promise.race([resultOf(task, () => handle.result() as Promise<BuildResult>), cancelled])
    } catch (error) {
      if (error instanceof CancelledFailure && cancelWasAsked())
        await workflow
          .getHandle(workflowId)
          .signal('dropped', { by: task.run })
          .catch(() => {})
      throw error
    }
  })
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

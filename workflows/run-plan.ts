import {
  CancellationScope,
  condition,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow'
import { defineSearchAttributeKey } from '@temporalio/common'
import type { Activities } from '../activities/registry.ts'
import { queues, workflowIds } from '../domain/naming.ts'
import type { BuildResult, RunOutline, RunResult, RunTask } from './contracts.ts'
import { awaitingBuild, bookkeeping, closing, naming } from './options.ts'
import { reasonOf } from './reason-of.ts'
import { runCell } from './run-cell.ts'
import { untilClosed } from './window.ts'

const light = proxyLocalActivities<Pick<Activities, 'closeBrokenCell' | 'closeUnbuiltCell' | 'finishRun'>>(bookkeeping)
const { outlineRun } = proxyActivities<Pick<Activities, 'outlineRun'>>(naming)
const { awaitBuild } = proxyActivities<Pick<Activities, 'awaitBuild'>>(awaitingBuild)

/** One execution of a plan: each distinct build once, each cell as soon as its builds are there, then the summary. */
export async function runPlan(task: RunTask): Promise<RunResult> {
  try {
    const outline = await outlineRun({ run: task.run, lab: task.lab })
    const closed = await untilClosed(task.closes, async () => {
      const builds = startBuilds(outline)
      if (task.until === 'builds') await Promise.all(builds.values())
      else await runCells(task, outline, builds)
    })
    return await light.finishRun({ run: task.run, state: 'finished', reason: closed ? windowClosed : '' })
  } catch (error) {
    const state = isCancellation(error) ? 'cancelled' : 'failed'
    const reason = state === 'cancelled' ? 'cancelled' : reasonOf(error)
    await CancellationScope.nonCancellable(() => light.finishRun({ run: task.run, state, reason }))
    throw error
  }
}

const windowClosed = 'the window closed'

function startBuilds(outline: RunOutline): Map<string, Promise<BuildResult>> {
  const builds = new Map<string, Promise<BuildResult>>()
  for (const { task, built } of outline.builds) {
    const result = built ? Promise.resolve({ id: task.id, ok: true, infra: false, message: '' }) : awaitBuild(task)
    // Somebody awaits it later, perhaps after it failed: until then the rejection must not count as unhandled.
    result.catch(() => {})
    builds.set(task.id, result)
  }
  return builds
}

async function runCells(task: RunTask, outline: RunOutline, builds: Map<string, Promise<BuildResult>>): Promise<void> {
  let running = 0
  const { closeOpenAttempts } = proxyActivities<Pick<Activities, 'closeOpenAttempts'>>(
    closing(queues.closing(task.lab, task.host)),
  )
  /** A cell that breaks ends neither the run nor the other cells. */
  const one = async (cell: RunOutline['cells'][number]): Promise<void> => {
    try {
      await runOne(cell)
    } catch (error) {
      if (isCancellation(error)) throw error
      const which = { run: task.run, cell: cell.number, reason: reasonOf(error) }
      // What cannot be closed must not keep the cell from its verdict.
      await closeOpenAttempts(which).catch((unclosed: unknown) => {
        if (isCancellation(unclosed)) throw unclosed
      })
      await light.closeBrokenCell(which)
    }
  }
  const runOne = async (cell: RunOutline['cells'][number]): Promise<void> => {
    const results = await Promise.all(cell.builds.map((id) => builds.get(id)!))
    const failed = results.find((result) => !result.ok)
    if (failed) {
      await light.closeUnbuiltCell({ run: task.run, cell: cell.number, infra: failed.infra, message: failed.message })
      return
    }
    // Of several that wait for the same place in the row only one may have it when it comes free.
    // One that boots on a place of a lab waits for that, and costs this host nothing.
    while (!cell.leased && running >= task.atOnce) await condition(() => running < task.atOnce)
    if (!cell.leased) running++
    try {
      await executeChild(runCell, {
        workflowId: workflowIds.cell(workflowInfo().workflowId, cell.number),
        args: [{ ...cell, run: task.run, lab: task.lab, host: task.host }],
        typedSearchAttributes: [
          { key: defineSearchAttributeKey('LabRun', 'KEYWORD'), value: String(task.run) },
          { key: defineSearchAttributeKey('LabCell', 'KEYWORD'), value: `${task.run}.${cell.number}` },
        ],
        // Not the default TERMINATE, which would leave a place powered on.
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      })
    } finally {
      if (!cell.leased) running--
    }
  }
  const cells = outline.cells.map(one)
  try {
    await Promise.all(cells)
  } finally {
    // When the window closes, what others of them hold has to be put away, too, before the run is said to have ended.
    if (task.closes !== undefined) await Promise.allSettled(cells)
  }
}

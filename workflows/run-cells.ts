import {
  condition,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues, workflowIds } from '../domain/naming.ts'
import { cellChild, turnsChild } from './cell-child.ts'
import type { BuildResult, CellOutline, RunOutline, RunSoFar, RunTask } from './contracts.ts'
import { Gate } from './gate.ts'
import { nightTurns } from './night-turns.ts'
import { bookkeeping, closing } from './options.ts'
import { reasonOf } from './reason-of.ts'

const light = proxyLocalActivities<Pick<Activities, 'closeBrokenCell' | 'closeUnbuiltCell' | 'skipCell'>>(bookkeeping)

/**
 * The cells of an outline, each as soon as its builds are there and it is its turn. Returns when all have ended.
 * @returns of a night the seconds that the boots of each class took so far
 */
export async function runCells(
  task: RunTask,
  outline: RunOutline,
  builds: Map<string, Promise<BuildResult>>,
): Promise<RunSoFar['spent']> {
  const turns = outline.night && nightTurns(task, outline.cells, outline.night.budget)
  let running = 0
  // Stories of before let their cells in otherwise.
  const gate = patched('gate') ? new Gate(task.atOnce) : undefined
  const { closeOpenAttempts } = proxyActivities<Pick<Activities, 'closeOpenAttempts'>>(
    closing(queues.closing(task.lab, task.host)),
  )
  const closeBroken = async (cell: number, reason: string): Promise<void> => {
    const which = { run: task.run, cell, reason }
    // What cannot be closed must not keep the cell from its verdict.
    await closeOpenAttempts(which).catch((unclosed: unknown) => {
      if (isCancellation(unclosed)) throw unclosed
    })
    await light.closeBrokenCell(which)
  }
  /** A cell that breaks ends neither the run nor the other cells. */
  const unlessBroken = async (cells: readonly CellOutline[], work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (isCancellation(error)) throw error
      for (const { number } of cells) await closeBroken(number, reasonOf(error))
    }
  }
  /** @returns whether it can be booted; one that cannot is closed */
  const isBuilt = async (cell: CellOutline): Promise<boolean> => {
    const results = await Promise.all(cell.builds.map((id) => builds.get(id)!))
    const failed = results.find((result) => !result.ok)
    if (!failed) return true
    await light.closeUnbuiltCell({ run: task.run, cell: cell.number, infra: failed.infra, message: failed.message })
    return false
  }
  /** Cells that take turns; those that are not built are left out. */
  const takeTurns = async (row: readonly CellOutline[]): Promise<void> => {
    const built: CellOutline[] = []
    await Promise.all(
      row.map((cell) => unlessBroken([cell], async () => void ((await isBuilt(cell)) && built.push(cell)))),
    )
    const ready = row.filter((cell) => built.includes(cell))
    if (ready.length === 0) return
    await unlessBroken(ready, async () => {
      const inRow = !ready[0]!.leased
      if (inRow) await gate?.enter()
      try {
        const results = await turnsChild(task, ready, workflowIds.cell(workflowInfo().workflowId, ready[0]!.number))
        for (const result of results) if ('broke' in result) await closeBroken(result.cell, result.broke)
      } finally {
        if (inRow) gate?.leave()
      }
    })
  }
  const runOne = async (cell: CellOutline): Promise<void> => {
    if (!(await isBuilt(cell))) return
    const turn = turns && (await turns.take(cell))
    if (turn?.notRun) {
      await light.skipCell({ run: task.run, cell: cell.number, notRun: turn.notRun })
      return
    }
    // Of several that wait for the same place in the row only one may have it when it comes free.
    // One that boots on a place of a lab waits for that, and costs this host nothing. In a night its turn says all that.
    const inRow = !turn && !cell.leased
    if (inRow && gate) await gate.enter()
    while (inRow && !gate && running >= task.atOnce) await condition(() => running < task.atOnce)
    if (inRow) running++
    try {
      await cellChild(task, cell, workflowIds.cell(workflowInfo().workflowId, cell.number))
      if (turn?.count) await turn.count()
    } finally {
      if (inRow) running--
      if (inRow) gate?.leave()
      turn?.end()
    }
  }
  const cells = rowsOf(outline.cells).map((row) =>
    row.length > 1 ? takeTurns(row) : unlessBroken(row, async () => await runOne(row[0]!)),
  )
  try {
    await Promise.all(cells)
  } finally {
    // When the window closes, what others of them hold has to be put away, too, before the run is said to have ended.
    if (task.closes !== undefined) await Promise.allSettled(cells)
  }
  return turns?.spent() ?? {}
}

/** Cells that take turns, together; each other one alone. */
function rowsOf(cells: readonly CellOutline[]): CellOutline[][] {
  const rows = new Map<number, CellOutline[]>()
  for (const cell of cells) {
    const row = cell.turns ?? cell.number
    rows.set(row, [...(rows.get(row) ?? []), cell])
  }
  return [...rows.values()]
}

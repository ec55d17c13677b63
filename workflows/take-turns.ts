import { isCancellation } from '@temporalio/workflow'
import { cellAttempts, type CellAttempts } from './cell-attempts.ts'
import type { CellTask, TurnsResult } from './contracts.ts'
import type { SharedPlace } from './leased-attempt.ts'
import { reasonOf } from './reason-of.ts'

/**
 * Cells that differ by their kernel alone, in turns: an attempt of each that counts, then the next of each, on the same place.
 * Whatever drifts meanwhile (a warm host, a board that ages, a TPM's counters) drifts for all of them. A cell that breaks ends
 * neither the turns nor the other cells.
 */
export async function takeTurns(tasks: readonly CellTask[]): Promise<TurnsResult[]> {
  const place: SharedPlace = {}
  const results: TurnsResult[] = []
  const cells = new Map<number, CellAttempts>(tasks.map((task) => [task.number, cellAttempts(task, place)]))
  /** @returns whether the cell wants another turn */
  const turn = async (cell: number, attempts: CellAttempts): Promise<boolean> => {
    try {
      for (;;) {
        const { counts, more } = await attempts.next()
        if (more && counts) return true
        if (more) continue
        results.push(await attempts.end())
        return false
      }
    } catch (error) {
      if (isCancellation(error)) throw error
      results.push({ cell, broke: reasonOf(error) })
      return false
    }
  }
  while (cells.size > 0) {
    for (const [cell, attempts] of cells) if (!(await turn(cell, attempts))) cells.delete(cell)
  }
  return results
}

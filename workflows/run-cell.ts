import { cellAttempts } from './cell-attempts.ts'
import type { CellResult, CellTask } from './contracts.ts'

/** One cell: attempts until enough of them count or infrastructure broke too often, then the verdict. */
export async function runCell(task: CellTask): Promise<CellResult> {
  const attempts = cellAttempts(task)
  while ((await attempts.next()).more);
  return await attempts.end()
}

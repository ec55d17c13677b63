/** Workflows as careless changes might leave them, for the proof that a replay notices. */
import { sleep } from '@temporalio/workflow'
import { buildOnce as realBuildOnce } from '../../workflows/build-once.ts'
import { runCell as realRunCell } from '../../workflows/run-cell.ts'
import type { BuildResult, BuildTask, CellResult, CellTask } from '../../workflows/contracts.ts'

/** Waits before it does what it did. */
export async function runCell(task: CellTask): Promise<CellResult> {
  await sleep(1_000)
  return await realRunCell(task)
}

/** Builds twice. */
export async function buildOnce(task: BuildTask): Promise<BuildResult> {
  await realBuildOnce(task)
  return await realBuildOnce(task)
}

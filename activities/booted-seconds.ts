import { attemptsOf } from '../store/night-cells.ts'
import type { Deps } from './deps.ts'

/** @returns how long the attempts of a cell have booted that have ended, seconds */
export async function bootedSeconds(deps: Deps, { run, cell }: { run: number; cell: number }): Promise<number> {
  return (await attemptsOf(deps.store, run, cell)).seconds
}

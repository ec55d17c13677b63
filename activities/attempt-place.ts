import { join } from 'node:path'
import type { AttemptTask } from '../workflows/contracts.ts'

/**
 * The place of a cell on a host that can make as many QEMU machines as it likes: one for each cell, so that two
 * attempts of a cell are never beside each other.
 */
export function placeOf(task: AttemptTask, target: string): string {
  return `${target.slice(0, 100)}/${task.run}.${task.cell}`
}

/** Where a place keeps its claim: one folder for each place, all beside each other, as `reapClaims` looks for them. */
export function claimFolder(stateFolder: string, place: string): string {
  return join(stateFolder, 'places', place.replaceAll('/', '-'))
}

/**
 * The fence with which an attempt claims its place. They are even: the closing of a lost attempt uses the odd one behind, so
 * that each stops what came before.
 * @param number grows with each attempt on the place: the attempt's own on a place of its own, else the lease's fence
 */
export function fenceOf(number: number): number {
  return number * 2
}

/** Where an attempt's files are while it runs. */
export function attemptFolder(stateFolder: string, task: AttemptTask): string {
  return join(stateFolder, 'attempts', `${task.run}.${task.cell}.${task.attempt}`)
}

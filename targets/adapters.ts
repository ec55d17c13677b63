import { LabError } from '../domain/errors.ts'
import type { MachineSetup } from '../domain/machine-setup.ts'
import type { Target } from '../domain/target.ts'
import { reproduceOnBoard } from './board/reproduce.ts'
import { fwCfgName } from './fvp/efi-memory.ts'
import { modelName, productName } from './fvp/kept-model.ts'
import { deviceTreeName } from './fvp/make-order.ts'
import { reproduceOnFvp } from './fvp/reproduce.ts'
import type { PowerUp } from './powered.ts'
import { powerQemu } from './qemu/power.ts'
import { qemuFiles, qemuFirmware } from './qemu/machine.ts'
import { reproduceOnQemu } from './qemu/reproduce.ts'
import type { TargetOrder } from './target-order.ts'

/** A boot again by hand: commands, the files that they use, and what a person should know who types them. */
export interface Reproduction {
  command: string
  /** One or two sentences. */
  advice: string
}

/** What is to be reproduced: an attempt, where it was, its order, and the files that its target kept, by name. */
export interface Reproduced extends Omit<TargetOrder, 'folder' | 'limits' | 'history' | 'place'> {
  attempt: string
  place: string
  kept: Record<string, string>
}

/** The files that reproducing an attempt needs beside what it booted. @param names what the attempt kept */
export function keptToReproduce({ kind }: Target, names: readonly string[]): string[] {
  if (kind === 'fvp') return [modelName, names.includes(fwCfgName) ? fwCfgName : deviceTreeName]
  return kind === 'qemu' ? names.filter((name) => name.startsWith('acpi/')) : []
}

/** How a target of the order's kind is powered. */
export function powerUpOf(order: TargetOrder): PowerUp {
  const { target, setup, files } = order
  if (target.kind === 'qemu') return powerQemu({ ...order, target, setup: need(setup), files: qemuFiles(files) })
  throw new LabError('BadInput', `No adapter powers a target of kind ${target.kind} yet.`)
}

/**
 * What a kind of target takes of a stack: the names of products, each with the name that an attempt keeps it as. The BL33
 * that a stack may make besides is `bl33` in both.
 * @param made what the stack made beside how its machine is set up; a model takes all of it
 */
export function firmwareFor({ kind }: Target, made: readonly string[]): Record<string, string> {
  if (kind === 'fvp') return Object.fromEntries(made.map((name) => [name, productName(name)]))
  return kind === 'qemu' ? qemuFirmware : {}
}

/** Whether a target's calls to its firmware can be traced, and the plan wants it. */
export function isTraced(target: Target): boolean {
  return target.kind === 'qemu' && target.trace !== false
}

/** How the attempt's boot is done again by hand. @throws LabError BadInput, SourceMissing when a file has gone */
export function reproduction(order: Reproduced): Reproduction {
  const { target, setup, files } = order
  if (target.kind === 'qemu')
    return reproduceOnQemu({ ...order, target, setup: need(setup), files: qemuFiles(files) }, order.kept)
  if (target.kind === 'fvp') return reproduceOnFvp(need(setup), files, order.kept)
  return reproduceOnBoard(order)
}

/** @throws LabError SourceMissing for a machine that is made for a stack, and whose stack is not there */
function need(setup: MachineSetup | undefined): MachineSetup {
  if (setup) return setup
  throw new LabError('SourceMissing', 'The stack says nothing of its machine: build it again.')
}

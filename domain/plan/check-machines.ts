import type { Cell } from '../cell.ts'
import type { QemuTarget, Target } from '../target.ts'
import { bootCmdline, cmdlineBytes, longestCmdline, memoryLimits } from '../virt-machine.ts'
import type { Checked } from './check.ts'
import { nearest } from '../yaml/did-you-mean.ts'
import { installed, type Plan } from './plan.ts'
import { isForFvp, setupOf, stackRecipe } from './stack-recipe.ts'
import { entriesAt, valueAt } from '../yaml/value-at.ts'
import type { Path } from '../yaml/yaml-text.ts'

/** Each CPU must be one that QEMU has; which properties it has, only QEMU can say when it makes one. */
export function checkCpus({ yaml: { value: root }, known: { cpus }, complain }: Checked): void {
  if (cpus === undefined) return
  for (const { path } of entriesAt(root, ['targets'])) {
    const cpu = valueAt(root, [...path, 'cpu'])
    const model = typeof cpu === 'string' ? (cpu.split(',')[0] ?? '') : undefined
    if (model === undefined || cpus.includes(model)) continue
    const near = nearest(model, cpus)
    const hint = near === undefined ? `it has ${cpus.join(', ')}` : `did you mean "${near}"?`
    complain([...path, 'cpu'], `The virt machine of QEMU has no 64-bit cpu "${model}"`, hint)
  }
}

/**
 * Each machine must have the memory that the stacks on it need, and each command line must fit into the kernel's.
 * @param plan what the file means, for it must have no other mistakes
 * @param cells of the plan
 */
export function checkMachines(plan: Plan, cells: readonly Cell[], { files, complain }: Checked): void {
  const recipes = new Map(
    Object.entries(plan.stacks).flatMap(([name, recipe]) =>
      recipe === installed ? [] : [[name, stackRecipe(recipe, files)] as const],
    ),
  )
  const done = new Set<string>()
  const once = (path: Path, [message, hint]: [string, string]): void => {
    if (!done.has(path.join('\n'))) complain(path, message, hint)
    done.add(path.join('\n'))
  }
  // Neither the kernel nor its configuration has a say in it.
  const distinct = new Map(cells.map((cell) => [`${cell.stack.name}/${cell.target.name}/${cell.axes['mode']}`, cell]))
  for (const cell of distinct.values()) {
    const { target, stack } = cell
    const recipe = recipes.get(stack.name)
    const wrong = recipes.has(stack.name) ? wrongKind(target, stack, isForFvp(recipe)) : noFirmware(target, stack)
    if (wrong !== undefined) {
      once(['stacks', stack.name], wrong)
      continue
    }
    // What a place of a lab has is for the lab to say.
    if (target.kind !== 'qemu') continue
    const setup = setupOf(recipe)
    const memory = wrongMemory(target, stack, memoryLimits(setup))
    if (memory !== undefined) once(['targets', target.name, 'memory'], memory)
    // An initrd of so many digits does not fit into any machine.
    const cmdline = tooLong(cell.cmdline, cmdlineBytes(bootCmdline(setup.boot, cell.cmdline, 1e9)))
    if (cmdline !== undefined) once(placeOf(plan, cell), cmdline)
  }
}

function noFirmware({ name, kind }: Target, stack: Cell['stack']): [message: string, hint: string] | undefined {
  // What firmware a place of a lab has is for the lab to say.
  if (kind !== 'qemu') return undefined
  return [`${name} is a QEMU machine and has no firmware of its own`, `exclude the cells of ${stack.name} on it`]
}

/** A stack is made for an FVP or for something else, and boots nowhere else. */
function wrongKind(
  { name, kind }: Target,
  stack: Cell['stack'],
  forFvp: boolean,
): [message: string, hint: string] | undefined {
  if (forFvp === (kind === 'fvp')) return undefined
  const why = forFvp ? `is for an FVP, and ${name} is none` : `is for no FVP, and ${name} is one`
  return [`the stack ${stack.name} ${why}`, 'exclude those cells']
}

function wrongMemory(
  target: QemuTarget,
  stack: Cell['stack'],
  { least, most }: { least: number; most: number },
): [message: string, hint: string] | undefined {
  const has = `${target.name} has ${target.memory} MiB`
  if (target.memory < least) return [`${has}, and the stack ${stack.name} needs ${least} MiB at least`, 'e.g. 2 GiB']
  if (target.memory <= most) return undefined
  return [`${has}, and the stack ${stack.name} takes ${most} MiB at most`, `write ${most} MiB, or exclude those cells`]
}

function tooLong(own: string, bytes: number): [message: string, hint: string] | undefined {
  if (bytes <= longestCmdline) return undefined
  const added = bytes - cmdlineBytes(own)
  return [
    `the command line has ${cmdlineBytes(own)} characters, to which the target adds ${added}, and an arm64 kernel takes ${longestCmdline}`,
    `shorten it by ${bytes - longestCmdline}`,
  ]
}

/** Where most of a cell's command line comes from. */
function placeOf(plan: Plan, { axes }: Cell): Path {
  const mode = axes['mode'] ?? ''
  return (plan.modes[mode] ?? '').length > plan.cmdline.length ? ['modes', mode] : ['cmdline']
}

import type { Cell, KernelInputs, SourceLocation } from '../cell.ts'
import { isDeepEqual } from '../deep-equal.ts'

/** The inputs of a cell that can be taken from another result, one by one, in the order in which they are told. */
export const inputs = ['kernel', 'config', 'firmware', 'cmdline', 'place'] as const
export type Input = (typeof inputs)[number]

/** What a result was made of and ran on. */
export interface Made {
  cell: Cell
  /** What decided the kernel's build, as it is stored; null where the build is not known any longer. */
  kernel: Record<string, unknown> | null
  kernelBuild: string | null
  firmwareBuild: string | null
  /** The place's name in its lab; absent where it was none of a lab. */
  place?: string
}

/** Which inputs are not the same in two results of one cell. What a build was made from says more than where it lies. */
export function movedGroups(before: Made, now: Made): Input[] {
  return inputs.filter((input) => !isDeepEqual(partOf(before, input), partOf(now, input)))
}

function partOf({ cell, kernel, firmwareBuild, place }: Made, input: Input): unknown {
  switch (input) {
    case 'kernel':
      return kernel === null
        ? { sources: cell.kernel.sources, patches: cell.kernel.patches, fuzz: cell.kernel.fuzz }
        : { source: kernel['source'], patches: kernel['patches'], fuzz: kernel['fuzz'] }
    case 'config':
      return [
        kernel === null ? configOf(cell.kernel) : { base: kernel['base'], symbols: kernel['symbols'] },
        cell.modules,
      ]
    case 'firmware':
      return firmwareBuild ?? cell.stack
    case 'cmdline':
      return cell.cmdline
    case 'place':
      return place
  }
}

function configOf({ base, fragments, symbols }: KernelInputs): unknown {
  return { base, fragments, symbols }
}

/** A cell with inputs of other results, and the builds that it boots where these are wholly one result's. */
export interface Mixed {
  cell: Cell
  kernelBuild?: string
  firmwareBuild?: string
}

/**
 * @param now the cell as it is
 * @param taken from which result an input is taken; those that are not named stay
 */
export function withInputs(now: Made, taken: Partial<Record<Input, Made>>): Mixed {
  const of = (input: Input): Made => taken[input] ?? now
  const [source, config, firmware] = [of('kernel'), of('config'), of('firmware')]
  const place = of('place').place ?? now.place
  const { target } = now.cell
  const same = (input: Input) => isDeepEqual(partOf(source, input), partOf(config, input))
  // Where the two differ in one of them only, the build of the other is what is wanted, byte for byte.
  const kernelBuild = (source === config || same('config') ? source : same('kernel') ? config : undefined)?.kernelBuild
  const asked = configAsBuilt(config)
  // What was read of patches and fragments is one: without fragments, or with those of the same result, it is known.
  const { frozen } = source.cell.kernel
  const isFrozen = frozen !== undefined && (source === config || asked.fragments.length === 0)
  const cell: Cell = {
    ...now.cell,
    kernel: {
      ...asked,
      name: now.cell.kernel.name,
      sources: sourcesAsBuilt(source),
      patches: source.cell.kernel.patches,
      ...(source.cell.kernel.fuzz !== undefined && { fuzz: source.cell.kernel.fuzz }),
      ...(isFrozen && { frozen }),
    },
    modules: config.cell.modules,
    stack: firmware.cell.stack,
    cmdline: of('cmdline').cell.cmdline,
    target: target.kind === 'qemu' || place === undefined ? target : { ...target, place },
  }
  return {
    cell,
    ...(kernelBuild != null && { kernelBuild }),
    ...(firmware.firmwareBuild !== null && { firmwareBuild: firmware.firmwareBuild }),
  }
}

/** The commit that was built, where a branch may have moved since, and of a work tree what was in it. */
function sourcesAsBuilt({ cell, kernel }: Made): SourceLocation[] {
  const [, kind, id] = /^(commit|tree):([0-9a-f]{40})$/.exec(String(kernel?.['source'])) ?? []
  return cell.kernel.sources.map((each) => {
    if (id === undefined) return each
    if (each.kind === 'git' && kind === 'commit') return { ...each, ref: id }
    return each.kind === 'tree' && kind === 'tree' ? { ...each, snapshot: id } : each
  })
}

/** The config that was asked for: as its build has it, since fragments may have been edited after it. */
function configAsBuilt({ cell, kernel }: Made): Pick<KernelInputs, 'base' | 'fragments' | 'symbols'> {
  const { base, fragments, symbols } = cell.kernel
  const built = kernel?.['symbols']
  if (typeof built !== 'object' || built === null) return { base, fragments, symbols }
  return { base, fragments: [], symbols: built as Record<string, string> }
}

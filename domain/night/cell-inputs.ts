import type { Cell, SourceLocation } from '../cell.ts'
import { isDeepEqual } from '../deep-equal.ts'

/** What a cell was built to, and with what it was made and run, beside what its plan says. */
export interface CellMade {
  /** Ids of the builds; null before they are named. */
  kernelBuild: string | null
  firmwareBuild: string | null
  /**
   * Versions of programs that can change what comes out, e.g. QEMU's, by name; null for runs of before they were kept.
   */
  tools: Record<string, string> | null
}

/**
 * All that a cell is made of and judged by, as JSON has it, in an order in which what is told first is what people ask
 * for first. How often it is tried changes no outcome and is left out.
 */
export function inputsOf(cell: Cell, { kernelBuild, firmwareBuild, tools }: CellMade): Record<string, unknown> {
  // Builds are named by what was read of files; all that a run read together says less.
  const { frozen: _ofKernel, ...kernel } = cell.kernel
  const { frozen: _ofStack, ...stack } = cell.stack
  return {
    kernel: { ...kernel, sources: kernel.sources.map(withoutWords), build: kernelBuild },
    stack: { ...stack, build: firmwareBuild },
    target: cell.target,
    cmdline: cell.cmdline,
    modules: cell.modules,
    ...(tools !== null && { tools }),
    probes: cell.probes,
    // Where in the plan it stands is nothing that is expected.
    expected: cell.expectations.map(({ at: _at, ...expectation }) => expectation),
    limits: cell.limits,
  }
}

/** A work tree of the same content is the same, also when it was committed meanwhile. */
function withoutWords(location: SourceLocation): SourceLocation {
  if (location.kind !== 'tree') return location
  const { was: _was, ...same } = location
  return same
}

/** Whether a cell is made of the same twice, whatever place of its class it ran on. */
export function sameInputs(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const { place: _one, ...mine } = one
  const { place: _other, ...theirs } = other
  return isDeepEqual(mine, theirs)
}

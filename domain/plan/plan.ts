import type { AttemptPolicy, Expectation, KernelInputs, Limits } from '../cell.ts'
import type { Target } from '../target.ts'
import type { Axis, Selector } from './axes.ts'

/** What a plan writes in place of a recipe for a board that keeps the firmware that it has. */
export const installed = 'installed'

/** A plan that was read and checked: defaults filled in, paths absolute, quantities in their units. */
export interface Plan {
  name: string
  /** For people; may be empty. */
  description: string
  /** The plan's file, as the caller named it. */
  file: string
  kernels: Record<string, KernelInputs>
  configs: Record<string, PlanConfig>
  /** Recipe file of each stack, absolute; or `installed`. */
  stacks: Record<string, string>
  /** Kernel command line of each mode. */
  modes: Record<string, string>
  targets: Record<string, Target>
  /** Kernel command line that all cells share. */
  cmdline: string
  matrix: { values: Record<Axis, string[]>; exclude: Selector[]; include: Selector[] }
  probes: string[]
  expectations: (Expectation & { cells: Selector })[]
  attempts: AttemptPolicy
  limits: Limits
}

/** A variant of a kernel's config. */
export interface PlanConfig {
  /** Absolute paths, merged after the kernel's own. */
  fragments: string[]
  /** Over all fragments; values as they stand in a .config. */
  symbols: Record<string, string>
  /** In load order, without `.ko`. */
  modules: string[]
}

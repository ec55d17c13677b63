import type { Cell, KernelInputs, StackInputs } from '../cell.ts'
import { matcher, pointId, product } from './axes.ts'
import type { Point } from './axes.ts'
import { installed, type Plan, type PlanConfig } from './plan.ts'

/**
 * @returns the cells of a plan: the product of the axes in the order of the plan, the kernel turning slowest, without
 * what `exclude` matches, then what `include` adds. The ids are unique.
 */
export function expandMatrix(plan: Plan): Cell[] {
  const { values, exclude, include } = plan.matrix
  const excluded = exclude.map(matcher)
  const kept = product(values).filter((point) => !excluded.some((matches) => matches(point)))
  const added = include.flatMap((selector) => product({ ...values, ...selector }))
  const points = new Map([...kept, ...added].map((point) => [pointId(point), point]))
  // What many cells have they share: a plan of 20,000 cells has some hundred kernels.
  const kernels = new Map<string, KernelInputs>()
  const kernelOf = ({ kernel, config }: Point): KernelInputs => {
    const key = `${kernel}/${config}`
    const known = kernels.get(key) ?? merged(plan.kernels[kernel]!, plan.configs[config]!)
    kernels.set(key, known)
    return known
  }
  const stacks = new Map(Object.keys(plan.stacks).map((name) => [name, stackOf(plan, name)]))
  const expectations = plan.expectations.map(({ cells, ...expectation }) => ({ matches: matcher(cells), expectation }))
  return [...points].map(([id, point]) => ({
    ...cell(plan, id, point, kernelOf(point), stacks.get(point.stack)!),
    expectations: expectations.flatMap(({ matches, expectation }) => (matches(point) ? [expectation] : [])),
  }))
}

function merged(kernel: KernelInputs, config: PlanConfig): KernelInputs {
  return {
    ...kernel,
    fragments: [...kernel.fragments, ...config.fragments],
    symbols: { ...kernel.symbols, ...config.symbols },
  }
}

function cell(
  plan: Plan,
  id: string,
  point: Point,
  kernel: KernelInputs,
  stack: StackInputs,
): Omit<Cell, 'expectations'> {
  const { modules } = plan.configs[point.config]!
  return {
    id,
    axes: point,
    kernel,
    stack,
    target: plan.targets[point.target]!,
    cmdline: [plan.cmdline, plan.modes[point.mode]!]
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join(' '),
    modules,
    probes: plan.probes,
    attempts: plan.attempts,
    limits: plan.limits,
  }
}

function stackOf({ stacks }: Plan, name: string): StackInputs {
  const recipe = stacks[name]!
  return recipe === installed ? { name } : { name, recipe }
}

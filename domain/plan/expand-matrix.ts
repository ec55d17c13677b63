import type { Cell } from '../cell.ts'
import { matches, pointId, product } from './axes.ts'
import type { Point } from './axes.ts'
import { installed, type Plan } from './plan.ts'

/**
 * @returns the cells of a plan: the product of the axes in the order of the plan, the kernel turning slowest, without
 * what `exclude` matches, then what `include` adds. The ids are unique.
 */
export function expandMatrix(plan: Plan): Cell[] {
  const { values, exclude, include } = plan.matrix
  const kept = product(values).filter((point) => !exclude.some((selector) => matches(selector, point)))
  const added = include.flatMap((selector) => product({ ...values, ...selector }))
  const points = new Map([...kept, ...added].map((point) => [pointId(point), point]))
  return [...points].map(([id, point]) => cell(plan, id, point))
}

function cell(plan: Plan, id: string, point: Point): Cell {
  const kernel = plan.kernels[point.kernel]!
  const config = plan.configs[point.config]!
  return {
    id,
    axes: point,
    kernel: {
      ...kernel,
      fragments: [...kernel.fragments, ...config.fragments],
      symbols: { ...kernel.symbols, ...config.symbols },
    },
    stack: stackOf(plan, point.stack),
    target: plan.targets[point.target]!,
    cmdline: [plan.cmdline, plan.modes[point.mode]!]
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join(' '),
    modules: config.modules,
    probes: plan.probes,
    expectations: plan.expectations
      .filter(({ cells }) => matches(cells, point))
      .map(({ cells: _cells, ...expectation }) => expectation),
    attempts: plan.attempts,
    limits: plan.limits,
  }
}

function stackOf({ stacks }: Plan, name: string): Cell['stack'] {
  const recipe = stacks[name]!
  return recipe === installed ? { name } : { name, recipe }
}

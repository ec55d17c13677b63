/** The axes of the matrix, in the order in which a cell's id names them. */
export const axes = ['kernel', 'config', 'stack', 'mode', 'target'] as const
export type Axis = (typeof axes)[number]

/** The part of a plan where the values of an axis are defined. */
export const sections = {
  kernel: 'kernels',
  config: 'configs',
  stack: 'stacks',
  mode: 'modes',
  target: 'targets',
} as const satisfies Record<Axis, string>

/** One point of the matrix. */
export type Point = Record<Axis, string>

/** Some points: on each axis that is named, one of the values. An axis that is not named may have any value. */
export type Selector = Partial<Record<Axis, string[]>>

/** @returns what says of a point whether it is one of those that the selector means */
export function matcher(selector: Selector): (point: Point) => boolean {
  const named = axes.flatMap((axis) => {
    const names = selector[axis]
    return names === undefined ? [] : [{ axis, names: new Set(names) }]
  })
  return (point) => named.every(({ axis, names }) => names.has(point[axis]))
}

/** @returns whether the point is one of those that the selector means; of many points `matcher` asks faster */
export function matches(selector: Selector, point: Point): boolean {
  return matcher(selector)(point)
}

/** @returns every combination, the first axis turning slowest */
export function product(values: Record<Axis, string[]>): Point[] {
  const points: Point[] = []
  for (const kernel of values.kernel)
    for (const config of values.config)
      for (const stack of values.stack)
        for (const mode of values.mode)
          for (const target of values.target) points.push({ kernel, config, stack, mode, target })
  return points
}

/** @returns the cell's id, e.g. `linux-6.18.5/ffa=y/optee-sel1/protected/qemu`; unique, because no name holds a slash */
export function pointId(point: Point): string {
  return `${point.kernel}/${point.config}/${point.stack}/${point.mode}/${point.target}`
}

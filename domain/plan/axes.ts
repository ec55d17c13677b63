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

/** @returns whether the point is one of those that the selector means */
export function matches(selector: Selector, point: Point): boolean {
  return axes.every((axis) => selector[axis] === undefined || selector[axis].includes(point[axis]))
}

/** @returns every combination, the first axis turning slowest */
export function product(values: Record<Axis, string[]>): Point[] {
  let points: Partial<Point>[] = [{}]
  for (const axis of axes)
    points = points.flatMap((point) => values[axis].map((value) => ({ ...point, [axis]: value })))
  return points as Point[]
}

/** @returns the cell's id, e.g. `linux-6.18.5/ffa=y/optee-sel1/protected/qemu`; unique, because no name holds a slash */
export function pointId(point: Point): string {
  return axes.map((axis) => point[axis]).join('/')
}

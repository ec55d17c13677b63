import { axes, matcher, pointId, product } from './axes.ts'
import type { Axis, Point, Selector } from './axes.ts'
import { definedNames } from './check-names.ts'
import type { Checked } from './check.ts'
import { entriesAt, itemsAt, listAt, textsAt, valueAt } from '../yaml/value-at.ts'
import type { Path } from '../yaml/yaml-text.ts'

/** Every part of the matrix must do something, and every expectation must be about a cell and agree with the others. */
export function checkMatrix(checked: Checked): void {
  const points = checkPoints(checked)
  if (points !== undefined) checkExpectations(checked, points)
}

/** @returns the points of the matrix; undefined when names or types are so wrong that nothing can be said */
function checkPoints({ yaml: { value: root }, complain }: Checked): Point[] | undefined {
  const values = {} as Record<Axis, string[]>
  for (const axis of axes) {
    const given = valueAt(root, ['matrix', axis])
    values[axis] =
      given === undefined ? (definedNames(root, axis) ?? []) : textsAt(root, ['matrix', axis]).map(({ text }) => text)
    if (values[axis].length === 0) return undefined
    values[axis] = [...new Set(values[axis])]
  }
  const all = product(values)
  const excluded = listAt(root, ['matrix', 'exclude']).map(({ path }) => {
    const selector = selectorAt(root, path)
    return { path, matches: selector && matcher(selector) }
  })
  for (const { path, matches } of excluded) {
    if (matches !== undefined && !all.some(matches)) {
      complain(path, 'this exclude matches no cell of the matrix', 'remove it, or check its names against the axes')
    }
  }
  const left = all.filter((point) => !excluded.some(({ matches }) => matches?.(point)))
  const points = new Map(left.map((point) => [pointId(point), point]))
  for (const { path } of listAt(root, ['matrix', 'include'])) {
    const selector = selectorAt(root, path)
    if (selector === undefined) continue
    const added = product({ ...values, ...selector })
    const twice = added.find((point) => points.has(pointId(point)))
    if (twice !== undefined)
      complain(
        path,
        `this include adds ${pointId(twice)}, which is there already`,
        'remove it, or name its axes more closely',
      )
    for (const point of added) points.set(pointId(point), point)
  }
  if (points.size === 0)
    complain(['matrix'], 'the matrix is empty: exclude takes every cell out', 'leave one cell at least', 'key')
  return [...points.values()]
}

function checkExpectations({ yaml, file, complain }: Checked, points: Point[]): void {
  const root = yaml.value
  const said = new Map<string, Map<Point, { wanted: Map<string, unknown>; path: Path }>>()
  for (const { path, value } of itemsAt(root, ['expect'])) {
    const selector = selectorAt(root, [...path, 'cells'])
    if (selector === undefined || typeof value !== 'object') continue
    const cells = points.filter(matcher(selector))
    if (cells.length === 0 && points.length > 0) {
      complain(
        [...path, 'cells'],
        'this expectation is about no cell of the matrix',
        'check its names against the axes and exclude',
      )
    }
    const findings = entriesAt(root, [...path, 'findings']).map((entry) => ({
      ...entry,
      wanted: wantedOf(root, entry.path),
    }))
    if (
      valueAt(root, [...path, 'known']) !== undefined &&
      findings.length > 0 &&
      findings.every(({ wanted }) => wanted.get('outcome') === 'pass')
    ) {
      complain(
        [...path, 'known'],
        'known names a bug, but each finding here is expected to pass',
        'expect a fail, or drop known',
        'key',
      )
    }
    for (const finding of findings) {
      const earlier = said.get(finding.key) ?? new Map<Point, { wanted: Map<string, unknown>; path: Path }>()
      said.set(finding.key, earlier)
      const clash = cells.find((point) => {
        const before = earlier.get(point)
        return before !== undefined && disagree(before.wanted, finding.wanted)
      })
      if (clash !== undefined) {
        const { line } = yaml.where(earlier.get(clash)!.path, 'key')
        complain(
          finding.path,
          `for ${pointId(clash)} this contradicts ${file}:${line}`,
          'let each cell have one answer',
          'key',
        )
      }
      for (const point of cells) if (!earlier.has(point)) earlier.set(point, finding)
    }
  }
}

/** The outcome and the facts that a finding must have. */
function wantedOf(root: unknown, path: Path): Map<string, unknown> {
  const value = valueAt(root, path)
  return typeof value === 'string'
    ? new Map([['outcome', value]])
    : new Map(entriesAt(root, path).map((entry) => [entry.key, entry.value]))
}

function disagree(a: Map<string, unknown>, b: Map<string, unknown>): boolean {
  return [...b].some(([key, value]) => a.has(key) && a.get(key) !== value)
}

/** @returns undefined when a name is unknown or the shape is wrong: that is reported, and guesses about cells would only mislead */
function selectorAt(root: unknown, path: Path): Selector | undefined {
  const selector: Selector = {}
  const value = valueAt(root, path)
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) return undefined
  for (const { key, path: place } of entriesAt(root, path)) {
    const axis = axes.find((one) => one === key)
    const names = textsAt(root, place).map(({ text }) => text)
    if (axis === undefined || names.length === 0) return undefined
    const defined = definedNames(root, axis)
    if (defined !== undefined && names.some((name) => !defined.includes(name))) return undefined
    selector[axis] = [...new Set(names)]
  }
  return selector
}

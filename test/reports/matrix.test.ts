import fc from 'fast-check'
import { expect, it } from 'vitest'
import { matrixOf } from '../../reports/matrix.ts'
import { hostileReports, plainReport } from './made-report.ts'

it('the axis with the fewest values makes the columns, and what is the same in all cells is said once', () => {
  const { fixed, rowAxes, columnAxis, columns, rows } = matrixOf(plainReport().cells)
  expect(fixed).toEqual([
    ['kernel', 'linux-6.18.5'],
    ['stack', 'optee-sel1'],
    ['target', 'qemu'],
  ])
  expect([rowAxes, columnAxis, columns]).toEqual([['config'], 'mode', ['protected', 'nvhe']])
  expect(rows.map(({ values, cells }) => [...values, ...cells.map((cell) => cell?.result)])).toEqual([
    ['ffa=y', '12.1', '12.2'],
    ['ffa=m', '12.3', '12.4'],
    ['ffa=n', '12.5', '12.6'],
  ])
})

it('a point that the plan leaves out is an empty place', () => {
  const { rows } = matrixOf(plainReport().cells.slice(0, 3))
  expect(rows.map(({ cells }) => cells.map((cell) => cell?.result))).toEqual([
    ['12.1', '12.2'],
    ['12.3', undefined],
  ])
})

it('each cell is in one place, also where their axes do not tell cells apart', () => {
  const cells = plainReport().cells.map((cell) => ({ ...cell, axes: { ...cell.axes, mode: 'x' } }))
  expect(matrixOf(cells).rows.flatMap((row) => row.cells)).toHaveLength(6)
  fc.assert(
    fc.property(hostileReports, (report) => {
      const there = matrixOf(report.cells).rows.flatMap((row) => row.cells.flatMap((cell) => cell?.result ?? []))
      expect(there.toSorted()).toEqual(report.cells.map(({ result }) => result).toSorted())
    }),
    { numRuns: 50 },
  )
})

/** Cells that take turns: `pairs` in a plan. */
import { expect, test } from 'vitest'
import { expandMatrix } from '../../../domain/plan/expand-matrix.ts'
import { turnsOf } from '../../../domain/plan/turns-of.ts'
import { goodPlan, plan } from './plans.ts'

/** Both kernels, in two configs and two modes. */
const whole = goodPlan.replace(/matrix:\n(.*\n){2}/, '')

test('pairs are attempts of each cell, in turns; how often infrastructure may break is said beside it', () => {
  const [cell] = expandMatrix(plan(`${whole}pairs: 5\n`))
  expect(cell?.attempts).toEqual({ count: 5, infra: 3, inTurns: true })
  const [other] = expandMatrix(plan(`${whole}pairs: 5\nattempts: { infra: 9 }\n`))
  expect(other?.attempts).toEqual({ count: 5, infra: 9, inTurns: true })
})

test('cells that differ by their kernel alone take turns, and one that has no other takes none', () => {
  const cells = expandMatrix(plan(whole)).filter(({ axes }) => axes.config === 'module' || axes.kernel === 'linux-a')
  const turns = turnsOf(cells)
  expect(cells.map(({ id }, index) => [id, cells[turns.get(index) ?? -1]?.id ?? 'none'])).toMatchInlineSnapshot(`
    [
      [
        "linux-a/builtin/optee/protected/qemu",
        "none",
      ],
      [
        "linux-a/builtin/optee/nvhe/qemu",
        "none",
      ],
      [
        "linux-a/module/optee/protected/qemu",
        "linux-a/module/optee/protected/qemu",
      ],
      [
        "linux-a/module/optee/nvhe/qemu",
        "linux-a/module/optee/nvhe/qemu",
      ],
      [
        "linux-b/module/optee/protected/qemu",
        "linux-a/module/optee/protected/qemu",
      ],
      [
        "linux-b/module/optee/nvhe/qemu",
        "linux-a/module/optee/nvhe/qemu",
      ],
    ]
  `)
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expandMatrix } from '../../../domain/plan/expand-matrix.ts'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'
import { disk, known } from './plans.ts'

test('plans/first-look.yaml is three cells of two kernel builds, and its expectation on the first names the bug', () => {
  const file = 'plans/first-look.yaml'
  const parsed = parsePlan(readFileSync(file, 'utf8'), file, disk, known)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors, undefined, 1))
  const cells = expandMatrix(parsed.plan)
  expect(cells.map(({ id }) => id)).toEqual([
    'linux-6.18.5/ffa=y/optee-sel1/protected/qemu',
    'linux-6.18.5/ffa=y/optee-sel1/nvhe/qemu',
    'linux-6.18.5/ffa=m/optee-sel1/protected/qemu',
  ])
  expect(new Set(cells.map(({ kernel }) => JSON.stringify(kernel))).size).toBe(2)
  const [bug] = cells[0]!.expectations
  expect(bug?.known).toMatch(/FF-A/)
  expect(bug?.findings).toContainEqual({
    id: 'ffa.usable',
    outcome: 'fail',
    facts: { errno: -22, status: 'INVALID_PARAMETERS' },
  })
  expect(
    cells.slice(1).flatMap(({ expectations }) => expectations.filter(({ known: title }) => title !== undefined)),
  ).toEqual([])
})

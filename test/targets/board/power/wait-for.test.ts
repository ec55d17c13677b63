import { expect, test } from 'vitest'
import { waitFor } from '../../../../targets/board/power/power-switch.ts'

const now = 1_000_000

test('an outlet of which nothing is known need not wait', () => {
  expect(waitFor({ outlets: {} }, '1', 5, 5, now)).toBe(0)
})

test('an outlet waits for what is left of its shortest off time, and of the spacing, whichever is more', () => {
  const memory = { outlets: { '1': { offs: 1, off: now - 1000 } }, lastOn: { outlet: '2', at: now - 2000 } }
  expect(waitFor(memory, '1', 0, 5, now)).toBe(4000)
  expect(waitFor(memory, '1', 8, 5, now)).toBe(6000)
  expect(waitFor(memory, '1', 1, 1, now)).toBe(0)
})

test('spacing is between two outlets: one that was itself switched on last does not wait for itself', () => {
  expect(waitFor({ outlets: {}, lastOn: { outlet: '1', at: now } }, '1', 5, 0, now)).toBe(0)
})

test('a clock that was set back an hour makes nobody wait longer than the whole time', () => {
  const memory = { outlets: { '1': { offs: 1, off: now + 3_600_000 } } }
  expect(waitFor(memory, '1', 0, 5, now)).toBe(5000)
})

import { expect, test } from 'vitest'
import type { Ending } from '../../../domain/attempt.ts'
import { restAfter } from '../../../domain/lease/rest.ts'

/** Attempts that ended one second after each other. */
const after = (...endings: Ending[]) =>
  restAfter(endings.map((ending, index) => ({ ending, ended: (index + 1) * 1_000 })))

test('places that broke nothing need no rest', () => {
  expect([after(), after('hung'), after('infra', 'finished'), after('infra', 'tainted')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('the first retry is made at once, and each one in a row waits for longer, a minute at most', () => {
  const rests = Array.from({ length: 7 }, (_, index) => {
    const rest = after(...Array<Ending>(index + 1).fill('infra'))!
    return [rest.broken, rest.until - (index + 1) * 1_000]
  })
  expect(rests).toEqual([
    [1, 0],
    [2, 5_000],
    [3, 15_000],
    [4, 30_000],
    [5, 60_000],
    [6, 60_000],
    [7, 60_000],
  ])
})

test('an attempt that came to an end between them counts them anew, and a cancelled one does not', () => {
  expect(after('infra', 'infra', 'finished', 'infra')).toEqual({ broken: 1, until: 4_000 })
  expect(after('infra', 'cancelled', 'infra', 'cancelled')).toEqual({ broken: 2, until: 8_000 })
})

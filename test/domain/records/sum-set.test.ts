import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SumSet } from '../../../domain/records/sum-set.ts'

const sum = fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 2 ** 32 - 1 }))

test('a set of sums holds what a set of numbers holds', () => {
  fc.assert(
    fc.property(fc.array(sum, { maxLength: 3000 }), fc.array(sum), (added, asked) => {
      const sums = new SumSet()
      for (const one of added) sums.add(one)
      const numbers = new Set(added)
      expect(sums.size).toBe(numbers.size)
      for (const one of [...added, ...asked]) expect(sums.has(one)).toBe(numbers.has(one))
    }),
  )
})

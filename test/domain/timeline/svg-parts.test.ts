import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cut, cutLine } from '../../../domain/timeline/svg-parts.ts'

it('a line that is too long keeps its end, where the error stands', () => {
  expect(cutLine('ffa-crb arm-ffa-2: failed to get crb interface version. rc:-22', 46)).toBe(
    'ffa-crb arm-ffa-2: failed to get …sion. rc:-22',
  )
  expect(cutLine('optee: Unexpected error -22', 46)).toBe('optee: Unexpected error -22')
})

it.each([cut, cutLine])('never takes more room than there is', (shorten) => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 4, max: 60 }), (text, most) => {
      expect(shorten(text, most).length).toBeLessThanOrEqual(most)
      expect(text.length > most || shorten(text, most) === text).toBe(true)
    }),
  )
})

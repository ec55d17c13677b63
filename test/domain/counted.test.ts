import { expect, test } from 'vitest'
import { counted } from '../../domain/counted.ts'

test('one thing is not several', () => {
  expect([0, 1, 2].map((count) => counted(count, 'cell'))).toEqual(['0 cells', '1 cell', '2 cells'])
  expect([1, 2].map((count) => counted(count, 'entry', 'entries'))).toEqual(['1 entry', '2 entries'])
})

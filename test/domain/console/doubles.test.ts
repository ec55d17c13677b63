import { expect, it } from 'vitest'
import { Doubles } from '../../../domain/console/doubles.ts'

const again = (...lines: [text: string, at: number | undefined, isFault?: boolean][]): boolean[] => {
  const doubles = new Doubles()
  return lines.map(([text, at, isFault = false]) => doubles.isAgain({ number: 1, offset: 0, text }, at, isFault))
}

it('a line that two consoles say is one: the same words with the same microseconds', () => {
  expect(again(['a', 1], ['a', 1], ['b', 2], ['c', 3], ['b', 2])).toEqual([false, true, false, false, true])
  expect(again(['a', 1], ['a', 1.000001], ['b', 1])).toEqual([false, false, false])
})

it('a line of a kernel that has no clock yet is none, nor is one without a stamp that reports no fault', () => {
  expect(again(['a', 0], ['a', 0])).toEqual([false, false])
  expect(again(['U-Boot', undefined], ['U-Boot', undefined])).toEqual([false, false])
  expect(again(['BUG', undefined, true], ['BUG', undefined, true])).toEqual([false, true])
})

it('a line is forgotten behind many others', () => {
  const others = Array.from({ length: 64 }, (_, n): [string, number] => ['x', 2 + n])
  expect(again(['a', 1], ...others, ['a', 1]).at(-1)).toBe(false)
  expect(again(['a', 1], ...others.slice(1), ['a', 1]).at(-1)).toBe(true)
})

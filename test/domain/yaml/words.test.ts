import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distance, nearest, suggest } from '../../../domain/yaml/did-you-mean.ts'
import { formatError, inReadingOrder } from '../../../domain/yaml/located-error.ts'
import { durationPattern, parseDuration, parseSize } from '../../../domain/yaml/quantity.ts'

describe('did you mean', () => {
  test.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kernal', 'kernel', 1],
    ['qmeu', 'qemu', 1],
    ['protectd', 'protected', 1],
    ['ab', 'ba', 1],
    ['abcd', 'badc', 2],
  ])('%s and %s differ by %i', (a, b, expected) => {
    expect(distance(a, b)).toBe(expected)
  })

  test('distance is a symmetric measure that is 0 for equal texts only', () => {
    const text = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a))
        expect(distance(a, b) === 0).toBe(a === b)
        expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })

  test('the nearest is taken, nothing when all are far', () => {
    expect(nearest('ffa=n', ['ffa=y', 'none'])).toBe('ffa=y')
    expect(nearest('PROTECTED', ['nvhe', 'protected'])).toBe('protected')
    expect(nearest('hafnium', ['optee-sel1'])).toBeUndefined()
    expect(nearest('x'.repeat(100_000), ['kernel'])).toBeUndefined()
    expect(suggest('zzz', ['a', 'b'])).toBe('it would be one of a, b')
  })
})

test('durations are seconds, sizes are MiB', () => {
  expect(['60 s', '2 min', '1.5h', '500 ms'].map(parseDuration)).toEqual([60, 120, 5400, 0.5])
  expect(['2 GiB', '512MiB', '0.5 GiB'].map(parseSize)).toEqual([2048, 512, 512])
  expect(['60', 's', '-1 s', '1 day', '1  s', ''].filter((text) => durationPattern.test(text))).toEqual([])
})

test('errors come in reading order, the plan before other files, each once, on one line', () => {
  const error = (file: string, line: number, column: number) => ({ file, line, column, message: 'm', hint: '' })
  const errors = [error('a.config', 1, 1), error('p.yaml', 2, 1), error('p.yaml', 1, 9), error('p.yaml', 1, 9)]
  expect(inReadingOrder(errors, 'p.yaml').map(formatError)).toEqual([
    'p.yaml:1:9: m',
    'p.yaml:2:1: m',
    'a.config:1:1: m',
  ])
  expect(formatError({ ...error('p', 1, 1), message: 'a\nb\u001b[31m', hint: 'c' })).toBe('p:1:1: a b [31m; c')
})

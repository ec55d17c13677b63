import fc from 'fast-check'
import { expect, it } from 'vitest'
import { kernelMessage, messageStart } from '../../../domain/console/kernel-message.ts'

const cases: [string, { at?: number; message: string }][] = [
  [
    '[    0.345691] ARM FF-A: Firmware version 1.2 found',
    { at: 0.345691, message: 'ARM FF-A: Firmware version 1.2 found' },
  ],
  ['[    0.000000][    T0] Linux version', { at: 0, message: 'Linux version' }],
  ['[    1.000000][   C12] x', { at: 1, message: 'x' }],
  ['[    1.000000][  T123/swapper C0] x', { at: 1, message: 'x' }],
  ['[123456.000001] late', { at: 123456.000001, message: 'late' }],
  ['<6>[    0.000000] with level', { at: 0, message: 'with level' }],
  ['[    0.818199]     /init', { at: 0.818199, message: '    /init' }],
  ['[    0.818199] ', { at: 0.818199, message: '' }],
  ['NOTICE:  BL1: v2.12.1(release):', { message: 'NOTICE:  BL1: v2.12.1(release):' }],
  ['[ BUG: Invalid wait context ]', { message: '[ BUG: Invalid wait context ]' }],
  ['[1.5] not printk', { message: '[1.5] not printk' }],
  ['', { message: '' }],
]

it.each(cases)('%s', (text, expected) => {
  expect(kernelMessage(text)).toEqual(expected)
  expect(text.slice(messageStart(text))).toBe(expected.message)
})

it.each([
  ['[    0.345691] hello   ', 'hello'],
  ['[    0.345691] hello \t', 'hello'],
  ['  hello ', '  hello'],
  ['[    0.345691] Kernel command line:    ', 'Kernel command line: '],
  ['   ', ''],
])('has no blanks at its end: %j', (text, message) => {
  expect(kernelMessage(text).message).toBe(message)
})

it('finds the same start by the short way and by the pattern', () => {
  const char = fc.constantFrom('[', ']', ' ', '.', '0', '7', '<', '>', 'T', 'C', 'x')
  const near = fc.tuple(fc.nat(14), char).map(([at, put]) => {
    const text = '[    0.345691] hello'
    return text.slice(0, at) + put + text.slice(at + 1)
  })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: char, maxLength: 24 })), (text) => {
      const { message } = kernelMessage(text)
      expect(text.slice(messageStart(text)).trimEnd()).toBe(message)
    }),
    { numRuns: 2000 },
  )
})

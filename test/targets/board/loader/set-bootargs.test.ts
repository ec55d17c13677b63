import { expect, test } from 'vitest'
import { bootargsCommands } from '../../../../targets/board/loader/set-bootargs.ts'
import { lineFor, longestLine, roomFor } from '../../../../targets/board/loader/typed-line.ts'

test('a long command line is set in pieces, none of which is longer than a line of the oldest U-Boot', () => {
  const cmdline = Array.from({ length: 300 }, (_, n) => `p${n}="a;b"`).join(' ')
  const commands = bootargsCommands(cmdline, roomFor('K000000'), 2)
  expect(
    commands.map((command) => lineFor(command, 'K000000').length).toSorted((a, b) => b - a)[0],
  ).toBeLessThanOrEqual(longestLine)
  const pieces = commands.slice(0, -1).map((command) => /^setenv hl\d+ '(.*)'$/.exec(command)![1])
  expect(pieces.join('')).toBe(cmdline)
  expect(commands.at(-1)).toBe(`setenv bootargs "${pieces.map((_, n) => `\${hl${n}}`).join('')}"`)
})

test.each([
  ["a'b", 1, String.raw`setenv hl0 'a'\''b'`],
  [String.raw`a\b`, 1, String.raw`setenv hl0 'a\\b'`],
  [String.raw`a\b`, 2, String.raw`setenv hl0 'a\\\\b'`],
  ['a $b; "c" #d', 2, `setenv hl0 'a $b; "c" #d'`],
] as const)('%s is quoted for a shell that reads it %i times', (cmdline, read, command) => {
  expect(bootargsCommands(cmdline, 200, read)[0]).toBe(command)
})

test.each(['a\tb', 'a\nb', 'ä'])('%j cannot be typed, and is refused', (cmdline) => {
  expect(() => bootargsCommands(cmdline, 200, 2)).toThrow(/cannot be typed at a boot loader/)
})

test('a command line that is too long for the last line is refused, not cut', () => {
  expect(() => bootargsCommands('x'.repeat(10_000), roomFor('K000000'), 2)).toThrow(/10000 characters, too many/)
})

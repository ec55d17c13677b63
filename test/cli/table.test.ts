import { createColors } from 'picocolors'
import { expect, it } from 'vitest'
import { table } from '../../cli/show/table.ts'

it('puts columns two blanks apart and leaves no blanks at the ends of lines', () => {
  expect(
    table([
      ['a', 'verdict', 'x'],
      ['1.12', 'pass', ''],
      ['', 'known-fail'],
    ]),
  ).toBe(['a     verdict     x', '1.12  pass', '      known-fail'].join('\n'))
})

it('counts no colours as width', () => {
  const { red } = createColors(true)
  const lines = table([
    [red('no'), 'b'],
    ['never', 'c'],
  ]).split('\n')
  expect(lines).toEqual([`${red('no')}     b`, 'never  c'])
})

it('is empty without rows', () => expect(table([])).toBe(''))

const findings = [
  ['finding', 'what it asks', 'outcomes'],
  ['ffa.usable', 'can the kernel talk to the secure world after pKVM took over', 'pass, fail, unknown'],
  ['order.initcalls', 'are they in order', 'pass'],
]

it('lets a long cell go on below itself at whole words, within the room that there is', () => {
  expect(table(findings, 64).split('\n')).toEqual([
    'finding          what it asks                outcomes',
    'ffa.usable       can the kernel talk to the  pass, fail, unknown',
    '                 secure world after pKVM',
    '                 took over',
    'order.initcalls  are they in order           pass',
  ])
})

it.each([40, 50, 80])('keeps to %i columns', (room) => {
  for (const line of table(findings, room).split('\n')) expect(line.length).toBeLessThanOrEqual(room)
})

it('has one line for a row where there is room, and off a terminal', () => {
  expect(table(findings, 200).split('\n')).toHaveLength(3)
  expect(table(findings, undefined)).toBe(table(findings, 200))
})

it('parts no word: a terminal that is too narrow for them wraps itself', () => {
  expect(table([['linux-6.18.5/ffa=y', 'pass']], 10)).toBe('linux-6.18.5/ffa=y  pass')
})

it('carries a colour on to the next line of a cell, and not into the cell beside it', () => {
  const { red } = createColors(true)
  const lines = table([[red('two words'), 'x y']], 10).split('\n')
  expect(lines).toEqual(['\x1b[31mtwo\x1b[0m    x y', '\x1b[31mwords\x1b[39m\x1b[0m'])
})

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

import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { table } from '../../cli/show/table.ts'
import { verdictTable } from '../../cli/show/verdict-table.ts'
import type { CellDetail } from '../../store/details.ts'

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
  expect(table(findings, Infinity)).toBe(table(findings, 200))
})

it('parts no word: a terminal that is too narrow for them wraps itself', () => {
  expect(table([['linux-6.18.5/ffa=y', 'pass']], 10)).toBe('linux-6.18.5/ffa=y  pass')
})

it('carries a colour on to the next line of a cell, and not into the cell beside it', () => {
  const { red } = createColors(true)
  const lines = table([[red('two words'), 'x y']], 10).split('\n')
  expect(lines).toEqual(['\x1b[31mtwo\x1b[0m    x y', '\x1b[31mwords\x1b[39m\x1b[0m'])
})

describe('the table of verdicts', () => {
  const ids = ['ffa.version', 'ffa.usable', 'order.ffa-before-kvm', 'optee.driver']
  const plain = createColors(false)

  /** A cell with one attempt; the first finding passes everywhere. */
  function cell(number: number, outcome: 'pass' | 'fail'): CellDetail {
    const findings = ids.map((id, index) => ({ id, outcome: index === 0 ? 'pass' : outcome }))
    return {
      run: 1,
      number,
      cell: {
        id: `linux-6.18.5/ffa=y/optee-sel1/protected-${number}/qemu`,
        expectations: [{ findings: ids.map((id) => ({ id })) }],
      },
      verdict: { verdict: outcome, sentence: '', because: [] },
      attempts: [{ end: { findings } }],
    } as unknown as CellDetail
  }
  const cells = Array.from({ length: 12 }, (_, index) => cell(index + 1, index % 2 === 0 ? 'pass' : 'fail'))
  const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))
  const of = (some: CellDetail[], room: number): string => verdictTable({ state: 'finished' }, some, plain, room)

  it('has a row for each cell where there is room', () => {
    expect(of(cells, Infinity).split('\n')).toHaveLength(13)
    expect(widest(of(cells, Infinity))).toBeGreaterThan(80)
  })

  it('has a row for each finding that differs where there is none', () => {
    expect(of(cells.slice(0, 2), 80)).toBe(
      [
        '1.1  linux-6.18.5/ffa=y/optee-sel1/protected-1/qemu  pass',
        '1.2  linux-6.18.5/ffa=y/optee-sel1/protected-2/qemu  fail',
        '',
        '                      1.1   1.2',
        'ffa.usable            pass  fail',
        'order.ffa-before-kvm  pass  fail',
        'optee.driver          pass  fail',
        '',
        'pass in all: ffa.version',
      ].join('\n'),
    )
  })

  it('keeps to 80 columns, however many cells there are', () => {
    const text = of(cells, 80)
    expect(widest(text)).toBeLessThanOrEqual(80)
    for (const { number } of cells) expect(text).toMatch(new RegExp(` 1\\.${number}(?: |$)`, 'm'))
  })
})

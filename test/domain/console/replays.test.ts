import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../../domain/console/line-reader.ts'
import { withoutReplays } from '../../../domain/console/replays.ts'
import { faultsOf } from '../../../domain/faults/read-faults.ts'
import { readLog } from '../inspect/read.ts'
import { boots, rawConsole } from '../probes/showing.ts'

const marker = '** replaying previous printk message **'
const lines = (...texts: string[]) => readLines(Buffer.from(texts.map((text) => `${text}\n`).join('')))
const said = (...texts: string[]) => withoutReplays(lines(...texts)).map(({ number, text }) => [number, text])

describe('what a kernel says again because its console was interrupted', () => {
  it('is said once, where it is whole', () => {
    expect(said('[    1.000000] one', '[    2.00', marker, '[    2.000000] two', '[    3.000000] three')).toEqual([
      [1, '[    1.000000] one'],
      [4, '[    2.000000] two'],
      [5, '[    3.000000] three'],
    ])
    expect(said('one', marker, 'one')).toEqual([[3, 'one']])
  })

  it('may be interrupted again', () => {
    expect(said('on', marker, 'one', marker, 'one', 'two')).toEqual([
      [5, 'one'],
      [6, 'two'],
    ])
  })

  it('is taken from behind what somebody else had written on its line', () => {
    expect(said('/ # [    2.000000] tw', marker, '[    2.000000] two')).toEqual([
      [1, '/ # '],
      [3, '[    2.000000] two'],
    ])
    expect(said(marker, 'one', 'one')).toEqual([
      [2, 'one'],
      [3, 'one'],
    ])
  })

  it('takes nothing along that it does not say again', () => {
    expect(said('one', marker, 'two', 'two')).toEqual([
      [1, 'one'],
      [3, 'two'],
      [4, 'two'],
    ])
    expect(said(marker, 'one')).toEqual([[2, 'one']])
    expect(said('one', marker)).toEqual([[1, 'one']])
    expect(said(marker)).toEqual([])
    expect(said(`"${marker}"`, `${marker}!`).length).toBe(2)
  })
})

describe('a log in which any messages are said again', () => {
  const report = [
    '------------[ cut here ]------------',
    'list_add double add: new=ffff800081b576a0, prev=ffff800081b57680, next=ffff800081b576a0.',
    'WARNING: CPU: 1 PID: 42 at lib/list_debug.c:35 __list_add_valid_or_report+0x150/0x168',
    'Modules linked in: fault_maker(O+)',
    'CPU: 1 UID: 0 PID: 42 Comm: init Tainted: G           O        6.18.5 #1 NONE ',
    'pc : __list_add_valid_or_report+0x150/0x168',
    'Call trace:',
    ' __list_add_valid_or_report+0x150/0x168 (P)',
    ' do_list+0xa0/0xdc [fault_maker]',
    ' fault_maker_init+0xa4/0x1000 [fault_maker]',
    '---[ end trace 0000000000000000 ]---',
  ].map((line, n) => `[   62.1${String(n).padStart(5, '0')}] ${line}`)
  const console = Buffer.from(rawConsole(boots.builtinPkvm, 'uart0')).toString('utf8')
  const log = [...console.trimEnd().split(/\r?\n/), ...report]
  const mayBe = log.flatMap((line, index) => (/^\[ *\d/.test(line) ? [index] : []))

  /** `cuts`: for lines, by index, after how many characters they were interrupted. */
  const interrupted = (cuts: ReadonlyMap<number, number>, prefix: string): string =>
    log
      .flatMap((line, index) => {
        const cut = cuts.get(index)
        return cut === undefined ? [line] : [line.slice(0, cut), marker, line]
      })
      .map((line, n) => `${prefix === '' ? '' : `${prefix}${String(n).padStart(6, '0')}] `}${line}\n`)
      .join('')

  const read = (text: string) => {
    const [boot, ...others] = readLog(Buffer.from(text)).boots
    const faults = faultsOf([boot!.log]).map(({ kind, title }) => [kind, title])
    const { log: kept, taints, stage, kernel } = boot!
    const damage = taints.map(({ kind, count }) => [kind, count])
    return { kept: kept.lines.map((line) => line.text), damage, stage, kernel, faults, others: others.length }
  }

  const plain = read(interrupted(new Map(), ''))
  const anyCuts = fc
    .array(fc.tuple(fc.constantFrom(...mayBe), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 40 })
    .map((cuts) => new Map(cuts.map(([index, part]) => [index, Math.round(part * log[index]!.length)])))

  it('is read as one in which none is', () => {
    expect(plain.faults).toEqual([['corruption', 'list_add double add in do_list [fault_maker]']])
    fc.assert(
      fc.property(anyCuts, fc.constantFrom('', '[2026-11-23T05:00:00.'), (cuts, prefix) => {
        expect(read(interrupted(cuts, prefix))).toEqual(plain)
      }),
      { numRuns: 50 },
    )
  })
})

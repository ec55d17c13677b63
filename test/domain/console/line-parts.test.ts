import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineParts } from '../../../domain/console/line-parts.ts'
import { readLines } from '../../../domain/console/line-reader.ts'
import { encodeFrame, payloadOf } from '../../../domain/records/frame.ts'

/** The parts of the last of some lines. */
function partsOf(...lines: string[]): string[] {
  const parts = new LineParts()
  const read = readLines(Buffer.from(lines.map((line) => `${line}\n`).join('')))
  return read.map((line) => (parts.split(line) ?? [line]).map(({ text }) => text)).at(-1)!
}

const oops = '[    3.331442] Internal error: Oops: 0000000096000004 [#1] SMP'
const panic = 'Kernel panic - not syncing: sysrq triggered crash'

describe('a line in which another voice begins', () => {
  it.each([
    ['an initramfs', 'Begin: Running /scripts/local-top ... ', oops],
    ['a shell that waits', '/ # ', oops],
    ['a login', 'buildroot login: ', oops],
    ['a word that was being written', 'Start', oops],
    ['a progress bar', 'Downloading  20% [==>       ]', oops],
    ['a trace of a shell', '+ modprobe nvme', oops],
    ['a message of the kernel that was cut', '[    3.331400] usb 1-1: new dev', oops],
    ['a message of the kernel, lines having lost their ends', '[    3.331400] usb 1-1: new device ', oops],
    ['a caller behind the stamp', 'foo', '[    3.331442][    T1] foo: bar'],
    ['a kernel that starts', 'Starting kernel ...', '[    0.000000] Booting Linux on physical CPU 0x0'],
    ['a shell, without a stamp', '/ # ', panic],
    ['a word, without a stamp', 'done.', panic],
    ['a TFTP transfer', 'Loading: *####', 'E/TC:0 0 Panic at core/x.c:12 <foo>'],
    ['U-Boot, of itself', 'Loading: ', '"Synchronous Abort" handler, esr 0x8600000d, far 0x0'],
    ['U-Boot, of an initcall', 'DRAM:  ', 'initcall sequence 402f1b28 failed at call 40202a30 (err=-110)'],
    ['an SPL', 'Trying to boot from MMC1', 'NOTICE:  BL31: v2.10.0(release):v2.10.0'],
    ['a reset', 'resetting ...', 'U-Boot 2024.04 (Apr 02 2024 - 10:00:00 +0000)'],
    [
      'a message of the kernel, by firmware',
      '[    3.331400] reboot: Restar',
      'ERROR:   System Off: operation not handled.',
    ],
  ])('is cut behind %s', (_, before, behind) => {
    expect(partsOf(before + behind)).toEqual([before, behind])
  })

  it.each([
    ['of a shell', `/ # echo "${oops}"`],
    ['of a test', `test.sh: expecting '${panic}'`],
    ['of a test, with a blank before it', `no ${panic}`],
    ['of the kernel', '---[ end Kernel panic - not syncing: Fatal exception ]---'],
    ['of a file', `dmesg.txt:${panic}`],
    ['of a table', 'PANIC | Kernel panic - not syncing: | Unhandled Exception in EL3.'],
    ['of firmware', '[    3.331400] foo: said ERROR:   BL31: x'],
    ['of a number', 'took [1.234567] seconds, [    1.234567]'],
  ])('is whole where it is a quotation %s', (_, line) => expect(partsOf(line)).toEqual([line]))

  it('is whole where the kernel said what is quoted long before', () => {
    expect(partsOf('[  100.000000] foo', `log: ${oops}`)).toEqual([`log: ${oops}`])
    expect(partsOf('[  100.000000] foo', `[  101.000000] log: ${oops}`)).toHaveLength(1)
    expect(partsOf('[    4.000000] foo', `log: ${oops}`)).toHaveLength(2)
  })

  it('may be three', () => {
    expect(partsOf('a[    1.000000] b[    2.000000] c')).toEqual(['a', '[    1.000000] b', '[    2.000000] c'])
  })

  it('has its number in each part, and what stands before the part', () => {
    const [line] = readLines(Buffer.from(`/ # ${oops}\n`))
    expect(new LineParts().split({ ...line!, number: 7, offset: 100 })).toEqual([
      { number: 7, offset: 100, text: '/ # ' },
      { number: 7, offset: 104, text: oops, after: '/ # ' },
    ])
  })

  it('is a record and what stands behind it, not what a record tells', () => {
    const payload = payloadOf({ fact: 'file', path: '/proc/x', rc: 0, text: `a ${oops}` })
    const record = encodeFrame({ sequence: 3, payload }).trimEnd()
    expect(partsOf(record)).toEqual([record])
    expect(partsOf(record + oops)).toEqual([record, oops])
  })

  it('loses nothing, whatever it is', () => {
    const piece = fc.constantFrom(
      oops,
      panic,
      '/ # ',
      'HYP1 1 2 00000000 ',
      'foo',
      ' ',
      '[',
      ': ',
      '"',
      'NOTICE:  BL1: x',
    )
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        expect(partsOf(pieces.join('')).join('')).toBe(pieces.join(''))
      }),
    )
  })
})

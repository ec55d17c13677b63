import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ShownConsole } from '../../../domain/attempt.ts'
import { stampOf } from '../../../domain/console/kernel-message.ts'
import { readLines } from '../../../domain/console/line-reader.ts'
import { faultsOf } from '../../../domain/faults/read-faults.ts'
import { ConsoleReader, wholeText } from '../../../domain/shown/console-reader.ts'
import { knownLines } from '../../../domain/shown/known-lines.ts'
import { StageFollower } from '../../../domain/stage/stage-follower.ts'
import { taintsOf } from '../../../domain/taint/taints-of.ts'

const real = readFileSync(join(import.meta.dirname, '../../fixtures/consoles/linux-6.18.5-ffa-builtin-pkvm.uart0.log'))

function read(...chunks: Uint8Array[]): ShownConsole {
  const reader = new ConsoleReader('uart0', new StageFollower())
  for (const chunk of chunks) reader.push(chunk)
  return reader.end()
}

const stall = (n: number): string =>
  [
    'rcu: INFO: rcu_preempt self-detected stall on CPU',
    `rcu: \t0-....: (${n} ticks this GP) idle=2b64/1/0x4000000000000002`,
    'pc : spin_here+0x10/0x20',
    'Call trace:',
    ' spin_here+0x10/0x20 (P)',
  ]
    .map((text) => `[${(n / 1000).toFixed(6).padStart(12)}] ${text}\r\n`)
    .join('')
const chatter = (from: number, lines: number): string =>
  Array.from({ length: lines }, (_, n) => `[${((from + n) / 1000).toFixed(6).padStart(12)}] usb: device ${n}\r\n`).join(
    '',
  )

describe('a console that is read as a stream', () => {
  it('shows every line, what is known of it and all damage, as long as it is a boot’s', () => {
    const raw = readLines(real)
    // As the console is handed over from the early one, each says two lines.
    const lines = raw.filter(({ text }, n) => text !== raw[n - 1]?.text || !stampOf(text))
    expect(raw.length - lines.length).toBe(2)
    const shown = read(real)
    expect(shown.lines).toEqual(lines)
    expect(shown.known).toEqual(knownLines(lines))
    expect(shown.taints).toEqual(taintsOf([{ console: 'uart0', lines: raw }]))
    expect(shown.unkept).toBeUndefined()
  })

  it('is the same however its bytes are cut', () => {
    const whole = read(real)
    fc.assert(
      fc.property(fc.array(fc.nat(real.length), { maxLength: 6 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), real.length]
        expect(read(...at.slice(1).map((to, n) => real.subarray(at[n], to)))).toEqual(whole)
      }),
      { numRuns: 20 },
    )
  })

  it('keeps only a part of a console of empty lines', () => {
    expect(read(Buffer.from('\n'.repeat(200_000))).lines.length).toBeLessThan(100_000)
  })

  const long = chatter(0, (3 * wholeText) / 30)

  it('keeps the whole report of a fault far behind what is kept whole, and its end', () => {
    const text = `${long}${stall(900_000)}${chatter(900_001, 2000)}the end\r\n`
    const shown = read(Buffer.from(text))
    expect(shown.lines.length).toBeLessThan(text.split('\n').length / 2)
    expect(shown.lines.at(-1)?.text).toBe('the end')
    expect(shown.lines.at(-1)?.number).toBe(text.split('\n').length - 1)
    expect(faultsOf([shown])).toEqual([
      expect.objectContaining({
        title: 'RCU stall in spin_here',
        evidence: expect.objectContaining({ text: stall(900_000).trimEnd().replaceAll('\r', '') }),
      }),
    ])
  })

  it('keeps no more of a kernel that reports for ever the longer it does, and counts what it does not keep', () => {
    const flood = (stalls: number): ShownConsole =>
      read(Buffer.from(long + Array.from({ length: stalls }, (_, n) => stall(900_000 + n)).join('')))
    const [short, twice] = [flood(4_000), flood(8_000)]
    expect(twice.lines.length).toBe(short.lines.length)
    for (const [shown, stalls] of [
      [short, 4_000],
      [twice, 8_000],
    ] as const)
      expect(faultsOf([shown]).length + shown.unkept!.kernel).toBe(stalls)
  })
})

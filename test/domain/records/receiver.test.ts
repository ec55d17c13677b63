import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../domain/records/crc32.ts'
import { encodeFrame, maxFrame, payloadOf } from '../../../domain/records/frame.ts'
import { RecordReceiver } from '../../../domain/records/receiver.ts'
import type { RecordBody } from '../../../domain/records/record.ts'
import { bodies, withEnd } from './bodies.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))
const frame = (sequence: number, body: RecordBody): string => encodeFrame({ sequence, payload: payloadOf(body) })
const printk = '[    1.234567] optee: Unexpected error -22\r\n'

/** One thing that happens to a stream: a byte is changed, lost or doubled, or a printk cuts in. */
const damage = fc.record({
  kind: fc.constantFrom('change', 'lose', 'double', 'printk', 'cut'),
  at: fc.nat(),
  value: fc.nat(255),
})
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function apply(text: string, { kind, at: anywhere, value }: Damage): string {
  const at = anywhere % (text.length + 1)
  const before = text.slice(0, at)
  if (kind === 'change') return before + String.fromCharCode(value) + text.slice(at + 1)
  if (kind === 'lose') return before + text.slice(at + 1 + (value % 5))
  if (kind === 'double') return before + text.slice(Math.max(0, at - (value % 5)))
  if (kind === 'printk') return before + printk + text.slice(at)
  return before
}

describe('receiver', () => {
  it('yields records as they come, byte by byte, and is done with the end', () => {
    const list = withEnd([{ fact: 'mount', what: 'proc', rc: 0 }])
    const receiver = new RecordReceiver()
    const seen: string[] = []
    let said = ''
    for (const byte of bytes(list.map((body, n) => frame(n + 1, body)).join(''))) {
      const received = receiver.feed(Uint8Array.of(byte))
      seen.push(...received.records.map(({ sequence, body }) => `${sequence} ${body.fact}`))
      said += received.say
    }
    expect(seen).toEqual(['1 mount', '2 end'])
    expect(said).toBe('DONE\n')
    expect(receiver.complete).toBe(true)
  })

  it('asks at each end for what is missing, and says DONE at each end after that', () => {
    const list = withEnd([
      { fact: 'mount', what: 'a', rc: 0 },
      { fact: 'mount', what: 'b', rc: 0 },
      { fact: 'mount', what: 'c', rc: 0 },
    ])
    const line = (n: number): string => frame(n, list[n - 1] as RecordBody)
    const receiver = new RecordReceiver()
    expect(receiver.feed(bytes(line(1) + line(2).replace('mount', 'mo\r\n[ 1.0] printk\r\nunt'))).say).toBe('')
    expect(receiver.damaged).toBe(1)
    expect(receiver.feed(bytes(line(4))).say).toBe('RESEND 2\nRESEND 3\n')
    expect(receiver.missing()).toEqual([2, 3])
    expect(receiver.feed(bytes(line(3))).say).toBe('')
    expect(receiver.feed(bytes(line(4))).say).toBe('RESEND 2\n')
    expect(receiver.feed(bytes(line(2) + line(4))).say).toBe('DONE\n')
    expect(receiver.feed(bytes(line(4))).say).toBe('DONE\n')
    expect(receiver.records().map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
  })

  it("finds a frame behind text on the same line and before a terminal's CR", () => {
    const receiver = new RecordReceiver()
    const line = frame(1, { fact: 'mount', what: 'a', rc: 0 }).replace('\n', '\r\n')
    expect(receiver.feed(bytes(`[    0.1] half a printkHYP1 2 9 ${line}`)).records).toHaveLength(1)
  })

  it('finds a frame with a line of the kernel behind it, however its bytes come', () => {
    const line = frame(1, { fact: 'list', path: '/sys', rc: 0, names: ['a[0]', '[    1.000000] b'] }).trimEnd()
    const long = `[    1.234567] Kernel command line: ${'x'.repeat(2000)}\r\n\r\n`
    for (const size of [1, 7, 10_000]) {
      const receiver = new RecordReceiver()
      const all = bytes(line + long + line + printk)
      for (let at = 0; at < all.length; at += size) receiver.feed(all.subarray(at, at + size))
      expect(receiver.records()).toHaveLength(1)
      expect(receiver.damaged).toBe(0)
    }
  })

  it('hears a line of the kernel behind a frame with many brackets in it', () => {
    const receiver = new RecordReceiver()
    const said = '[    1.234567] optee: Unexpected error -22'
    const names = ['a[x]', '[', '[[', '[[[']
    receiver.feed(bytes(`${frame(1, { fact: 'list', path: '/sys', rc: 0, names }).trimEnd()}${said}\r\n`))
    expect(receiver.heard.has(crc32(said))).toBe(true)
  })

  it('bounds what a broken guest can make it ask for', () => {
    const receiver = new RecordReceiver()
    const asked = receiver.feed(bytes(frame(9999, { fact: 'end', records: 9999 }))).say
    expect(asked.split('\n')).toHaveLength(65)
    expect(asked.length).toBeLessThan(4096)
  })

  it('does not ask again for a whole frame that is no record, and tells of it', () => {
    const receiver = new RecordReceiver()
    receiver.feed(bytes(encodeFrame({ sequence: 1, payload: '{"fact":"mount"}' })))
    expect(receiver.feed(bytes(frame(2, { fact: 'end', records: 2 }))).say).toBe('DONE\n')
    expect(receiver.rejected()).toEqual([{ sequence: 1, why: expect.stringContaining('what') }])
  })

  it('keeps the first of two different records under one number, and refuses an end that miscounts', () => {
    const receiver = new RecordReceiver()
    receiver.feed(bytes(frame(1, { fact: 'mount', what: 'a', rc: 0 }) + frame(1, { fact: 'mount', what: 'b', rc: 0 })))
    receiver.feed(bytes(frame(2, { fact: 'end', records: 5 })))
    expect(receiver.records()).toEqual([{ sequence: 1, body: { fact: 'mount', what: 'a', rc: 0 } }])
    expect(receiver.rejected().map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(receiver.complete).toBe(false)
  })

  it('keeps a line that has not ended short, so that endless garbage costs no memory', () => {
    const receiver = new RecordReceiver()
    for (let n = 0; n < 50; n++) receiver.feed(bytes('HYP1 x'.repeat(1000)))
    const whole = frame(1, { fact: 'could-not', what: 'x', why: 'y'.repeat(maxFrame - 100) })
    expect(receiver.feed(bytes(whole)).records).toHaveLength(1)
  })

  it('any bytes, in any pieces: never throws, and finds no record in noise', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array(),
            fc.string().map((text) => bytes(`HYP1 ${text}\n`)),
          ),
        ),
        (pieces) => {
          const receiver = new RecordReceiver()
          for (const piece of pieces) expect(receiver.feed(piece)).toEqual({ records: [], say: '' })
        },
      ),
    )
  })

  it('any damage: never a wrong record, and with resends everything arrives', () => {
    fc.assert(
      fc.property(
        fc.array(bodies, { maxLength: 12 }),
        fc.array(fc.array(damage, { maxLength: 6 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 300 }),
        (list, rounds, piece) => {
          const sent = withEnd(list)
          const receiver = new RecordReceiver()
          let wire = sent.map((body, n) => frame(n + 1, body)).join('')
          // Like init: what was asked for, then the end again; the last rounds are undamaged.
          for (let round = 0; round <= rounds.length + 1 && !receiver.complete; round++) {
            const damaged = (rounds[round] ?? []).reduce(apply, wire) + '\n'
            let said = ''
            for (let at = 0; at < damaged.length; at += piece) {
              said += receiver.feed(bytes(damaged.slice(at, at + piece))).say
            }
            const asked = [...said.matchAll(/RESEND (\d+)\n/g)].map((match) => Number(match[1]))
            wire = [...asked, sent.length].map((n) => frame(n, sent[n - 1] as RecordBody)).join('')
          }
          expect(receiver.complete).toBe(true)
          expect(receiver.records()).toEqual(sent.map((body, n) => ({ sequence: n + 1, body })))
          expect(receiver.rejected()).toEqual([])
        },
      ),
      { numRuns: 250 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../domain/records/crc32.ts'
import { encodeFrame, payloadOf } from '../../../domain/records/frame.ts'
import { kernelLogOf, kernelLogText } from '../../../domain/records/kernel-log.ts'
import { LineSums } from '../../../domain/records/line-sums.ts'
import { RecordReceiver } from '../../../domain/records/receiver.ts'
import type { RecordBody, TargetRecord } from '../../../domain/records/record.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))
const hex = (line: string): string => crc32(line).toString(16).padStart(8, '0')
const said = Array.from({ length: 70 }, (_, n) => `[    1.${String(n).padStart(6, '0')}] line number ${n} \u00e9`)

/** The records by which init tells of these lines, the end included. */
function recordsOf(lines: string[]): RecordBody[] {
  const sums = Array.from({ length: Math.ceil(lines.length / 32) }, (_, n): RecordBody => {
    const of = lines.slice(32 * n, 32 * n + 32)
    return { fact: 'log', from: 32 * n, lines: lines.length, lost: 0, sums: of.map(hex).join('') }
  })
  return [...sums, { fact: 'end', records: sums.length + 1 }]
}

const all = (): boolean => true

function kernelLogIn(console: string, records: TargetRecord[]) {
  const lines = new LineSums(all)
  lines.feed(bytes(console))
  const log = kernelLogOf([{ console: 'uart0', lines }], records)
  return log && { ...log, text: kernelLogText(log, lines, records) }
}

/** A guest that answers each request at once, over a wire. */
function exchange(console: string, lines: string[], wire = (frame: string): string => frame): RecordReceiver {
  const receiver = new RecordReceiver()
  const records = recordsOf(lines)
  const frameOf = (sequence: number): string => {
    const line = sequence - records.length - 1
    const body = records[sequence - 1] ?? ({ fact: 'log-line', line, text: lines[line] ?? '' } as const)
    return wire(encodeFrame({ sequence, payload: payloadOf(body) }))
  }
  let { say } = receiver.feed(bytes(console + records.map((_, n) => frameOf(n + 1)).join('')))
  for (let turn = 0; !say.includes('DONE') && turn < 500; turn++) {
    const asked = [...say.matchAll(/RESEND (\d+)\n/g)].map((match) => frameOf(Number(match[1])))
    say = receiver.feed(bytes(asked.join('') + frameOf(records.length))).say
  }
  return receiver
}

describe('the kernel’s log and a console', () => {
  it('are held against each other line by line, by sums over the bytes', () => {
    const console = said.map((line) => `${line}\r\n`).join('')
    const receiver = exchange(console, said)
    expect(kernelLogIn(console, receiver.records())).toMatchObject({ lines: 70, damaged: [], text: said })
  })

  it('tell nothing where init told of a part of the log only', () => {
    const console = said.map((line) => `${line}\r\n`).join('')
    const part = recordsOf(said).slice(1)
    const records = part.map((body, n): TargetRecord => ({ sequence: n + 1, body }))
    expect(kernelLogIn(console, records)).toBeUndefined()
  })

  it('leave a line open that cannot be had again, and do not wait for it for ever', () => {
    const console = said.slice(1).join('\r\n')
    const receiver = exchange(`${console}\r\n`, said, (frame) => (frame.includes('"log-line"') ? '' : frame))
    expect(receiver.complete).toBe(true)
    const log = kernelLogIn(`${console}\r\n`, receiver.records())
    expect(log).toMatchObject({ damaged: [0], mended: 0 })
    expect(log?.text).toBeUndefined()
  })

  it('come to the kernel’s own words whatever a wire does to a console and to what is given again', () => {
    const wire = fc.record({ seed: fc.integer(), kind: fc.constantFrom('lose', 'double', 'flip') })
    fc.assert(
      fc.property(wire, ({ seed, kind }) => {
        let state = seed
        const isHit = (): boolean => {
          state = (Math.imul(state, 1664525) + 1013904223) | 0
          return state >>> 0 < 2 ** 32 / 400
        }
        const damage = (text: string): string =>
          text
            .split('')
            .map((char) => {
              if (!isHit()) return char
              return { lose: '', double: char + char, flip: String.fromCharCode(char.charCodeAt(0) ^ 4) }[kind]
            })
            .join('')
        const console = `${damage(said.map((line) => `${line}\r\n`).join(''))}\n`
        const log = kernelLogIn(console, exchange(console, said, damage).records())
        expect(log?.text).toEqual(said)
        expect(log?.mended).toBe(log?.damaged.length)
      }),
      { numRuns: 50 },
    )
  })
})

describe('sums of a console’s lines', () => {
  it('are the same however the bytes are cut', () => {
    const text = bytes(said.map((line) => `half a record${line}\r\r\n`).join(''))
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (cuts) => {
        const sums = new LineSums(all)
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        for (let n = 1; n < at.length; n++) sums.feed(text.subarray(at[n - 1], at[n]))
        expect(said.filter((line) => sums.line(crc32(line)) !== line)).toEqual([])
      }),
    )
  })

  it('pass over what has no end and is longer than any message', () => {
    const sums = new LineSums(all)
    for (let n = 0; n < 100; n++) sums.feed(bytes('x'.repeat(10_000)))
    sums.feed(bytes(`\n${said[0]}\n`))
    expect(sums.line(crc32(said[0]!))).toBe(said[0])
  })
})

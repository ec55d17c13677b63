import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  longestSubnegotiation,
  TelnetDecoder,
  telnetData,
  type TelnetEvent,
} from '../../../domain/console/telnet-decoder.ts'
import { cuts, joined, pieces, telnetBytes } from './cut.ts'

/** The hello of ser2net 4.3.11's `telnet(rfc2217)`. */
const hello = 'fffb03 fffd03 fffb01 fffe01 fffd00 fffb00 fffd2c'

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

function decode(parts: Uint8Array[]): { data: number[]; events: TelnetEvent[] } {
  const events: TelnetEvent[] = []
  const decoder = new TelnetDecoder((event) => events.push(event))
  return { data: [...joined(parts.map((part) => new Uint8Array(decoder.push(part))))], events }
}

describe('a telnet stream', () => {
  it('is decoded the same wherever it is cut', () => {
    fc.assert(
      fc.property(telnetBytes, cuts, (bytes, at) => {
        const all = Uint8Array.from(bytes)
        expect(decode(pieces(all, at))).toEqual(decode([all]))
      }),
    )
  })

  it('gives back any data that was sent, whatever negotiation stands in it', () => {
    fc.assert(
      fc.property(fc.array(telnetBytes, { maxLength: 5 }), cuts, (runs, at) => {
        const parts = runs.flatMap((run) => [telnetData(Uint8Array.from(run)), hex(hello)])
        expect(decode(pieces(joined(parts), at)).data).toEqual(runs.flat())
      }),
    )
  })

  it('doubles 0xFF and touches no other byte, not even CR or NUL', () => {
    fc.assert(
      fc.property(telnetBytes, (bytes) => {
        const sent = telnetData(Uint8Array.from(bytes))
        expect([...sent]).toEqual(bytes.flatMap((byte) => (byte === 255 ? [255, 255] : [byte])))
      }),
    )
  })

  it('keeps CR NUL, CR LF and a lone CR as they come', () => {
    expect(decode([hex('0d00 0d0a 0d 41')])).toEqual({ data: [0x0d, 0, 0x0d, 0x0a, 0x0d, 0x41], events: [] })
  })

  it('tells the options of a hello in their order and takes them out of the data', () => {
    const { data, events } = decode([hex(`41 ${hello} 42`)])
    expect(data).toEqual([0x41, 0x42])
    expect(events.map((event) => (event.kind === 'negotiation' ? `${event.verb} ${event.option}` : event))).toEqual([
      'will 3',
      'do 3',
      'will 1',
      'dont 1',
      'do 0',
      'will 0',
      'do 44',
    ])
  })

  it('tells a subnegotiation with a doubled 0xFF in it', () => {
    expect(decode([hex('fffa 2c 65 ffff 01 fff0 41')])).toEqual({
      data: [0x41],
      events: [{ kind: 'subnegotiation', option: 44, bytes: Uint8Array.of(0x65, 0xff, 1) }],
    })
  })

  it('tells NOP as a command and loses no data behind it', () => {
    expect(decode([hex('fff1 41')])).toEqual({ data: [0x41], events: [{ kind: 'command', code: 241 }] })
  })

  it('does not swallow a console for ever behind a subnegotiation that never ends', () => {
    const text = new Uint8Array(2 * longestSubnegotiation).fill(0x61)
    const { data, events } = decode([hex('fffa 2c'), text])
    expect(events).toEqual([{ kind: 'overlong', option: 44 }])
    expect(data).toHaveLength(longestSubnegotiation)
  })
})

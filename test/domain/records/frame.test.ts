import fc from 'fast-check'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../domain/records/crc32.ts'
import {
  decodeFrame,
  encodeFrame,
  maxFrame,
  maxPayload,
  maxSequence,
  payloadOf,
} from '../../../domain/records/frame.ts'
import { parsePayload } from '../../../domain/records/record-schema.ts'
import { bodies } from './bodies.ts'

describe('crc32', () => {
  it('is the CRC-32 of zlib', () => {
    expect(crc32('123456789')).toBe(0xcbf43926)
    fc.assert(fc.property(fc.string(), (text) => crc32(text) === zlibCrc32(text) || !/^[\x00-\x7f]*$/.test(text)))
  })
})

describe('frame', () => {
  it('looks as documented', () => {
    const payload = payloadOf({ fact: 'mount', what: '/procé\n', rc: 0 })
    expect(payload).toBe('{"fact":"mount","what":"/proc\\u00e9\\n","rc":0}')
    expect(encodeFrame({ sequence: 7, payload })).toBe(
      `HYP1 7 ${payload.length} ${zlibCrc32(`7 ${payload.length} ${payload}`).toString(16).padStart(8, '0')} ${payload}\n`,
    )
  })

  it('brings every record back unchanged, in printable ASCII', () => {
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: maxSequence }), (body, sequence) => {
        const line = encodeFrame({ sequence, payload: payloadOf(body) })
        expect(line).toMatch(/^[\x20-\x7e]*\n$/)
        const frame = decodeFrame(line.slice(0, -1))
        expect(frame?.sequence).toBe(sequence)
        expect(parsePayload(frame?.payload ?? '')).toEqual({ ok: true, body })
      }),
    )
  })

  it('is at most maxFrame long', () => {
    const line = encodeFrame({ sequence: maxSequence, payload: 'x'.repeat(maxPayload) })
    expect(line.length).toBe(maxFrame + 1)
    expect(decodeFrame(line.slice(0, -1))?.payload.length).toBe(maxPayload)
  })

  it('is refused when any one character of it changed, also in its sequence number and length', () => {
    const line = encodeFrame({ sequence: 12, payload: payloadOf({ fact: 'module', name: 'optee', rc: 0 }) }).slice(
      0,
      -1,
    )
    for (let at = 0; at < line.length; at++) {
      for (let code = 0x20; code < 0x7f; code++) {
        const char = String.fromCharCode(code)
        if (char === line[at]) continue
        expect(decodeFrame(line.slice(0, at) + char + line.slice(at + 1))).toBeUndefined()
      }
    }
  })

  it('is refused beyond its bounds though the checksum holds', () => {
    const oversized = encodeFrame({ sequence: maxSequence + 1, payload: '{}' }).slice(0, -1)
    expect(decodeFrame(oversized)).toBeUndefined()
    expect(decodeFrame(encodeFrame({ sequence: 1, payload: 'x'.repeat(maxPayload + 1) }).slice(0, -1))).toBeUndefined()
    expect(decodeFrame(encodeFrame({ sequence: 1, payload: 'a\tb' }).slice(0, -1))).toBeUndefined()
  })
})

describe('payload', () => {
  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (payload) => typeof parsePayload(payload).ok === 'boolean'))
  })

  it.each([
    ['no JSON', '{', /not JSON/],
    ['unknown fact', '{"fact":"x"}', /fact/],
    ['positive rc', '{"fact":"mount","what":"a","rc":1}', /rc/],
    ['endless end', '{"fact":"end","records":1e9}', /records/],
    ['prototype key', '{"__proto__":{"fact":"end"}}', /./],
    ['a null part', '{"fact":"file","path":"a","rc":0,"text":"","part":null}', /part/],
  ])('says what is wrong: %s', (_, payload, why) => {
    const parsed = parsePayload(payload)
    expect(parsed.ok ? '' : parsed.why).toMatch(why)
  })
})

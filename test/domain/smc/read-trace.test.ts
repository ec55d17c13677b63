import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSmcTrace } from '../../../domain/smc/read-trace.ts'
import { rawTrace, traced } from './traces.ts'

const whole = rawTrace(traced.modulePkvm)
const header = 32
const record = 96

test('a stored trace is read whole, in the order in which calls were made', () => {
  const { calls, groups, bytes, damage, began } = readSmcTrace(whole)
  expect(damage).toBeUndefined()
  expect(bytes).toBe(whole.length)
  expect(groups).toEqual(['ffa', 'psci', 'trng'])
  expect(calls.map(({ entry }) => entry)).toEqual(calls.map((_, index) => index + 1))
  expect(calls.every(({ at }, index) => at >= (calls[index - 1]?.at ?? began))).toBe(true)
  expect(calls.length + calls.filter(({ response }) => response).length).toBe((whole.length - header) / record)
})

test('a call and its answer have the registers that the caller had', () => {
  const version = readSmcTrace(whole).calls.find(
    ({ from, to, request }) => from === 1 && to === 2 && request[0] === 0x84000063n,
  )
  expect(version).toMatchObject({ cpu: 1, secure: false, request: [0x84000063n, 0x10002n, 0n, 0n, 0n, 0n, 0n, 0n] })
  expect(version?.response?.[0]).toBe(0x10002n)
  expect(version?.returned).toBeGreaterThan(version?.at ?? Infinity)
})

test('a trace that was cut anywhere is good up to its last whole record', () => {
  const all = readSmcTrace(whole).calls
  fc.assert(
    fc.property(fc.nat(whole.length), (length) => {
      const { calls, bytes, damage } = readSmcTrace(whole.subarray(0, length))
      const records = Math.max(0, Math.floor((length - header) / record))
      expect(bytes).toBe(length < header ? 0 : header + records * record)
      expect(damage === undefined).toBe(length === bytes && length >= header)
      for (const [index, { response: _, returned: __, ...call }] of calls.entries())
        expect(all[index]).toMatchObject(call)
    }),
  )
})

test('any bytes are read without an error, and no further than they make sense', () => {
  const records = fc
    .uint8Array({ maxLength: 20 * record })
    .map((bytes) => Buffer.concat([whole.subarray(0, header), bytes]))
  const damaged = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 20 }).map((changes) => {
    const copy = Uint8Array.from(whole)
    for (const [at, value] of changes) copy[at] = value
    return copy
  })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 4 * record }), records, damaged), (bytes) => {
      const trace = readSmcTrace(bytes)
      expect(trace.bytes).toBeLessThanOrEqual(bytes.length)
      if (trace.damage === undefined) expect(trace.bytes).toBe(bytes.length)
      for (const [index, call] of trace.calls.entries()) {
        expect(call.entry).toBe(index + 1)
        expect(call.request).toHaveLength(8)
      }
    }),
    { numRuns: 150 },
  )
})

test('records that a later version made longer are read as far as they are known', () => {
  const longer = 112
  const parts: Uint8Array[] = [Uint8Array.from(whole.subarray(0, header))]
  new DataView(parts[0]!.buffer).setUint16(20, longer, true)
  for (let at = header; at < whole.length; at += record)
    parts.push(whole.subarray(at, at + record), new Uint8Array(longer - record).fill(0xff))
  expect(readSmcTrace(Buffer.concat(parts)).calls).toEqual(readSmcTrace(whole).calls)
})

test('ten thousand records are all read', () => {
  const big = new Uint8Array(header + 10_000 * record)
  big.set(whole.subarray(0, header))
  const view = new DataView(big.buffer)
  for (let n = 1; n <= 10_000; n++) {
    const at = header + (n - 1) * record
    view.setUint8(at, 1)
    view.setBigUint64(at + 8, BigInt(n), true)
  }
  expect(readSmcTrace(big).calls).toHaveLength(10_000)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../../domain/bytes/bytes.ts'
import { allocatedBanks, parseTpmTable, startMethodName, tpmAnswer } from '../../../domain/tpm/answer.ts'
import { tpmBanks } from '../probes/measured-records.ts'

const banksAnswer = tpmBanks([0x04, 0x0b], [0x0c])
const answer = banksAnswer.fact === 'tpm-command' ? banksAnswer.response : ''
const body = tpmAnswer(answer)?.body ?? new Uint8Array()

describe("a TPM's answer", () => {
  it('has a code and a body', () => {
    expect(tpmAnswer(answer)).toMatchObject({ code: 0 })
    expect(tpmAnswer('80010000000a00000101')).toEqual({ code: 0x101, body: new Uint8Array() })
  })

  it.each([
    ['nothing', ''],
    ['half a byte', `${answer}0`],
    ['no hex', 'x'.repeat(answer.length)],
    ['another size than it says', `${answer}00`],
    ['another tag', `8003${answer.slice(4)}`],
  ])('is none when it is %s', (_name, hex) => expect(tpmAnswer(hex)).toBeUndefined())

  it('names the banks that have a PCR, and not those that have none', () => {
    expect(allocatedBanks(body)).toEqual(['sha1', 'sha256'])
  })

  it('is cut anywhere and names no banks', () => {
    for (let length = 0; length < body.length; length++)
      expect(allocatedBanks(body.subarray(0, length)), `${length} bytes`).toBeUndefined()
  })

  it('is read whatever it is, and only when it is as long as it says', () =>
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), damaged(fromHex(answer) ?? new Uint8Array())), (bytes) => {
        const read = tpmAnswer(toHex(bytes))
        if (read) expect(read.body).toHaveLength(bytes.length - 10)
        const banks = allocatedBanks(read?.body ?? bytes)
        if (banks) expect(banks.length).toBeLessThanOrEqual(16)
      }),
      { numRuns: 500 },
    ))
})

/** TPM2 of ACPI for a CRB over FF-A: 36 bytes of header, platform class, reserved, address, method, its parameters. */
function table(method: number): Uint8Array {
  const bytes = Buffer.alloc(76)
  bytes.write('TPM2')
  bytes.writeUInt32LE(76, 4)
  bytes.writeBigUInt64LE(0x1_2345_6000n, 40)
  bytes.writeUInt32LE(method, 48)
  bytes.writeUInt16LE(0x8003, 54)
  return bytes
}

describe('the ACPI table of a TPM', () => {
  it('tells where the TPM is, how it is started, and over FF-A in which partition', () => {
    expect(parseTpmTable(table(15))).toEqual({ startMethod: 15, address: 0x1_2345_6000, partition: 0x8003 })
    expect(parseTpmTable(table(7))).toEqual({ startMethod: 7, address: 0x1_2345_6000 })
    expect(startMethodName(15)).toBe('CRB over FF-A')
    expect(startMethodName(99)).toBe('start method 99')
  })

  it('is read whatever it is, and is none without its signature', () =>
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 90 }), damaged(table(15))), (bytes) => {
        const read = parseTpmTable(bytes)
        if (read) expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe('TPM2')
        if (bytes.length < 52) expect(read).toBeUndefined()
      }),
      { numRuns: 500 },
    ))
})

/** Bytes of which some are changed and the end may be cut. */
function damaged(whole: Uint8Array): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 })
  return fc.tuple(changes, fc.nat(whole.length)).map(([changed, length]) => {
    const copy = Uint8Array.from(whole)
    for (const [at, value] of changed) copy[at] = value
    return copy.subarray(0, length)
  })
}

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../domain/bytes/bytes.ts'
import { bankName, bankOf, banks, digest } from '../../../domain/digest/bank.ts'

describe.each(banks.map(({ name }) => name))('%s', (name) => {
  const openssl = (...parts: Uint8Array[]) =>
    parts.reduce((sum, part) => sum.update(part), createHash(name)).digest('hex')

  it('is what OpenSSL makes of every length around its blocks', () => {
    for (let length = 0; length < 300; length++) {
      const message = Uint8Array.from({ length }, (_, n) => n * 7)
      expect(toHex(digest(name, message) ?? new Uint8Array())).toBe(openssl(message))
    }
  })

  it('is what OpenSSL makes of any bytes, in parts or whole', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 200 }), (a, b) => {
        expect(toHex(digest(name, a, b) ?? new Uint8Array())).toBe(openssl(a, b))
      }),
      { numRuns: 50 },
    ))

  it('has the size that its bank says', () => {
    expect(digest(name, new Uint8Array())?.length).toBe(banks.find((bank) => bank.name === name)?.size)
  })
})

describe('banks', () => {
  it('are found by the numbers of the TCG', () => {
    expect(bankOf(0x0b)?.name).toBe('sha256')
    expect(bankName(0x12)).toBe('sm3')
    expect(bankName(0x7777)).toBe('tpm_alg_7777')
  })

  it('that we do not know give nothing', () => {
    expect(digest('nonsense', new Uint8Array())).toBeUndefined()
  })
})

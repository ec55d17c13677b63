import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../domain/bytes/bytes.ts'
import { isPcrText, parsePcrs, parsePcrText } from '../../../domain/tcg/pcr-text.ts'
import { pcrPath } from '../../../domain/tcg/pcrs.ts'

const one = 'ab'.repeat(32)
const value = (pcrs: ReturnType<typeof parsePcrs>, bank: string, pcr: number) =>
  toHex(pcrs.get(bank)?.get(pcr) ?? new Uint8Array())

describe('PCR values', () => {
  it.each([
    [
      'tpm2_pcrread',
      `  sha1:\n    0 : 0x${'00'.repeat(20)}\n  sha256:\n    0 : 0x${one.toUpperCase()}\n    10: 0x${one}\n`,
    ],
    ['a mail', `A wrote:\n>   sha256:\n>     0 : 0x${one.toUpperCase()}\n>     10: 0x${one.toUpperCase()}\n`],
    [
      'tpm2_quote',
      `quoted: ff54\nsignature:\n  alg: ecdsa\n  sig: 3045\npcrs:\n  sha256:\n    0 : 0x${one.toUpperCase()}\n    10: 0x${one.toUpperCase()}\ncalcDigest: 8210\n`,
    ],
    [
      'grep in sysfs',
      `/sys/class/tpm/tpm0/pcr-sha256/0:${one.toUpperCase()}\n/sys/class/tpm/tpm0/pcr-sha256/10:${one}\r\n`,
    ],
    ['numbers alone', `pcrread: tsspcrread -halg sha256\n0: ${one}\n10: ${one}\n`],
    ['a TPM 1.2 in sysfs', `PCR-00: ${one.replaceAll(/(..)/g, '$1 ')}\nPCR-10: ${one.replaceAll(/(..)/g, '$1 ')}\n`],
    [
      'systemd-analyze',
      `NR NAME                SHA256\n 0 platform-code       ${one}\n10 ima                 ${one}\n`,
    ],
  ])('are read as %s writes them', (_name, text) => {
    const pcrs = parsePcrs(text)
    expect(value(pcrs, 'sha256', 0)).toBe(one)
    expect(value(pcrs, 'sha256', 10)).toBe(one)
  })

  it('are not made of a value that does not fit its bank, nor of other text', () => {
    expect(parsePcrs(`sha1:\n  0 : 0x${one}\n`)).toEqual(new Map())
    expect(parsePcrs('[    0.000000] Booting Linux\n10: not hex\n')).toEqual(new Map())
    expect(parsePcrs(`10 ima ${one}\n`)).toEqual(new Map())
    // IBM's TSS says so of PCRs that it computed.
    const bytes = '5c '.repeat(20).trim()
    expect(parsePcrs(`algorithmId TPM_ALG_SHA1\n PCR 00: ${bytes}\n`)).toEqual(new Map())
  })

  it.each([
    ['as it prints them', `pcrs:\n  sha256:\n    0  : 0x${one}\n    10 : 0x${one}\n`],
    ['without their head', `  sha256:\n    0  : 0x${one}\n    10 : 0x${one}\n`],
    ['blanks lost', `pcrs:\nsha256:\n0: 0x${one}\n10: 0x${one}\n`],
  ])('that tpm2_eventlog computed were read by nobody: %s', (_name, text) => {
    const { read, computed } = parsePcrText(text)
    expect([read.size, value(computed, 'sha256', 0), value(computed, 'sha256', 10)]).toEqual([0, one, one])
    expect(isPcrText(text)).toBe(true)
  })

  it('are in the bank that their tool names as it likes', () => {
    for (const name of ['sm3_256', 'sm3-256', 'SM3_256', 'sm3'])
      expect(value(parsePcrs(`${name}:\n  0 : 0x${one.toUpperCase()}\n`), 'sm3', 0)).toBe(one)
  })

  it('have paths of their own', () => {
    expect(pcrPath('/sys/class/tpm/tpm0/pcr-sha256/10')).toEqual({ bank: 'sha256', pcr: 10 })
    expect(pcrPath('pcr-sm3_256/0')).toEqual({ bank: 'sm3', pcr: 0 })
    expect(pcrPath('/sys/class/tpm/tpm0/caps')).toBeUndefined()
  })

  it('never throw, whatever the text is', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f: x\n]*$/)), (text) => void parsePcrs(text)),
    ))
})

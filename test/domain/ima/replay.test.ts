import { describe, expect, it } from 'vitest'
import { toHex } from '../../../domain/bytes/bytes.ts'
import {
  aggregateBank,
  aggregateKind,
  bootAggregates,
  bootAggregatesOf,
  isLate,
  matchingAggregate,
} from '../../../domain/ima/boot-aggregate.ts'
import { parseImaAscii } from '../../../domain/ima/parse-ascii.ts'
import { parseImaBinary } from '../../../domain/ima/parse-binary.ts'
import { listedPcrs, replayList } from '../../../domain/ima/replay.ts'
import type { Pcrs } from '../../../domain/tcg/pcrs.ts'
import { hash } from '../tcg/logs.ts'
import { asciiList, binaryList, bootAggregate, digestOf, everyTemplate, file, pcr10, violation } from './lists.ts'

const entries = [...everyTemplate(), file('/a'), violation('/b'), file('/c')]
const list = parseImaAscii(asciiList(entries))

describe('a list replayed against PCR 10', () => {
  it.each(['sha1', 'sha256', 'sha384', 'sha512'])('gives what a TPM has in %s, whichever file it came from', (bank) => {
    for (const each of [list, parseImaBinary(binaryList(entries)), parseImaBinary(binaryList(entries, bank))]) {
      const replay = replayList(each, bank, 10, pcr10(entries, bank))
      expect(replay).toMatchObject({ of: entries.length, fits: entries.length })
      expect(replay?.next).toBeUndefined()
    }
  })

  it('of a big-endian machine too', () => {
    const made = everyTemplate(false)
    expect(
      replayList(parseImaBinary(binaryList(made, 'sha1', false)), 'sha256', 10, pcr10(made, 'sha256', false))?.fits,
    ).toBe(made.length)
  })

  it.each([48, 20])('fits a bank for which the kernel has no hash, violations of %d bytes', (violationBytes) => {
    const extended = entries.map((entry) => {
      const padded = Buffer.alloc(48)
      if (entry.violation) padded.fill(0xff, 0, violationBytes)
      else digestOf(entry, 'sha1').copy(padded)
      return padded
    })
    const pcr = extended.reduce<Buffer>((value, each) => hash('sha384', value, each), Buffer.alloc(48))
    expect(replayList(list, 'sha384', 10, pcr)).toMatchObject({ fits: entries.length, padded: true })
    expect(replayList(list, 'sha384', 10, pcr10(entries, 'sha384'))).toMatchObject({ padded: false })
  })

  it('may be ahead of the PCR, and names the first entry that it does not have', () => {
    expect(replayList(list, 'sha256', 10, pcr10(entries.slice(0, -2)))).toMatchObject({
      fits: entries.length - 2,
      next: { entry: entries.length - 1 },
    })
    expect(replayList(list, 'sha256', 10, Buffer.alloc(32))).toMatchObject({ fits: 0, next: { entry: 1 } })
  })

  it('does not fit a PCR that was extended with something else', () => {
    const replay = replayList(list, 'sha256', 10, hash('sha256', Buffer.alloc(64)))
    expect(replay).toMatchObject({ of: entries.length })
    expect(replay?.fits).toBeUndefined()
  })

  it('extends 0xff for a violation and not the zeros that it lists', () => {
    const replay = replayList(parseImaAscii(asciiList([violation('/x')])), 'sha256', 10, new Uint8Array(32))
    expect(toHex(replay?.value ?? new Uint8Array())).toBe(
      'bba91ca85dc914b2ec3efb9e16e7267bf9193b14350d20fba8a8b406730ae30a',
    )
    const sha1 = replayList(parseImaAscii(asciiList([violation('/x')])), 'sha1', 10, new Uint8Array(20))
    expect(toHex(sha1?.value ?? new Uint8Array())).toBe('bac37b84f007d0238af95af707cac8d61254870e')
  })

  it('gives the value computed by hand after a boot without TPM', () => {
    const replay = replayList(
      parseImaAscii(asciiList([bootAggregate(Buffer.alloc(32))])),
      'sha256',
      10,
      new Uint8Array(32),
    )
    expect(toHex(replay?.value ?? new Uint8Array())).toBe(
      '35d08f4de6c76c315d9ea3e5fea0305fc1e902506504f80d7c98d6d4e6e33072',
    )
  })

  it('keeps the PCRs of a policy apart', () => {
    const mixed = [file('/a'), { ...file('/b'), pcr: 11 }, file('/c')]
    const read = parseImaAscii(asciiList(mixed))
    expect(listedPcrs(read)).toEqual([10, 11])
    expect(replayList(read, 'sha256', 11, pcr10([file('/b')]))).toMatchObject({ of: 1, fits: 1 })
    expect(replayList(read, 'sha256', 10, pcr10([file('/a'), file('/c')]))).toMatchObject({ of: 2, fits: 2 })
  })

  it('goes on through kexec: two boot aggregates, one PCR', () => {
    const carried = [
      bootAggregate(hash('sha256', Buffer.alloc(1))),
      file('/a'),
      bootAggregate(hash('sha256', Buffer.alloc(2))),
      file('/b'),
    ]
    const read = parseImaAscii(asciiList(carried))
    expect(bootAggregatesOf(read).map(({ entry }) => entry)).toEqual([1, 3])
    expect(replayList(read, 'sha256', 10, pcr10(carried))?.fits).toBe(4)
  })

  it('says nothing of a bank that cannot be computed', () => {
    expect(replayList(list, 'tpm_alg_7777', 10, new Uint8Array(32))).toBeUndefined()
  })
})

describe('boot_aggregate', () => {
  const values = Array.from({ length: 10 }, (_, pcr) => hash('sha256', Buffer.from([pcr])))
  const pcrs: Pcrs = new Map([['sha256', new Map(values.entries())]])
  const entry = (digest: Buffer, name?: string, algorithm?: string) =>
    parseImaAscii(asciiList([bootAggregate(digest, name, algorithm)])).entries[0]!

  it('is over PCRs 0 to 9, and 0 to 7 of an old kernel', () => {
    const now = hash('sha256', ...values)
    const before = hash('sha256', ...values.slice(0, 8))
    expect(bootAggregates(pcrs, 'sha256').map(({ rule, digest }) => [rule, toHex(digest)])).toEqual([
      ['0-9', now.toString('hex')],
      ['0-7', before.toString('hex')],
    ])
    expect(matchingAggregate(entry(now), pcrs)).toMatchObject({ bank: 'sha256', rule: '0-9' })
    expect(matchingAggregate(entry(before), pcrs)).toMatchObject({ bank: 'sha256', rule: '0-7' })
    expect(matchingAggregate(entry(hash('sha256', now)), pcrs)).toBeUndefined()
  })

  it('is over PCRs 0 to 7 in the SHA-1 bank', () => {
    const sha1 = Array.from({ length: 10 }, (_, pcr) => hash('sha1', Buffer.from([pcr])))
    const bank: Pcrs = new Map([['sha1', new Map(sha1.entries())]])
    expect(bootAggregates(bank, 'sha1')[0]).toMatchObject({
      rule: '0-7',
      digest: new Uint8Array(hash('sha1', ...sha1.slice(0, 8))),
    })
  })

  it('is not made of PCRs of which one is missing', () => {
    expect(
      bootAggregates(new Map([['sha256', new Map(values.slice(0, 9).entries())]]), 'sha256').map(({ rule }) => rule),
    ).toEqual(['0-7'])
  })

  it.each([
    ['sm3', 'sm3'],
    ['sm3-256', 'sm3'],
    ['sha384', 'sha384'],
    ['rmd160', undefined],
  ])('of %s is over that bank', (algorithm, bank) => {
    expect(aggregateBank(entry(Buffer.alloc(32, 1), 'boot_aggregate', algorithm))).toBe(bank)
  })

  it.each([
    ['zero', '00'.repeat(32), 'sha256'],
    ['zero', '00'.repeat(20), 'sha1'],
    ['unmeasured', '7b6436b0c98f62380866d9432c2af0ee08ce16a171bda6951aecd95ee1307d61', 'sha256'],
    ['unmeasured', '9797edf8d0eed36b1cf92547816051c8af4e45ee', 'sha1'],
    ['measured', '83d19723ef3b3c05bb8ae70d86b3886c158f2408f1b71ed265886a7b79eb700e', 'sha256'],
  ])('says %s by itself', (kind, digest, algorithm) => {
    expect(aggregateKind(entry(Buffer.from(digest, 'hex'), 'boot_aggregate', algorithm))).toBe(kind)
  })

  it('is told from another entry, and from the one of a late start', () => {
    expect(aggregateKind(entry(Buffer.alloc(32), '/etc/passwd'))).toBeUndefined()
    expect(isLate(entry(Buffer.alloc(32), 'boot_aggregate_late'))).toBe(true)
    expect(isLate(entry(Buffer.alloc(32)))).toBe(false)
  })
})

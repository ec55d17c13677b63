import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../domain/bytes/bytes.ts'
import { bootAggregates, bootAggregatesOf, matchingAggregate } from '../../domain/ima/boot-aggregate.ts'
import { measuredDigest, nameOf, type MeasurementList } from '../../domain/ima/measurement.ts'
import { parseImaAscii } from '../../domain/ima/parse-ascii.ts'
import { parseImaBinary } from '../../domain/ima/parse-binary.ts'
import { firstWrongEntry, listedPcrs, replayList } from '../../domain/ima/replay.ts'
import { parseEventLog } from '../../domain/tcg/event-log.ts'
import { parsePcrs } from '../../domain/tcg/pcr-text.ts'
import type { Pcrs } from '../../domain/tcg/pcrs.ts'
import { replayEventLog } from '../../domain/tcg/replay.ts'
import { binaryList, everyTemplate, file, violation, type Made } from '../domain/ima/lists.ts'
import { hash } from '../domain/tcg/logs.ts'
import { evmBanks, evmBootAggregate, evmMatches, evmMeasurement } from './evmctl.ts'
import { bootFile, ownBoots, pcrsOf } from './own-boots.ts'
import { aggregateSample, shippedEventLogs, shippedLists, type NamedBytes } from './shipped-logs.ts'

const size = { sha1: 20, sha256: 32 }

/** What the first `count` entries of a list make of a PCR, by our replay. */
function replayed(list: MeasurementList, bank: 'sha1' | 'sha256', pcr: number, count: number): string {
  const beginning = { ...list, entries: list.entries.slice(0, count) }
  return toHex(replayList(beginning, bank, pcr, new Uint8Array(size[bank]))?.value ?? new Uint8Array())
}

/** The kernel's own file is in SHA-1, and evmctl reads no other. */
const ownLists: NamedBytes[] = ownBoots.flatMap((name) => {
  const bytes = bootFile(name, 'binary_runtime_measurements')
  return bytes ? [{ name, bytes }] : []
})

/** evmctl takes a list of the template `ima` or one of others, not both together. */
const madeLists: NamedBytes[] = [
  { name: 'made: every template', bytes: binaryList(everyTemplate().filter(({ template }) => template !== 'ima')) },
  { name: 'made: ima', bytes: binaryList(everyTemplate().filter(({ template }) => template === 'ima')) },
]

/** One of tpm2-tss is a single entry without its last byte. */
const wholeLists = shippedLists.filter(({ bytes }) => parseImaBinary(bytes).entries.length > 0)

it('there are lists to compare', () => {
  expect(ownLists.length).toBeGreaterThan(4)
  expect(shippedLists.length - wholeLists.length).toBe(1)
  expect(wholeLists.length).toBeGreaterThan(4)
})

describe.each([...ownLists, ...wholeLists, ...madeLists])('the list $name', ({ bytes }) => {
  const list = parseImaBinary(bytes)
  const [pcr = 10] = listedPcrs(list)

  it('replays, after each entry, to what evmctl says', async () => {
    // Some lists of tpm2-tss end in the middle of an entry.
    expect(list.problem?.why ?? 'cut off').toContain('cut off')
    expect(listedPcrs(list).every((each) => each === pcr)).toBe(true)
    const { replays } = await evmMeasurement(bytes, pcr)
    for (const bank of evmBanks) {
      const ours = list.entries.map((_, n) => replayed(list, bank, pcr, n + 1))
      expect(replays.get(bank)?.own, bank).toEqual(ours)
    }
  })

  it('has the entries that evmctl shows', async () => {
    const { entries } = await evmMeasurement(bytes, pcr)
    let from = 0
    for (const entry of list.entries) {
      const measured = measuredDigest(entry)
      const algorithm = measured?.algorithm === undefined ? '' : `${measured.algorithm}:`
      const shown = `${entry.pcr} ${toHex(entry.templateDigest)} ${entry.template} `
      const at = entries.indexOf(shown, from)
      expect(at, shown).toBeGreaterThanOrEqual(from)
      const line = entries.slice(at, at + 2000)
      expect(line).toContain(`${algorithm}${toHex(measured?.digest ?? new Uint8Array())} `)
      expect(Buffer.from(line).toString('utf8')).toContain(Buffer.from(nameOf(entry) ?? '', 'latin1').toString('utf8'))
      from = at + shown.length
    }
  })

  it('has template digests that both find right, or both wrong', async () => {
    const { verified } = await evmMeasurement(bytes, pcr)
    expect(firstWrongEntry(list) === undefined).toBe(verified)
  })

  it.runIf(list.entries.length > 0)(
    'is found wrong by both when one bit of its first template digest is turned',
    async () => {
      const turned = Buffer.from(bytes)
      turned[4] = (turned[4] ?? 0) ^ 1
      const { verified } = await evmMeasurement(turned, pcr)
      expect(verified).toBe(false)
      expect(firstWrongEntry(parseImaBinary(turned, { digestSize: 20, littleEndian: true }))?.entry).toBe(1)
    },
  )
})

describe.each(ownBoots)('the boot %s', (boot) => {
  const bytes = bootFile(boot, 'binary_runtime_measurements') ?? Buffer.alloc(0)
  const pcrs = pcrsOf(boot)

  it('has a list and PCRs of which evmctl and we say that they match', async () => {
    const list = parseImaBinary(bytes)
    for (const bank of evmBanks) {
      const read = pcrs.get(bank)?.get(10)
      if (!read) continue
      const replay = replayList(list, bank, 10, read)
      expect(replay, bank).toMatchObject({ fits: list.entries.length, padded: false })
      expect(await evmMatches(bytes, new Map([[bank, pcrs.get(bank) ?? new Map()]])), bank).toBe('own')
    }
  })

  it('has PCRs of which evmctl and we make the same boot_aggregate, the one that IMA listed', async () => {
    const ours = [...pcrs.keys()].flatMap((bank) => bootAggregates(pcrs, bank))
    const told = await evmBootAggregate(pcrs)
    expect(told).toHaveLength(evmBanks.filter((bank) => pcrs.has(bank)).length)
    expect(ours.map(({ bank, digest }) => `${bank}:${toHex(digest)}`)).toEqual(expect.arrayContaining(told))
    const [listed] = bootAggregatesOf(parseImaBinary(bytes))
    const match = listed && matchingAggregate(listed, pcrs)
    expect(told).toContain(`${match?.bank}:${toHex(match?.digest ?? new Uint8Array())}`)
  })
})

describe("the sample of evmctl's own test of boot_aggregate", () => {
  it('has an event log whose PCRs, replayed by us, give the aggregate that its list has, as evmctl finds', async () => {
    const log = shippedEventLogs.find(({ name }) => name.startsWith('sample-binary'))?.bytes ?? Buffer.alloc(0)
    const pcrs: Pcrs = new Map()
    for (const { bank, pcr, value } of replayEventLog(parseEventLog(log)))
      pcrs.set(bank, (pcrs.get(bank) ?? new Map<number, Uint8Array>()).set(pcr, value))
    const [entry] = bootAggregatesOf(parseImaAscii(aggregateSample('ascii_runtime_measurements')))
    const match = entry && matchingAggregate(entry, pcrs)
    expect(match).toMatchObject({ bank: 'sha256', rule: '0-9' })
    expect(await evmBootAggregate(pcrs)).toContain(`sha256:${toHex(match?.digest ?? new Uint8Array())}`)
    // The PCRs that were read on that machine say the same of its SHA-1 bank.
    const read = parsePcrs(aggregateSample('tpm-2.0')).get('sha1')
    for (let pcr = 0; pcr < 10; pcr++) expect(pcrs.get('sha1')?.get(pcr)).toEqual(read?.get(pcr))
  })
})

describe('a TPM bank for which the kernel has no hash', () => {
  const entries = [file('/a'), violation('/b'), file('/c')]
  const bytes = binaryList(entries)

  it.each([
    // security/integrity/ima/ima_queue.c ima_init_digests(), 6.18.5; evmctl knows the second alone.
    ['a violation is 0xff over the whole bank where the kernel has a number for its hash', 32],
    ['it is 0xff over the length of SHA-1 where the kernel has none', 20],
  ])('is replayed from SHA-1 digests with zeros behind them: %s', async (_name, violationSize) => {
    const value = extendPadded(entries, violationSize)
    expect(replayList(parseImaBinary(bytes), 'sha256', 10, value)).toMatchObject({ fits: 3, padded: true })
    const told = (await evmMeasurement(bytes)).replays.get('sha256')?.padded.at(-1)
    if (violationSize === 20) expect(told).toBe(value.toString('hex'))
    else expect(told).not.toBe(value.toString('hex'))
  })
})

/** SHA-256 over SHA-1 template digests with zeros behind them, told by OpenSSL. */
function extendPadded(entries: Made[], violationSize: number): Buffer {
  const list = parseImaBinary(binaryList(entries))
  return list.entries.reduce<Buffer>((value, { templateDigest }, n) => {
    const extended = Buffer.alloc(32)
    if (entries[n]?.violation) extended.fill(0xff, 0, violationSize)
    else extended.set(templateDigest)
    return hash('sha256', value, extended)
  }, Buffer.alloc(32))
}

describe('whatever IMA measures', () => {
  const entry = fc.oneof(
    { weight: 4, arbitrary: fc.stringMatching(/^\/[a-z0-9/._-]{1,30}$/).map((name) => file(name)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(violation('/v'), ...everyTemplate().filter(({ template }) => template !== 'ima')),
    },
  )

  it('evmctl and we replay alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 8 }), async (entries) => {
        const bytes = binaryList(entries)
        const { replays } = await evmMeasurement(bytes)
        const list = parseImaBinary(bytes)
        for (const bank of evmBanks)
          expect(replays.get(bank)?.own.at(-1)).toBe(replayed(list, bank, 10, entries.length))
      }),
      { numRuns: 15 },
    )
  })
})

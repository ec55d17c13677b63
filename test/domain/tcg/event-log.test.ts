import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeEvent } from '../../../domain/tcg/event-data.ts'
import { isEventLog, parseEventLog } from '../../../domain/tcg/event-log.ts'
import { contradictsItsData } from '../../../domain/tcg/measured-data.ts'
import { replayEventLog } from '../../../domain/tcg/replay.ts'
import { agileEvent, agileLog, oldLog, pcrAfter, someEvents, specIdEvent, text, u32, type Algorithm } from './logs.ts'

const banks: Algorithm[] = ['sha1', 'sha256', 'sha384', 'sha512']

describe('a TCG event log', () => {
  it('is read in the crypto-agile format, with the banks of its header', () => {
    const log = parseEventLog(agileLog(someEvents, banks))
    expect(log).toMatchObject({ format: 'crypto-agile', banks, header: { version: '2.0', errata: 0 } })
    expect(log.problem).toBeUndefined()
    expect(log.events).toHaveLength(someEvents.length + 1)
    expect(log.events[2]).toMatchObject({ index: 3, pcr: 7, typeName: 'EV_EFI_VARIABLE_DRIVER_CONFIG' })
    expect(log.events[1]?.offset).toBe(log.events[0]?.end)
  })

  it('is read in the format of TPM 1.2', () => {
    const log = parseEventLog(oldLog(someEvents))
    expect(log).toMatchObject({ format: 'tpm-1.2', banks: ['sha1'] })
    expect(log.events.map(({ pcr }) => pcr)).toEqual(someEvents.map(({ pcr }) => pcr))
    expect(log.startupLocality).toBeUndefined()
  })

  it.each(banks)('replays to what OpenSSL makes of it in %s', (bank) => {
    const replays = replayEventLog(parseEventLog(agileLog(someEvents, banks))).filter((each) => each.bank === bank)
    expect(replays.map(({ pcr }) => pcr)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9])
    for (const { pcr, value } of replays) expect(Buffer.from(value)).toEqual(pcrAfter(bank, pcr, someEvents))
  })

  it('starts PCR 0 with the locality that it tells', () => {
    const events = [{ pcr: 0, type: 3, data: text('StartupLocality\0\x03') }, ...someEvents]
    const log = parseEventLog(agileLog(events, ['sha256']))
    expect(log.startupLocality).toBe(3)
    const pcr0 = replayEventLog(log).find(({ pcr }) => pcr === 0)
    expect(pcr0 && Buffer.from(pcr0.value)).toEqual(pcrAfter('sha256', 0, events, 3))
  })

  it('starts PCR 0 with 4 after an H-CRTM event', () => {
    const events = [{ pcr: 0, type: 0x80000010, data: text('HCRTM') }, ...someEvents]
    const pcr0 = replayEventLog(parseEventLog(agileLog(events, ['sha256']))).find(({ pcr }) => pcr === 0)
    expect(pcr0 && Buffer.from(pcr0.value)).toEqual(pcrAfter('sha256', 0, events, 4))
  })

  it('goes on behind an event that extends nothing and names no PCR', () => {
    const events = [
      someEvents[0]!,
      { pcr: 0xffff_ffff, type: 3, data: text('SP800-155 Event\0') },
      ...someEvents.slice(1),
    ]
    for (const bytes of [agileLog(events), oldLog(events)]) {
      const log = parseEventLog(bytes)
      expect(log.problem).toBeUndefined()
      expect(isEventLog(bytes)).toBe(true)
      expect(replayEventLog(log).map(({ pcr }) => pcr)).not.toContain(0xffff_ffff)
      expect(log.events.map(describeEvent).join('\n')).toContain('EV_NO_ACTION in no PCR (SP800-155 Event)')
    }
    expect(parseEventLog(agileLog([{ ...events[1]!, type: 4 }])).problem?.why).toContain('names PCR 4294967295')
  })

  it('steps over digests of algorithms that only the header knows', () => {
    const unknown = [{ id: 0x7777, size: 13 }]
    const log = parseEventLog(agileLog(someEvents, ['sha256'], unknown))
    expect(log.problem).toBeUndefined()
    expect(log.banks).toEqual(['sha256', 'tpm_alg_7777'])
    expect(log.events.at(-1)?.digests).toMatchObject([{ bank: 'sha256' }, { bank: 'tpm_alg_7777' }])
    expect(replayEventLog(log).every(({ bank }) => bank === 'sha256')).toBe(true)
  })

  it('leaves a PCR out of a bank when an event has no digest for it', () => {
    const log = Buffer.concat([
      agileLog(someEvents.slice(0, 5), ['sha1', 'sha256']),
      agileEvent({ pcr: 7, type: 4, data: u32(0) }, ['sha256']),
    ])
    const replays = replayEventLog(parseEventLog(log)).filter(({ pcr }) => pcr === 7)
    expect(replays.map(({ bank }) => bank)).toEqual(['sha256'])
  })

  it.each([0, 0xff])('ends where the memory behind it is filled with %d', (fill) => {
    const log = parseEventLog(Buffer.concat([agileLog(someEvents), Buffer.alloc(5000, fill)]))
    expect(log.problem).toBeUndefined()
    expect(log.events).toHaveLength(someEvents.length + 1)
  })

  it('keeps the whole events of a log that is cut off, wherever that is', () => {
    const whole = agileLog(someEvents)
    const ends = parseEventLog(whole).events.map(({ end }) => end)
    for (let cut = specIdEvent(['sha1', 'sha256']).length; cut < whole.length; cut++) {
      const log = parseEventLog(whole.subarray(0, cut))
      const kept = ends.filter((end) => end <= cut).length
      expect(log.events).toHaveLength(kept)
      if (!ends.includes(cut)) expect(log.problem?.offset).toBe(ends[kept - 1])
    }
  })

  it.each([
    ['more digests than the header has', Buffer.concat([u32(0), u32(4), u32(9)]), 'claims 9 digests'],
    [
      'an algorithm that the header does not have',
      Buffer.concat([u32(0), u32(4), u32(1), Buffer.from([0x66, 0x66])]),
      '0x6666',
    ],
    ['a PCR that no TPM has', agileEvent({ pcr: 99, type: 4, data: u32(0) }, ['sha1', 'sha256']), 'PCR 99'],
  ])('says what is wrong with an event of %s', (_name, event, why) => {
    const { problem } = parseEventLog(Buffer.concat([agileLog(someEvents), event]))
    expect(problem?.why).toContain(why)
  })

  it('tells its events to people', () => {
    const { events } = parseEventLog(agileLog(someEvents))
    expect(events.map(describeEvent)).toContain('event 3, EV_EFI_VARIABLE_DRIVER_CONFIG in PCR 7 (SecureBoot)')
    expect(events.map(describeEvent)).toContain('event 15, EV_EVENT_TAG in PCR 9 (LOADED_IMAGE::LoadOptions)')
    expect(events.map(describeEvent)).toContain('event 6, EV_SEPARATOR in PCR 0 (0x0)')
  })

  it('knows which events contradict their own data, and which cannot', () => {
    const lying = { pcr: 7, type: 4, data: u32(0), measured: text('something else') }
    const log = parseEventLog(agileLog([...someEvents, lying]))
    expect(log.events.filter(contradictsItsData).map(({ index }) => index)).toEqual([log.events.length])
  })
})

describe('whatever bytes come', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.tuple(fc.nat(1200), fc.nat(255)).map(([at, value]) => {
      const log = agileLog(someEvents)
      log[at % log.length] = value
      return log
    }),
  )

  it('reading them does not throw, and events do not overlap', () =>
    fc.assert(
      fc.property(bytes, (each) => {
        const log = parseEventLog(each)
        isEventLog(each)
        replayEventLog(log)
        log.events.map(describeEvent)
        let end = 0
        for (const event of log.events) {
          expect(event.offset).toBe(end)
          expect(event.end).toBeGreaterThan(event.offset)
          end = event.end
        }
        expect(end).toBeLessThanOrEqual(each.length)
      }),
      { numRuns: 500 },
    ))

  it('kinds of files are told apart', () => {
    expect(isEventLog(agileLog(someEvents))).toBe(true)
    expect(isEventLog(oldLog(someEvents))).toBe(true)
    expect(isEventLog(text('[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]\n'))).toBe(false)
    expect(isEventLog(new Uint8Array())).toBe(false)
  })
})

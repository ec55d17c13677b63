import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from '../../../domain/probes/registry.ts'
import type { RecordBody } from '../../../domain/records/record.ts'
import { everyTemplate } from '../ima/lists.ts'
import { someEvents } from '../tcg/logs.ts'
import { bootRecords, tpmBanks, tpmCommand } from './measured-records.ts'
import { consoleOf, findingOf, recordsOf, shownOf } from './showing.ts'

const groups = ['tpm', 'ima', 'eventlog', 'efivars', 'efiwrite']
const lines = [
  'efi: EFI v2.7 by EDK II',
  'efi: TPMFinalLog=0xbe820000 TPMEventLog=0xbdf3f018 ',
  'kvm [1]: Protected hVHE mode initialized successfully',
  'ARM FF-A: Driver version 1.2',
  'ffa-crb arm-ffa-2: ABI version 1.0',
  'ffa-crb arm-ffa-2: failed to get crb interface version. rc:-22',
  'tpm_crb MSFT0101:00: probe with driver tpm_crb failed with error -62',
  'ima: No TPM chip found, activating TPM-bypass!',
  'ima: Allocated hash algorithm: sha256',
  "integrity: Couldn't get size: 0x8000000000000002",
  'efivars: get_next_variable: status=8000000000000002',
]

/** The records of a good boot, some of them gone, some of them with one byte changed. */
const records = fc
  .tuple(
    fc.array(fc.nat(19), { minLength: 60, maxLength: 60 }),
    fc.array(fc.nat(100_000), { minLength: 60, maxLength: 60 }),
    fc.constantFrom<RecordBody[]>(
      bootRecords({ banks: ['sha1', 'sha256'] }),
      bootRecords({ entries: everyTemplate(), events: someEvents.slice(3), policy: 'measure func=BPRM_CHECK\n' }),
    ),
  )
  .map(([fates, places, bodies]) => {
    const all: RecordBody[] = [...bodies, tpmCommand(), tpmBanks([0x04, 0x0b])]
    return all.flatMap((body, n): RecordBody[] => {
      const fate = fates[n]
      if (fate === 0) return []
      if (fate !== 1 || body.fact !== 'file') return [body]
      const at = (places[n] ?? 0) % Math.max(1, body.text.length)
      const char = String.fromCharCode((places[n] ?? 0) % 256)
      return [{ ...body, text: body.text.slice(0, at) + char + body.text.slice(at + 1) }]
    })
  })

describe('whatever is shown of measurements', () => {
  const console = fc.array(fc.constantFrom(...lines), { maxLength: 8 }).map((some) => consoleOf(some.join('\n')))

  it('is judged, with evidence for each verdict, in sentences that end', () =>
    fc.assert(
      fc.property(records, console, (bodies, log) => {
        for (const finding of judge(shownOf({ consoles: [log], records: recordsOf(...bodies) }), groups)) {
          if (finding.outcome === 'pass' || finding.outcome === 'fail')
            expect(finding.evidence.length, finding.id).toBeGreaterThan(0)
          expect(finding.sentence, finding.id).toMatch(/^[A-Z]|^(?:efivarfs|load_uefi_certs|TPM2_)/)
          expect(finding.sentence, finding.id).toMatch(/\.$/)
          expect(finding.sentence).not.toMatch(/undefined|NaN/)
        }
      }),
      { numRuns: 100 },
    ))

  it('a list or a log that was changed anywhere never passes for one that was not', () => {
    const good = bootRecords()
    const clean = shownOf({ records: recordsOf(...good) })
    for (const id of ['ima.replay', 'ima.list', 'eventlog.replay']) expect(findingOf(clean, id).outcome).toBe('pass')
    const change = (path: string, at: number, byte: number): RecordBody[] =>
      good.map((body) =>
        body.fact === 'file' && body.path.endsWith(path)
          ? {
              ...body,
              text:
                body.text.slice(0, at) + String.fromCharCode(body.text.charCodeAt(at) ^ byte) + body.text.slice(at + 1),
            }
          : body,
      )
    const length = good.find((body) => body.fact === 'file' && body.path.endsWith('/binary_runtime_measurements'))
    const size = length?.fact === 'file' ? length.text.length : 0
    fc.assert(
      fc.property(fc.nat(size - 1), fc.integer({ min: 1, max: 255 }), (at, byte) => {
        const shown = shownOf({ records: recordsOf(...change('/binary_runtime_measurements', at, byte)) })
        expect(findingOf(shown, 'ima.list').outcome).not.toBe('pass')
      }),
      { numRuns: 150 },
    )
  })

  it('is unknown without any record', () => {
    const outcomes = judge(shownOf({ records: [] }), groups).filter(({ id }) => !id.startsWith('fault.'))
    // A plan that asked for no policy needs no record to be told that there is none.
    for (const { id, outcome } of outcomes)
      expect([id, outcome]).toEqual([id, /policy|before-driver/.test(id) ? 'skip' : 'unknown'])
  })
})

import { describe, expect, it } from 'vitest'
import type { RecordBody } from '../../../domain/records/record.ts'
import { someEvents, text } from '../tcg/logs.ts'
import { bootRecords, bypassRecords, fileRecord } from './measured-records.ts'
import { consoleOf, end, findingOf, hello, recordsOf, shownOf, type Showing } from './showing.ts'

const finding = (id: string, bodies: RecordBody[], rest: Showing = {}) =>
  findingOf(shownOf({ ...rest, records: recordsOf(hello, ...bodies, end) }), id)
const path = '/sys/kernel/security/tpm0/binary_bios_measurements'
const handed = { consoles: [consoleOf('efi: TPMFinalLog=0xbe820000 TPMEventLog=0xbdf3f018 \n')] }
const missing = fileRecord(path, '', -2)

describe("the firmware's event log", () => {
  const id = 'eventlog.parsed'

  it('is read to its end', () => {
    expect(finding(id, bootRecords({ banks: ['sha1', 'sha256'] }))).toMatchObject({
      outcome: 'pass',
      facts: { format: 'crypto-agile', events: someEvents.length + 1, banks: 'sha1 sha256' },
    })
  })

  it('turns when it breaks off', () => {
    const cut = bootRecords().map((body) =>
      body.fact === 'file' && body.path === path ? { ...body, text: body.text.slice(0, -3) } : body,
    )
    expect(finding(id, cut)).toMatchObject({ outcome: 'fail', evidence: [{ unit: 'byte' }, { unit: 'byte' }] })
    expect(finding(id, [...cut, { fact: 'could-not', what: path, why: 'too long' }]).outcome).toBe('unknown')
  })

  it.each([
    ['is empty', [fileRecord(path, '')], {}, 'fail'],
    ['is not there, although firmware left one', [missing], handed, 'fail'],
    ['is not there', [missing], {}, 'skip'],
    ['is not shown, for want of a TPM', bypassRecords(false), handed, 'skip'],
    ['was not read', [], {}, 'unknown'],
  ] satisfies [string, RecordBody[], Showing, string][])('%s', (_name, bodies, rest, outcome) => {
    expect(finding(id, bodies, rest).outcome).toBe(outcome)
  })
})

describe('the event log against the PCRs', () => {
  const id = 'eventlog.replay'
  const separator = someEvents.findIndex(({ pcr, type }) => pcr === 4 && type === 4)

  it('fits', () => {
    expect(finding(id, bootRecords({ banks: ['sha1', 'sha256'] }))).toMatchObject({
      outcome: 'pass',
      facts: { banks: 'sha1 sha256', pcrs: 9 },
    })
  })

  it('turns when an event is changed, and names it', () => {
    const logged = someEvents.with(separator, { ...someEvents[separator]!, measured: text('x') })
    expect(finding(id, bootRecords({ logged }))).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'wrong-digest', pcr: 4, event: separator + 2 },
      evidence: [{ kind: 'file', file: path, unit: 'byte' }, { kind: 'record' }],
    })
  })

  it('turns when an event is put in, taken out, or added at the end', () => {
    const put = someEvents.toSpliced(separator, 0, { pcr: 4, type: 13, data: text('x') })
    expect(finding(id, bootRecords({ logged: put }))).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'one-logged-only', event: separator + 2 },
    })
    expect(finding(id, bootRecords({ logged: someEvents.toSpliced(separator, 1) }))).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'unexplained', pcr: 4 },
    })
    const more = [...someEvents, { pcr: 5, type: 13, data: text('x') }]
    expect(finding(id, bootRecords({ logged: more }))).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'logged-only', event: more.length + 1 },
    })
  })

  it('says nothing of a log of which not all was read', () => {
    const cut: RecordBody = { fact: 'could-not', what: path, why: 'too long' }
    expect(finding(id, [...bootRecords({ logged: someEvents.slice(0, 3) }), cut]).outcome).toBe('unknown')
  })

  it('says nothing without PCRs, or without a log', () => {
    const noPcrs = bootRecords().filter((body) => !('path' in body) || !body.path.includes('/pcr-'))
    expect(finding(id, noPcrs).outcome).toBe('unknown')
    expect(finding(id, []).outcome).toBe('unknown')
  })

  it('does not mind what user space extended after it', () => {
    const records = [...bootRecords(), fileRecord('/sys/class/tpm/tpm0/pcr-sha256/11', 'ab'.repeat(32))]
    expect(finding(id, records).outcome).toBe('pass')
  })
})

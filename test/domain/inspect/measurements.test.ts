import { describe, expect, it } from 'vitest'
import { toHex } from '../../../domain/bytes/bytes.ts'
import { inspect } from '../../../domain/inspect/inspect.ts'
import { judgeMeasurements, type MeasurementFile } from '../../../domain/inspect/measurements.ts'
import { pcrPlace, recognise } from '../../../domain/inspect/recognise.ts'
import { inspectSchema } from '../../../domain/inspect/report-schema.ts'
import { asciiList, binaryList, bootAggregate, file, nng, pcr10, violation } from '../ima/lists.ts'
import { agileLog, hash, oldLog, pcrsAfter, someEvents } from '../tcg/logs.ts'

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const pcrs = pcrsAfter('sha256', someEvents)
const entries = [bootAggregate(hash('sha256', Buffer.from('x'))), file('/init'), violation('/log'), file('/bin/a b')]

/** As tpm2_pcrread prints them. */
function pcrText(values: Map<number, Uint8Array>): string {
  const lines = [...values].map(([pcr, value]) => `    ${String(pcr).padEnd(2)}: 0x${toHex(value).toUpperCase()}`)
  return `  sha256:\n${lines.join('\n')}\n`
}

const withList = new Map([...pcrs, [10, pcr10(entries)]])
const inputs: Record<string, [string, Uint8Array]> = {
  'event-log': ['bios', agileLog(someEvents)],
  'ima-ascii': ['ascii', latin1(asciiList(entries))],
  'ima-binary': ['binary', binaryList(entries)],
  pcrs: ['pcrs', latin1(pcrText(withList))],
  pcr: ['/x/pcr-sha256/10', latin1(`${toHex(pcr10(entries)).toUpperCase()}\n`)],
}

describe('the kind of a file is told by its content', () => {
  it.each(Object.entries(inputs))('%s', (kind, [name, bytes]) => {
    expect(recognise(bytes, name)).toEqual({ kind })
  })

  it.each([
    ['event-log', 'an old log', oldLog(someEvents)],
    ['ima-binary', 'a list of a big-endian machine', binaryList(entries, 'sha1', false)],
    ['ima-ascii', 'a list with digests of a bank', latin1(asciiList(entries, 'sha256'))],
    [
      'pcrs',
      'PCRs of a TPM 1.2',
      latin1('PCR-00: ' + '3F '.repeat(20).trim() + '\nPCR-01: ' + '00 '.repeat(20).trim() + '\n'),
    ],
    ['pcrs', 'PCRs by grep', latin1(`/sys/class/tpm/tpm0/pcr-sha256/0:${'AB'.repeat(32)}\n`)],
    [
      'pcrs',
      'PCRs by head',
      latin1(`==> pcr-sha1/10 <==\n${'AB'.repeat(20)}\n\n==> pcr-sha256/10 <==\n${'AB'.repeat(32)}\n`),
    ],
    [
      'pcrs',
      'one PCR in a session of a shell',
      latin1(`root@box:~# tpm2_pcrread sha256:10\n  sha256:\n    10: 0x${'AB'.repeat(32)}\nroot@box:~# \n`),
    ],
    ['log', 'a log', latin1('[    0.000000] Linux version 6.1\n')],
    ['log', 'a log that quotes PCRs', latin1(`[    1.000000] x\n${pcrText(pcrs)}`)],
    ['log', 'any text', latin1('hello\n')],
  ])('%s: %s', (kind, _name, bytes) => {
    expect(recognise(bytes, 'file')).toMatchObject({ kind })
  })

  it.each([
    ['is empty', ''],
    ['is an ELF program or library', '\x7fELF\x02\x01\x01'],
    ['is a picture', '\x89PNG\r\n\x1a\n'],
    ['is a zip archive: unpack it first', 'PK\x03\x04'],
    [
      'is what tpm2_getcap prints, which names PCRs and has no values: give what tpm2_pcrread prints',
      'selected-pcrs:\n  - sha1: [ 0, 1, 2 ]\n  - sha256: [ ]\n',
    ],
  ])('nothing: it %s', (not, text) => {
    expect(recognise(latin1(text), 'file')).toEqual({ not })
  })

  it('a log that quotes PCRs says that it is not searched for them', () => {
    expect(recognise(latin1(`[    1.000000] x\n${pcrText(new Map([[10, pcr10(entries)]]))}`), 'file')).toEqual({
      kind: 'log',
      note: 'also holds 1 PCR value, which a log is not searched for: give what they stand in as a file of its own',
    })
    expect(recognise(latin1('[    1.000000] x\n'), 'file')).toEqual({ kind: 'log' })
  })

  it('a log that logcat took apart is refused, and so it is said', () => {
    const logcat = '--------- beginning of kernel\n01-01 00:00:00.000     0     0 I KVM     : x\n'
    expect(recognise(latin1(logcat), 'file')).toEqual({ not: expect.stringContaining('adb shell dmesg') as string })
    expect(recognise(latin1(`${logcat}[    0.000000] x\n`), 'file')).toEqual({ kind: 'log' })
  })

  it('one value needs a path that says of which PCR', () => {
    expect(recognise(inputs['pcr']![1], 'value')).toHaveProperty(
      'not',
      expect.stringContaining('its path does not say'),
    )
    expect(pcrPlace('a/pcr-sha384/7')).toEqual({ bank: 'sha384', pcr: 7 })
    expect(pcrPlace('a/pcr-sha256-10.txt')).toEqual({ bank: 'sha256', pcr: 10 })
  })
})

const measured = (...kinds: string[]): MeasurementFile[] =>
  kinds.map((kind) => ({ file: inputs[kind]![0], kind: kind as MeasurementFile['kind'], bytes: inputs[kind]![1] }))

describe('what was measured', () => {
  it.each(['ima-ascii', 'ima-binary'])('%s gives PCR 10', (kind) => {
    const [list] = judgeMeasurements(measured(kind, 'pcrs'))
    expect(list).toMatchObject({
      parsed: { entries: 4 },
      replayed: [{ bank: 'sha256', pcr: 10, entries: 4, matched: 'yes', value: toHex(pcr10(entries)) }],
      matched: 'yes',
    })
    expect(list?.sentence).toContain('it gives the PCRs that were read (sha256:10)')
  })

  it('one PCR alone is enough', () => {
    expect(judgeMeasurements(measured('ima-binary', 'pcr')).map(({ matched }) => matched)).toEqual(['yes', 'unknown'])
  })

  it('the event log gives the PCRs of firmware', () => {
    const [log] = judgeMeasurements(measured('event-log', 'pcrs'))
    expect(log?.matched).toBe('yes')
    expect(log?.parsed).toMatchObject({ format: 'crypto-agile', banks: ['sha1', 'sha256'] })
  })

  it('without PCRs nothing is matched, and so it is said', () => {
    const shown = judgeMeasurements(measured('event-log', 'ima-ascii', 'ima-binary'))
    expect(shown.map(({ matched }) => matched)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(shown.every(({ sentence }) => sentence.includes('none of its PCRs was given'))).toBe(true)
  })

  it('a PCR that is another does not match, one that is behind matches in part', () => {
    const other = {
      file: 'p',
      kind: 'pcrs',
      bytes: latin1(pcrText(new Map([[10, hash('sha256', Buffer.from('y'))]]))),
    } as const
    const early = { ...other, bytes: latin1(pcrText(new Map([[10, pcr10(entries.slice(0, 2))]]))) }
    expect(judgeMeasurements([...measured('ima-binary'), other])[0]?.matched).toBe('no')
    expect(judgeMeasurements([...measured('ima-binary'), early])[0]?.matched).toBe('part')
  })

  it('an event that was changed is named', () => {
    const changed = someEvents.map((event, n) => (n === 2 ? { ...event, measured: Buffer.from('other') } : event))
    const bytes = agileLog(changed, ['sha256'])
    const [log] = judgeMeasurements([{ file: 'log', kind: 'event-log', bytes }, ...measured('pcrs')])
    expect(log?.matched).toBe('no')
    expect(log?.sentence).toContain('the first event that does not fit is 4 (EV_EFI_VARIABLE_BOOT, PCR 1)')
  })

  it('an entry without the fields of its template is named, and the PCRs do not match', () => {
    const digest = hash('sha256', Buffer.from('/init')).toString('hex')
    const bytes = latin1(asciiList(entries).replace(digest, 'z'.repeat(64)))
    const report = inspect([], [{ file: 'my-list', kind: 'ima-ascii', bytes }, ...measured('pcrs')], [])
    expect(report.measurements[0]).toMatchObject({
      matched: 'no',
      sentence: expect.stringContaining('entry 2 ') as string,
    })
    for (const id of ['ima.list', 'ima.replay'])
      expect(report.findings.find((each) => each.id === id)).toMatchObject({
        outcome: 'fail',
        facts: { first: 2 },
        sentence: expect.stringContaining('does not have the fields of its template ima-ng') as string,
      })
    const sentences = report.findings.map(({ sentence }) => sentence).join()
    expect(sentences).toContain('In my-list, entry 2')
    expect(sentences).not.toContain('ascii_runtime_measurements')
  })

  it('a bank that cannot be computed is said', () => {
    const strange = [...entries, { template: 'x-ng', fields: [nng('a')] }]
    const bytes = latin1(asciiList(strange))
    const both = `${pcrText(new Map([[10, pcr10(strange)]]))}  sha1:\n    10: 0x${toHex(pcr10(strange, 'sha1'))}\n`
    const report = inspect(
      [],
      [
        { file: 'l', kind: 'ima-ascii', bytes },
        { file: 'p', kind: 'pcrs', bytes: latin1(both) },
      ],
      [],
    )
    expect(report.measurements[0]).toMatchObject({ matched: 'yes', replayed: [{ bank: 'sha1' }] })
    expect(report.measurements[0]?.sentence).toContain('sha256:10 cannot be computed from it')
    expect(report.findings.find(({ id }) => id === 'ima.replay')).toMatchObject({
      outcome: 'pass',
      facts: { banks: 'sha1', not: 'sha256:10' },
      sentence: expect.stringContaining('sha256:10 cannot be computed') as string,
    })
  })

  it('of a list that is cut off the whole entries count', () => {
    const cut = binaryList(entries).subarray(0, -3)
    const [list] = judgeMeasurements([{ file: 'l', kind: 'ima-binary', bytes: cut }])
    expect(list?.parsed).toMatchObject({ entries: 3, problem: expect.stringContaining('cut off') as string })
    expect(list?.sentence).toContain('entry 4 cannot be read: it is cut off')
  })

  it('is in a report that is what the schema says, with the names of the files', () => {
    const report = inspect([], measured('event-log', 'ima-ascii', 'ima-binary', 'pcrs'), [])
    expect(inspectSchema.parse(report)).toEqual(report)
    expect(report).toMatchObject({ kernel: 'unknown', stage: 'unknown', boots: [], faults: [] })
    const named = new Set(['bios', 'ascii', 'binary', 'pcrs'])
    for (const { evidence } of report.findings) for (const { file: name } of evidence) expect(named).toContain(name)
  })
})

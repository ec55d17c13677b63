import { describe, expect, it } from 'vitest'
import type { RecordBody } from '../../../domain/records/record.ts'
import { asciiList, bootAggregate, file } from '../ima/lists.ts'
import { hash, someEvents, text } from '../tcg/logs.ts'
import { bootRecords, bypassRecords, entriesAfter, fileRecord } from './measured-records.ts'
import { boots, consoleOf, consolesOf, end, findingOf, hello, recordsOf, shownOf, type Showing } from './showing.ts'

const showing = (bodies: RecordBody[], rest: Showing = {}) =>
  shownOf({ ...rest, records: recordsOf(hello, ...bodies, end) })
const finding = (id: string, bodies: RecordBody[], rest: Showing = {}) => findingOf(showing(bodies, rest), id)
const entries = entriesAfter(someEvents)
const started = 'ima: Allocated hash algorithm: sha256\n'
const bypassed = `ima: No TPM chip found, activating TPM-bypass!\n${started}`

describe('whether IMA used the TPM', () => {
  const id = 'ima.tpm'

  it('is told by its boot_aggregate', () => {
    expect(finding(id, bootRecords())).toMatchObject({ outcome: 'pass', facts: { late: false, measured: true } })
    const zeros = hash('sha256', Buffer.alloc(320))
    expect(finding(id, bootRecords({ events: [], entries: [bootAggregate(zeros)] }))).toMatchObject({
      outcome: 'pass',
      facts: { measured: false },
    })
  })

  it('fails as ordering, not as pKVM, where a TPM is there now', () => {
    expect(finding(id, bypassRecords(true), { consoles: [consoleOf(bypassed)] })).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'ordering', late: false },
    })
    expect(finding(id, bypassRecords(true))).toMatchObject({ outcome: 'fail', facts: { cause: 'ordering' } })
  })

  it.each(['ima: Error Communicating to TPM chip', 'ima: Error Communicating to TPM chip, result: -62'])(
    'is not known by "%s" alone, which is cited',
    (line) => {
      expect(finding(id, [], { consoles: [consoleOf(`${started}${line}\n`)] })).toMatchObject({
        outcome: 'unknown',
        evidence: [{ text: line }],
      })
      expect(finding(id, bootRecords(), { consoles: [consoleOf(`${started}${line}\n`)] }).outcome).toBe('pass')
    },
  )

  it('fails for want of a TPM where there is none', () => {
    expect(finding(id, bypassRecords(false), { consoles: [consoleOf(bypassed)] })).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'no-tpm' },
    })
  })

  it('carries on why there is no TPM', () => {
    const consoles = [consoleOf(`ffa-crb arm-ffa-2: failed to get crb interface version. rc:-13\n${bypassed}`)]
    expect(finding(id, bypassRecords(false), { consoles })).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'no-tpm', tpm: 'denied' },
    })
  })

  it('is no failure that was printed after IMA had decided', () => {
    const failed = (at: number) => `tpm_crb MSFT0101:00: probe with driver tpm_crb failed with error -${at}\n`
    const of = (text: string) => finding(id, [], { consoles: [consoleOf(text)] })
    expect(of(`${failed(16)}${bypassed}`).facts).toMatchObject({ cause: 'no-tpm' })
    expect(of(`${bypassed}${failed(16)}`)).toMatchObject({ outcome: 'fail', facts: {} })
    expect(of(`${bypassed}${failed(16)}`).sentence).toContain('only after that')
    expect(of(`${bypassed}${failed(16)}`).facts).not.toHaveProperty('cause')
    expect(
      of(`${failed(16)}${bypassed}${failed(22)}`)
        .evidence.map(({ text }) => text)
        .join(),
    ).not.toContain('-22')
  })

  it('is ordering on a log alone, when the TPM speaks after the bypass; not when it spoke before', () => {
    const speaks = 'ffa-crb arm-ffa-2: ABI version 1.0\n'
    expect(finding(id, [], { consoles: [consoleOf(`${bypassed}${speaks}`)] })).toMatchObject({
      facts: { cause: 'ordering' },
    })
    const before = finding(id, [], { consoles: [consoleOf(`${speaks}${bypassed}`)] })
    expect(before.outcome).toBe('fail')
    expect(before.facts).not.toHaveProperty('cause')
    const probe = 'probe of MSFT0101:00 with driver tpm_crb_acpi returned 0 after 36849 usecs\n'
    expect(finding(id, [], { consoles: [consoleOf(`${bypassed}${probe}`)] })).toMatchObject({
      facts: { cause: 'ordering' },
    })
    expect(
      finding(id, [], { consoles: [consoleOf(`${bypassed}${probe.replace('returned 0', 'returned 19')}`)] }).facts,
    ).toEqual({})
  })

  it('is not ordering where the partition answered late and no driver took the TPM', () => {
    const gaveUp = 'tpm_crb MSFT0101:00: probe with driver tpm_crb failed with error -62\n'
    const speaks = 'ffa-crb arm-ffa-2: ABI version 1.0\n'
    for (const records of [bypassRecords(false), []])
      expect(finding(id, records, { consoles: [consoleOf(`${gaveUp}${bypassed}${speaks}`)] })).toMatchObject({
        outcome: 'fail',
        facts: { cause: 'no-tpm' },
      })
  })

  it('fails for want of a bank', () => {
    const consoles = [consoleOf(`ima: No suitable TPM algorithm for boot aggregate\n${started}`)]
    expect(finding(id, bypassRecords(true), { consoles })).toMatchObject({ facts: { cause: 'no-bank' } })
  })

  it.each([
    ['IMA is not built', [], { config: { IMA: 'n' } }, 'skip'],
    ['IMA is switched off', [], { consoles: [consoleOf('ima: IMA functionality is disabled\n')] }, 'skip'],
    ['nothing is shown', [], {}, 'unknown'],
    ['only that IMA started', [], { consoles: [consoleOf(started)] }, 'unknown'],
  ] satisfies [string, RecordBody[], Showing, string][])('%s', (_name, bodies, rest, outcome) => {
    expect(finding(id, bodies, rest).outcome).toBe(outcome)
  })

  it('is ordering on the real boot of 7.3.4', () => {
    expect(findingOf(shownOf({ consoles: consolesOf(boots.linux7) }), id)).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'ordering' },
    })
  })
})

const without = (bodies: RecordBody[], path: RegExp): RecordBody[] =>
  bodies.filter((body) => !('path' in body) || !path.test(body.path))

describe('boot_aggregate', () => {
  const id = 'ima.boot-aggregate'

  it.each(['sha1', 'sha256', 'sha384', 'sm3'] as const)('is recomputed from the PCRs in %s', (bank) => {
    const made = bootRecords({ banks: [bank], entries: entriesAfter(someEvents, bank) })
    expect(finding(id, made)).toMatchObject({
      outcome: 'pass',
      facts: { bank, pcrs: bank === 'sha1' ? '0-7' : '0-9', late: false },
    })
  })

  it('turns when one PCR has another value', () => {
    const made = bootRecords({ entries: [bootAggregate(hash('sha256', text('other'))), ...entries.slice(1)] })
    expect(finding(id, made)).toMatchObject({ outcome: 'fail' })
    expect(finding(id, made).facts).not.toHaveProperty('cause')
  })

  it('blames an extension after IMA when the log of the firmware gives it', () => {
    const later = [...someEvents, { pcr: 4, type: 13, data: text('after IMA') }]
    expect(finding(id, bootRecords({ events: later, logged: someEvents, entries }))).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'pcrs-changed-since' },
    })
  })

  it.each([
    ['no PCR of its bank', bootRecords({ banks: ['sha1'] }), 'of which no PCR was read.'],
    [
      'no PCR of its bank, which the log has',
      without(bootRecords({ banks: ['sha1', 'sha256'] }), /pcr-sha256/),
      "of which no PCR was read; the firmware's log gives it.",
    ],
    [
      'PCRs 0 to 7 that the log gives',
      without(bootRecords(), /pcr-sha256\/[89]$/),
      "of which PCRs 8, 9 were not read; the firmware's log gives it.",
    ],
    ['PCRs 0 to 7 and no log', without(bootRecords(), /pcr-sha256\/[89]$|bios/), 'of which PCRs 8, 9 were not read.'],
  ])('is held against nothing else where the files have %s', (_name, bodies, end) => {
    expect(finding(id, bodies)).toMatchObject({
      outcome: 'unknown',
      sentence: `The boot_aggregate is over the sha256 bank, ${end}`,
      facts: { bank: 'sha256' },
    })
    expect(finding('ima.consistent', bodies).outcome).not.toBe('fail')
  })

  it('of a hash without a bank cannot be judged', () => {
    const made = bootRecords({ entries: [bootAggregate(hash('sha1', text('x')), 'boot_aggregate', 'rmd160')] })
    expect(finding(id, made)).toMatchObject({
      outcome: 'unknown',
      sentence: expect.stringContaining('rmd160') as string,
    })
  })

  it('says that it is late', () => {
    const [first, ...rest] = entries
    const late = [{ ...first!, fields: [first!.fields[0]!, file('boot_aggregate_late').fields[1]!] }, ...rest]
    expect(finding(id, bootRecords({ entries: late }))).toMatchObject({
      outcome: 'pass',
      facts: { late: true, name: 'boot_aggregate_late' },
    })
  })

  it.each([
    ['it is zero', bypassRecords(true), {}, 'skip'],
    ['no list was read', [], {}, 'unknown'],
    ['IMA is not built', [], { config: { IMA: 'n' } }, 'skip'],
    [
      'a PCR was not read',
      bootRecords().filter((body) => !('path' in body) || !/pcr-sha256\/[39]$/.test(body.path)),
      {},
      'unknown',
    ],
    ['the list has none', bootRecords({ listed: [file('/x')] }), {}, 'unknown'],
  ] satisfies [string, RecordBody[], Showing, string][])('where %s', (_name, bodies, rest, outcome) => {
    expect(finding(id, bodies, rest).outcome).toBe(outcome)
  })

  it('is not judged when IMA could not read the PCRs itself', () => {
    const made = bootRecords({ entries: [bootAggregate(hash('sha256', text('other')))] })
    expect(finding(id, made, { consoles: [consoleOf('ima: Error Communicating to TPM chip\n')] }).outcome).toBe(
      'unknown',
    )
  })
})

describe('the list against PCR 10', () => {
  const id = 'ima.replay'

  it('fits in every bank', () => {
    expect(finding(id, bootRecords({ banks: ['sha1', 'sha256'] }))).toMatchObject({
      outcome: 'pass',
      facts: { entries: 4, violations: 1, banks: 'sha1 sha256', ahead: 0 },
    })
  })

  it('may be a little ahead, and not far', () => {
    const many = [...entries, ...Array.from({ length: 20 }, (_, n) => file(`/f${n}`))]
    expect(finding(id, bootRecords({ entries, listed: many.slice(0, 6) }))).toMatchObject({
      outcome: 'pass',
      facts: { ahead: 2 },
    })
    expect(finding(id, bootRecords({ entries, listed: many }))).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'stopped', first: 5 },
    })
  })

  it('turns when an entry is changed, taken out or put in', () => {
    const changed = entries.with(1, file('/evil'))
    for (const listed of [changed, entries.toSpliced(1, 1), entries.toSpliced(1, 0, file('/evil'))])
      expect(finding(id, bootRecords({ listed }))).toMatchObject({ outcome: 'fail', facts: { cause: 'different' } })
  })

  it('tells that nothing was extended', () => {
    expect(finding(id, bypassRecords(true))).toMatchObject({ outcome: 'fail', facts: { cause: 'nothing-extended' } })
  })

  it.each([
    ['no PCR was read', bypassRecords(false), 'unknown'],
    ['no list was read', [], 'unknown'],
    [
      'the list breaks off and gives another PCR',
      bootRecords({ binary: null }).map((body) =>
        'path' in body && body.path.endsWith('ascii_runtime_measurements') && 'text' in body
          ? { ...body, text: `${body.text.split('\n').slice(0, 3).join('\n')}\nnonsense\n` }
          : body,
      ),
      'unknown',
    ],
    [
      'the list was cut',
      [
        ...bootRecords(),
        { fact: 'could-not', what: '/sys/kernel/security/ima/ascii_runtime_measurements', why: 'too long' },
      ],
      'unknown',
    ],
  ] satisfies [string, RecordBody[], string][])('where %s', (_name, bodies, outcome) => {
    expect(finding(id, bodies).outcome).toBe(outcome)
  })
})

describe('the entries of the list', () => {
  const id = 'ima.list'
  const path = '/sys/kernel/security/ima/ascii_runtime_measurements'

  it('have the digests of their fields, and both files agree', () => {
    expect(finding(id, bootRecords())).toMatchObject({
      outcome: 'pass',
      facts: { entries: 4, checked: 3, violations: 1 },
    })
  })

  it('turn when a name is changed: the first wrong one is named', () => {
    const listed = asciiList(entries).replace('/init', '/evil')
    expect(finding(id, [fileRecord(path, listed)])).toMatchObject({
      outcome: 'fail',
      facts: { first: 2 },
      evidence: [{ kind: 'file', file: path, unit: 'entry', from: 2 }],
    })
  })

  it('turn when the binary file has another entry', () => {
    expect(finding(id, bootRecords({ binary: entries.with(3, file('/evil')) }))).toMatchObject({
      outcome: 'fail',
      facts: { first: 4 },
    })
  })

  it('turn when the file breaks off', () => {
    expect(finding(id, [fileRecord(path, `${asciiList(entries)}nonsense\n`)])).toMatchObject({ outcome: 'fail' })
  })

  it('are unknown without a list', () => expect(finding(id, []).outcome).toBe('unknown'))
})

describe('the policy', () => {
  const id = 'ima.policy'
  const asked = (bodies: RecordBody[], words = '') => {
    const shown = showing(bodies)
    return findingOf({ ...shown, asked: { ...shown.asked, cmdline: `${shown.asked.cmdline} ${words}` } }, id)
  }

  it('says nothing of what was asked for where no command line is known', () => {
    const shown = (bodies: RecordBody[]) => {
      const all = showing(bodies)
      return findingOf({ ...all, asked: { ...all.asked, cmdline: undefined } }, id)
    }
    expect(shown(bootRecords())).toMatchObject({ outcome: 'pass', facts: {} })
    expect(shown(bootRecords({ policy: 'measure func=BPRM_CHECK\n' })).facts).toEqual({ rules: 1, measures: 1 })
    expect(shown(bootRecords({ policy: '' })).outcome).toBe('unknown')
  })

  it('is in force when it has rules', () => {
    const rules = 'dont_measure fsmagic=0x9fa0\nmeasure func=BPRM_CHECK\n'
    expect(asked(bootRecords({ policy: rules }), 'ima_policy=tcb')).toMatchObject({
      outcome: 'pass',
      facts: { rules: 2, measures: 1, asked: 'tcb' },
    })
    expect(asked(bootRecords({ policy: '' }), 'ima_policy=tcb').outcome).toBe('fail')
    expect(asked(bootRecords({ policy: '' })).outcome).toBe('skip')
  })

  it('is told by its entries where it cannot be read', () => {
    expect(asked(bootRecords(), 'ima_policy=tcb').outcome).toBe('pass')
    expect(asked(bootRecords({ entries: entries.slice(0, 1) }), 'ima_policy=tcb').outcome).toBe('unknown')
    expect(asked([]).outcome).toBe('skip')
    const shown = showing([])
    expect(findingOf({ ...shown, asked: { ...shown.asked, cmdline: undefined } }, id).outcome).toBe('unknown')
  })

  it('turns when one was refused', () => {
    expect(finding(id, [], { consoles: [consoleOf('ima: policy update failed\n')] }).outcome).toBe('fail')
  })
})

describe('the stories of log, list and PCRs', () => {
  const id = 'ima.consistent'

  it('agree on a good boot, and on a bypass', () => {
    expect(finding(id, bootRecords(), { consoles: [consoleOf(started)] })).toMatchObject({
      outcome: 'pass',
      facts: { compared: 4 },
    })
    expect(finding(id, bypassRecords(false), { consoles: [consoleOf(bypassed)] }).outcome).toBe('pass')
  })

  it.each([
    ['the log says bypass and the list has PCRs', bootRecords(), { consoles: [consoleOf(bypassed)] }],
    ['the list is zero and the log says nothing', bypassRecords(true), { consoles: [consoleOf(started)] }],
    ['the kernel counts fewer', bootRecords({ count: 2 }), {}],
    ['the kernel counts fewer violations', bootRecords({ violations: 0 }), {}],
    ['the name is not that of the config', bootRecords(), { config: { IMA_INIT_LATE_SYNC: 'y' } }],
    ["the firmware's log gives others", bootRecords({ logged: someEvents.slice(1) }), {}],
  ] satisfies [string, RecordBody[], Showing][])('contradict each other where %s', (_name, bodies, rest) => {
    expect(finding(id, bodies, rest).outcome).toBe('fail')
  })

  it('are unknown where only one was read', () => expect(finding(id, []).outcome).toBe('unknown'))
})

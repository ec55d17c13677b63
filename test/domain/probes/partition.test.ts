import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HostView } from '../../../domain/attempt.ts'
import { readHostileReport } from '../../../domain/probes/hostile-report.ts'
import type { RecordBody } from '../../../domain/records/record.ts'
import { consoleOf, end, findingOf, hello, recordsOf, shownOf, type Showing } from './showing.ts'

const id = 'partition.survives'
const path = '/proc/hyplab-ffa-fuzz'

// From a real boot: 6.18.5, nVHE, OP-TEE 4.10 with the TPM service.
const report = `seed 1 milliseconds 3000 workers 2 crb 0xc0000000
partition 0x8000 nobody calls 14395 answered 0 refused 14395 busy 0 strange 0 roll-call same
call before 0x8000 response 0x84000060 0x0 0xfffffffe 0x0 0x0 0x0 0x0 0x0
call after 0x8000 response 0x84000060 0x0 0xfffffffe 0x0 0x0 0x0 0x0 0x0
partition 0x8001 other calls 3646 answered 2150 refused 1496 busy 0 strange 0 roll-call same
call before 0x8001 response 0x84000070 0x80010000 0x0 0x1 0x0 0x0 0x0 0x0
call after 0x8001 response 0x84000070 0x80010000 0x0 0x1 0x0 0x0 0x0 0x0
partition 0x8002 tpm calls 12762 answered 8918 refused 3011 busy 833 strange 0 roll-call same
call before 0x8002 response 0x84000070 0x80020000 0x0 0x0 0x5000002 0x10000 0x0 0x0
call after 0x8002 response 0x84000070 0x80020000 0x0 0x0 0x5000002 0x10000 0x0 0x0
guard intact
`
const began = '[    0.580085] hyplab-ffa-fuzz: seed 1, 3000 ms'
const done = '[    3.802105] hyplab-ffa-fuzz: done'
const panic = 'E/TC:1   Panic at core/arch/arm/kernel/thread_spmc.c:2030 <thread_spmc_msg_recv>'
const host = (stop: HostView['stop']): HostView => ({ stop, reason: 'x', stage: 'init' })

function attacked(text: string, showing: Showing = {}) {
  const record: RecordBody = { fact: 'file', path, rc: 0, text }
  return findingOf(shownOf({ modules: ['ffa-fuzz'], records: recordsOf(hello, record, end), ...showing }), id)
}

describe('the partitions under a hostile caller', () => {
  it('survive when every answer was one, and the last as the first', () => {
    expect(attacked(report)).toMatchObject({
      outcome: 'pass',
      sentence: '0x8001, 0x8002 (TPM) answered 30803 hostile calls or refused them, and an honest one as before.',
      evidence: [{ kind: 'record', sequence: 2 }],
      facts: { seed: '1', calls: 30803, partitions: 2, busy: 833, guard: 'intact' },
    })
  })

  it.each([
    ['a strange answer', 'strange 0 roll-call same\nguard', 'strange 2 roll-call same\nguard', '0x8002 gave 2 strange'],
    [
      'another answer to the same question',
      '833 strange 0 roll-call same',
      '833 strange 0 roll-call other',
      'no longer',
    ],
    ['memory that was written to', 'guard intact', 'guard broken-at-0x4000', 'broken-at-0x4000'],
  ])('do not, with %s', (_, from, to, says) => {
    const text = report.replace(/call (before|after) 0x8002.*\n/g, '')
    expect(text).toContain(from)
    const finding = attacked(text.replace(from, to))
    expect(finding.outcome).toBe('fail')
    expect(finding.sentence).toContain(says)
  })

  it('are unknown when nobody answered before, as when pKVM refuses all', () => {
    expect(attacked(report.replace(/ (tpm|other) calls/g, ' nobody calls')).outcome).toBe('unknown')
  })

  it('are unknown when the report is cut off', () => {
    expect(attacked(report.slice(0, 300)).outcome).toBe('unknown')
  })

  it.each<[string, Showing, string]>([
    ['the module is not named', { modules: [] }, 'skip'],
    ['there is no report', {}, 'unknown'],
    ['the module would not load', { records: recordsOf({ fact: 'module', name: 'ffa-fuzz', rc: -95 }) }, 'unknown'],
    ['it began and the machine fell silent', { consoles: [consoleOf(began)], host: host('silence') }, 'fail'],
    ['it began and the attempt was cancelled', { consoles: [consoleOf(began)], host: host('cancelled') }, 'unknown'],
    [
      'it began and OP-TEE panicked',
      { consoles: [consoleOf(began), consoleOf(panic, 'uart1')], host: host('cancelled') },
      'fail',
    ],
    [
      'it ended and the report is lost',
      { consoles: [consoleOf(`${began}\n${done}`)], host: host('silence') },
      'unknown',
    ],
  ])('when %s', (_, showing, outcome) => {
    expect(findingOf(shownOf({ modules: ['ffa-fuzz'], records: recordsOf(hello), ...showing }), id).outcome).toBe(
      outcome,
    )
  })
})

describe('the report of the hostile caller', () => {
  it('is read from any text without a throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat(report.length).map((n) => report.slice(n)),
        ),
        (text) => {
          readHostileReport(text)
        },
      ),
    )
  })
})

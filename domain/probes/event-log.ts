import { toHex } from '../bytes/bytes.ts'
import { counted } from '../counted.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Finding } from '../finding.ts'
import { checkEventLog, firmwarePcrs, firstMisfit, type PcrCheck } from '../tcg/check-log.ts'
import { describeEvent } from '../tcg/event-data.ts'
import { contradictsItsData } from '../tcg/measured-data.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { citeEvent, eventLogPath, measuredOf, pcrWants } from './measured.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { Seen } from './seen.ts'
import { tpmPresence } from './tpm/presence.ts'

const outcomes = ['pass', 'fail', 'skip', 'unknown'] as const

/** The firmware's log of what it measured, and whether the PCRs agree. */
export const eventLog: Probe = {
  group: 'eventlog',
  findings: [
    { id: 'eventlog.parsed', asks: "Can the firmware's event log be read to its end?", outcomes, since: 6 },
    {
      id: 'eventlog.replay',
      asks: "Does the firmware's event log give the PCRs, or which event is the first that does not fit?",
      outcomes,
      since: 6,
    },
  ],
  wants: [{ kind: 'list', path: '/sys/class/tpm' }, ...pcrWants, { kind: 'file', path: eventLogPath, bytes: 524_288 }],
  config: [],
  judge: (seen) => [readable(seen), replay(seen)],
}

/** Rests on the log as the kernel shows it (drivers/char/tpm/eventlog/). */
function readable(seen: Seen): Finding {
  const id = 'eventlog.parsed'
  const { log: read } = measuredOf(seen)
  if (!read) return noLog(seen, id)
  const { path, log, cut } = read
  const facts = { format: log.format, events: log.events.length, banks: log.banks.join(' ') }
  const end = log.events.at(-1)?.end ?? 0
  const whole: Evidence = {
    kind: 'file',
    file: path,
    unit: 'byte',
    from: 0,
    to: Math.max(0, end - 1),
    text: counted(log.events.length, 'event'),
  }
  if (log.problem && !cut)
    return fail(
      id,
      `The event log breaks off at byte ${log.problem.offset}: ${log.problem.why}.`,
      [whole, at(path, log.problem.offset, log.problem.why)],
      facts,
    )
  if (log.events.length === 0) return fail(id, 'The event log has no event.', [citeRecord(read.record)], facts)
  if (cut) return unknown(id, 'The event log is longer than what was read of it.', [whole], facts)
  return pass(
    id,
    `The firmware's log has ${counted(log.events.length, 'event')} with digests in ${log.banks.join(', ')}.`,
    [whole],
    facts,
  )
}

/**
 * Replays the log and compares PCRs 0 to 9, in each bank that both have; PCR 9 has the command line and the initrd, so
 * that nothing is pinned. The first event that does not fit is named where one explains the PCR: see `check-log.ts`.
 */
function replay(seen: Seen): Finding {
  const id = 'eventlog.replay'
  const { log: read, pcrs, pcrRecords } = measuredOf(seen)
  if (!read) return noLog(seen, id)
  const { path, log } = read
  const all = checkEventLog(log, pcrs)
  const checks = all.filter(({ pcr }) => firmwarePcrs.includes(pcr))
  const records = (of: readonly PcrCheck[]) =>
    of
      .map(({ bank, pcr }) => pcrRecords.get(`${bank}/${pcr}`))
      .filter((record) => record !== undefined)
      .map(citeRecord)
  const whole: Evidence = {
    kind: 'file',
    file: path,
    unit: 'byte',
    from: 0,
    to: Math.max(0, (log.events.at(-1)?.end ?? 1) - 1),
    text: counted(log.events.length, 'event'),
  }
  if (checks.length === 0)
    return unknown(id, 'No PCR that the log has an event for was read in a bank that can be computed.', [whole])
  const wrong = checks.filter(({ differs }) => differs)
  const banks = [...new Set(checks.map(({ bank }) => bank))].join(' ')
  const facts = { banks, pcrs: new Set(checks.map(({ pcr }) => pcr)).size }
  if (wrong.length === 0) {
    const unlike = log.events.filter(contradictsItsData)
    const more = unlike[0] ? `; ${describeEvent(unlike[0])} has data that is not what was measured` : ''
    return pass(
      id,
      `The log gives PCRs ${[...new Set(checks.map(({ pcr }) => pcr))].join(', ')} in ${banks}${more}.`,
      [whole, ...records(checks)],
      facts,
    )
  }
  if (read.cut || log.problem)
    return unknown(
      id,
      'Of the log not all events were read, and those give other PCRs.',
      [whole, ...records(wrong)],
      facts,
    )
  const misfit = firstMisfit(checks) ?? wrong[0]
  const event = misfit?.differs?.event
  const sentence = misfit ? explain(misfit) : ''
  return fail(
    id,
    sentence,
    [event ? citeEvent(path, event) : whole, ...records(wrong)],
    known({ ...facts, pcr: misfit?.pcr, bank: misfit?.bank, event: event?.index, cause: misfit?.differs?.how }),
  )
}

function explain({ bank, pcr, read, replayed, differs }: PcrCheck): string {
  const place = `PCR ${pcr} in ${bank}`
  const event = differs?.event ? describeEvent(differs.event) : ''
  const gives = replayed
    ? `the log gives ${toHex(replayed).slice(0, 16)}..., the TPM has ${toHex(read).slice(0, 16)}...`
    : ''
  switch (differs?.how) {
    case 'wrong-digest':
      return `${place} does not fit: ${event} is the first that does not; it was logged with a digest that its data does not have.`
    case 'logged-only':
      return `${place} does not fit: ${event} is the first that does not; from there on the log has what was never extended.`
    case 'one-logged-only':
      return `${place} does not fit: ${event} is the first that does not; it was logged and never extended.`
    case 'locality':
      return `${place} does not fit: the TPM was started from locality ${differs.locality}, of which the log says something else.`
    case 'not-logged':
      return `${place} has a value, but the log has no event for it.`
    default:
      return event === ''
        ? `${place} does not fit, and no single event explains it: ${gives}.`
        : `${place} does not fit: ${event} contradicts its own data, but that alone does not explain it: ${gives}.`
  }
}

function noLog(seen: Seen, id: string): Finding {
  const handed = seen.all('tpm.efi-tables').find(({ match }) => /TPMEventLog=/.test(match.groups['tables'] ?? ''))
  const presence = tpmPresence(seen)
  if (presence && !presence.there)
    return skip(id, 'Without a TPM the kernel shows no event log.', [
      citeRecord(presence.record),
      ...(handed ? [cite(handed)] : []),
    ])
  const missing = seen.records('file').find(({ body }) => body.path === eventLogPath && body.rc !== 0)
  if (missing && handed)
    return fail(id, `Firmware left an event log, but the kernel does not show it (${missing.body.rc}).`, [
      cite(handed),
      citeRecord(missing),
    ])
  if (missing) return skip(id, 'The firmware left no event log.', [citeRecord(missing)])
  return unknown(id, 'The event log was not read.')
}

function at(file: string, offset: number, text: string): Evidence {
  return { kind: 'file', file, unit: 'byte', from: offset, to: offset, text }
}

import type { Evidence } from '../../evidence/evidence.ts'
import { counted } from '../../counted.ts'
import type { Finding } from '../../finding.ts'
import { aggregateBank, aggregateKind, isLate, matchingAggregate } from '../../ima/boot-aggregate.ts'
import { isViolation } from '../../ima/measurement.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { replayed } from './boot-aggregate.ts'
import { citeEntry, citeList, eventLogPath, mainList, measuredOf } from '../measured.ts'
import { fail, pass, unknown, type SomeEvidence } from '../outcome.ts'
import type { RecordOf, Seen } from '../seen.ts'

const id = 'ima.consistent'

/** Two things that must agree, held against each other. */
interface Comparison {
  /** What was compared, e.g. `log and list`. */
  what: string
  /** One sentence where they contradict each other. */
  contradiction?: string
  evidence: SomeEvidence
}

/**
 * Holds against each other what the log says, what the list has, how many the kernel counts, and what the firmware's log
 * gives; each pair that was read. The first contradiction is named: one of the two is wrong then, and neither can be
 * trusted alone.
 */
export function consistent(seen: Seen): Finding {
  const compared = [bypassAndAggregate, countAndList, violationsAndList, lateAndConfig, logAndAggregate]
    .map((compare) => compare(seen))
    .filter((comparison) => comparison !== undefined)
  const [first, ...rest] = compared
  const bad = compared.find(({ contradiction }) => contradiction !== undefined)
  if (bad) return fail(id, `${bad.contradiction}.`, bad.evidence, { between: bad.what })
  if (!first) return unknown(id, 'No two of the log, the list and the counters were read.')
  const what = compared.map((comparison) => comparison.what)
  return pass(
    id,
    `These agree: ${what.join('; ')}.`,
    [...first.evidence, ...rest.flatMap(({ evidence }) => evidence)],
    {
      compared: compared.length,
    },
  )
}

/** `TPM-bypass` is printed exactly when IMA found no chip, and then its boot_aggregate is zero. */
function bypassAndAggregate(seen: Seen): Comparison | undefined {
  const what = 'what the log says of the TPM and boot_aggregate'
  const main = mainList(seen)
  const kind = main?.aggregate && aggregateKind(main.aggregate)
  const hash = seen.last('ima.hash')
  const bypass = seen.last('ima.bypass')
  if (!main?.aggregate || kind === undefined) return undefined
  const entry: Evidence = citeEntry(main.read, main.aggregate)
  if (bypass && kind !== 'zero')
    return {
      what,
      contradiction: 'The log says that IMA bypasses the TPM, but boot_aggregate is over PCRs',
      evidence: [cite(bypass), entry],
    }
  if (bypass) return { what, evidence: [cite(bypass), entry] }
  // Without a line of IMA the log may be another's or cut: nothing to compare.
  if (!hash) return undefined
  const excused = seen.last('ima.no-bank') ?? seen.last('ima.pcr-not-read')
  if (kind === 'zero' && !excused)
    return {
      what,
      contradiction: 'The boot_aggregate is zero, but the log does not say that IMA bypasses the TPM',
      evidence: [entry, cite(hash)],
    }
  return { what, evidence: [entry, cite(hash)] }
}

function countAndList(seen: Seen): Comparison | undefined {
  const main = mainList(seen)
  const count = counter(seen, 'runtime_measurements_count')
  if (!main || !count || main.read.cut) return undefined
  const listed = main.read.list.entries.length
  // The counter is read after the list, which may have grown.
  const contradiction =
    count.value < listed
      ? `The kernel counts ${counted(count.value, 'measurement')}, the list has ${counted(listed, 'entry', 'entries')}`
      : undefined
  return {
    what: 'the count of measurements and the list',
    ...(contradiction ? { contradiction } : {}),
    evidence: [citeRecord(count.record), citeList(main.read)],
  }
}

function violationsAndList(seen: Seen): Comparison | undefined {
  const main = mainList(seen)
  const count = counter(seen, 'violations')
  if (!main || !count || main.read.cut) return undefined
  const listed = main.read.list.entries.filter(isViolation).length
  // After kexec the list has those of the kernels before, the counter does not.
  const carried = main.aggregate !== main.read.list.entries[0]
  const contradiction =
    count.value < listed && !carried
      ? `The kernel counts ${counted(count.value, 'violation')}, the list has ${listed}`
      : undefined
  return {
    what: 'the count of violations and the list',
    ...(contradiction ? { contradiction } : {}),
    evidence: [citeRecord(count.record), citeList(main.read)],
  }
}

/** 7.3 names its entry boot_aggregate_late exactly with IMA_INIT_LATE_SYNC (ima_init.c). */
function lateAndConfig(seen: Seen): Comparison | undefined {
  const main = mainList(seen)
  const config = seen.symbol('IMA_INIT_LATE_SYNC')
  if (!main?.aggregate || (config !== 'y' && config !== 'n')) return undefined
  const late = isLate(main.aggregate)
  const evidence: SomeEvidence = [citeEntry(main.read, main.aggregate)]
  const what = 'IMA_INIT_LATE_SYNC and the name of boot_aggregate'
  if (late && config === 'n')
    return {
      what,
      contradiction: 'The list has boot_aggregate_late, but the kernel is built without IMA_INIT_LATE_SYNC',
      evidence,
    }
  if (!late && config === 'y')
    return {
      what,
      contradiction: 'The kernel is built with IMA_INIT_LATE_SYNC, but the list has boot_aggregate',
      evidence,
    }
  return { what, evidence }
}

/** The firmware's log gives the PCRs that boot_aggregate is over, unless either was changed. */
function logAndAggregate(seen: Seen): Comparison | undefined {
  const main = mainList(seen)
  const { log } = measuredOf(seen)
  const kind = main?.aggregate && aggregateKind(main.aggregate)
  if (!main?.aggregate || !log || log.cut || log.log.problem || (kind !== 'measured' && kind !== 'unmeasured'))
    return undefined
  // Of a bank that the firmware did not log nothing can be said.
  const bank = aggregateBank(main.aggregate)
  if (bank === undefined || !log.log.banks.includes(bank)) return undefined
  const last = log.log.events.at(-1)
  const evidence: SomeEvidence = [
    citeEntry(main.read, main.aggregate),
    {
      kind: 'file',
      file: eventLogPath,
      unit: 'byte',
      from: 0,
      to: Math.max(0, (last?.end ?? 1) - 1),
      text: counted(log.log.events.length, 'event'),
    },
  ]
  const what = "the firmware's log and boot_aggregate"
  if (matchingAggregate(main.aggregate, replayed(log.log))) return { what, evidence }
  return { what, contradiction: "The firmware's log gives other PCRs than those that boot_aggregate is over", evidence }
}

function counter(seen: Seen, name: string): { value: number; record: RecordOf<'file'> } | undefined {
  const record = seen.records('file').find(({ body }) => body.rc === 0 && body.path.endsWith(`/ima/${name}`))
  const value = record && /^\d+$/.test(record.body.text.trim()) ? Number(record.body.text) : undefined
  return record && value !== undefined ? { value, record } : undefined
}

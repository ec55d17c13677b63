import { toHex } from '../../bytes/bytes.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import type { Finding } from '../../finding.ts'
import {
  aggregateBank,
  aggregateKind,
  bootAggregates,
  isLate,
  matchingAggregate,
  pcrsNotRead,
} from '../../ima/boot-aggregate.ts'
import { measuredDigest, nameOf } from '../../ima/measurement.ts'
import { replayEventLog } from '../../tcg/replay.ts'
import { setPcr, type Pcrs } from '../../tcg/pcrs.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { citeEntry, mainList, measuredOf } from '../measured.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import type { Seen } from '../seen.ts'

const id = 'ima.boot-aggregate'

/**
 * Recomputes boot_aggregate from PCRs 0 to 9 (0 to 7 in SHA-1 and before 5.8) of the bank that it names, and holds it
 * against what IMA wrote (security/integrity/ima/ima_crypto.c ima_calc_boot_aggregate_tfm()). Of a bank that was not read
 * nothing can be said. Where the PCRs give another and the firmware's own log gives IMA's in that bank, the PCRs were
 * extended after IMA had started: `pcrs-changed-since`.
 */
export function bootAggregate(seen: Seen): Finding {
  const main = mainList(seen)
  if (!main)
    return seen.symbol('IMA') === 'n'
      ? skip(id, 'The kernel is built without IMA.')
      : unknown(id, 'No measurement list was read.')
  const { read, aggregate } = main
  if (!aggregate) return unknown(id, 'The measurement list has no boot_aggregate.')
  const entry = citeEntry(read, aggregate)
  const late = isLate(aggregate)
  const measured = measuredDigest(aggregate)
  const kind = aggregateKind(aggregate)
  if (!measured || kind === undefined) return unknown(id, 'The boot_aggregate cannot be read.', [entry])
  if (kind === 'zero')
    return skip(
      id,
      'The boot_aggregate is zero: IMA had no PCRs to make it of, so there is nothing to recompute.',
      [entry],
      { late },
    )
  const { pcrs, log } = measuredOf(seen)
  const name = nameOf(aggregate) ?? ''
  const found = matchingAggregate(aggregate, pcrs)
  if (found) {
    const facts = { bank: found.bank, pcrs: found.rule, late, name }
    const said = late ? `; it is named ${name}, which verifiers may not know` : ''
    return pass(
      id,
      `The boot_aggregate is what PCRs ${found.rule} of the ${found.bank} bank give${said}.`,
      [entry, ...pcrEvidence(seen, found.bank)],
      facts,
    )
  }
  const notRead = seen.last('ima.pcr-not-read')
  if (notRead)
    return unknown(
      id,
      'IMA could not read a PCR when it made the boot_aggregate, so that it is over something else.',
      [entry, cite(notRead)],
      { late },
    )
  const bank = aggregateBank(aggregate)
  if (bank === undefined)
    return unknown(
      id,
      `The boot_aggregate is over PCRs of ${measured.algorithm ?? 'an unknown bank'}, which cannot be computed.`,
      [entry],
      { late },
    )
  const logged = log && matchingAggregate(aggregate, replayed(log.log))
  const missing = pcrsNotRead(bank, pcrs)
  if (missing.length > 0) {
    const some = `${missing.length === 1 ? 'PCR' : 'PCRs'} ${missing.join(', ')} ${missing.length === 1 ? 'was' : 'were'} not read`
    const which = pcrs.has(bank) ? some : 'no PCR was read'
    const gives = logged ? "; the firmware's log gives it" : ''
    return unknown(id, `The boot_aggregate is over the ${bank} bank, of which ${which}${gives}.`, [entry], {
      late,
      bank,
    })
  }
  const gave = bootAggregates(pcrs, bank).map(({ rule, digest }) => `${rule}: ${toHex(digest).slice(0, 16)}...`)
  const why = logged ? "; the firmware's log gives it, so the PCRs were extended after IMA had started" : ''
  return fail(
    id,
    `The boot_aggregate ${toHex(measured.digest).slice(0, 16)}... is none that the PCRs give (${bank} ${gave.join(', ')})${why}.`,
    [entry, ...pcrEvidence(seen, bank)],
    known({ late, bank, cause: logged ? 'pcrs-changed-since' : undefined }),
  )
}

function pcrEvidence(seen: Seen, bank: string): Evidence[] {
  const { pcrRecords } = measuredOf(seen)
  return Array.from({ length: 10 }, (_, pcr) => pcrRecords.get(`${bank}/${pcr}`))
    .filter((record) => record !== undefined)
    .map(citeRecord)
}

/** PCRs 0 to 9 as a log says that they came to be; those without an event are zero. */
export function replayed(log: Parameters<typeof replayEventLog>[0]): Pcrs {
  const pcrs: Pcrs = new Map()
  for (const { bank, pcr, value } of replayEventLog(log)) {
    for (let each = 0; each < 10; each++)
      if (!pcrs.get(bank)?.has(each)) setPcr(pcrs, bank, each, new Uint8Array(value.length))
    setPcr(pcrs, bank, pcr, value)
  }
  return pcrs
}

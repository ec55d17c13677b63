import type { Evidence } from '../../evidence/evidence.ts'
import type { Finding } from '../../finding.ts'
import { aggregateKind, isLate } from '../../ima/boot-aggregate.ts'
import { initcallTimeline } from '../../initcalls/initcall-timeline.ts'
import { cite, citeLines, citeRecord } from '../../evidence/cite.ts'
import { ffaGaveUp } from '../ffa-gave-up.ts'
import { citeEntry, mainList } from '../measured.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import { isBefore, Seen } from '../seen.ts'
import { knownIn } from '../../shown/known-lines.ts'
import type { Sighting } from '../../signatures/sighting.ts'
import { driver } from '../tpm/driver.ts'
import { tpmLine, tpmPresence } from '../tpm/presence.ts'

const id = 'ima.tpm'

/**
 * Whether IMA used the TPM. The entry that IMA wrote when it started decides: a digest of zeros is a bypass
 * (security/integrity/ima/ima_init.c, ima_crypto.c ima_calc_boot_aggregate()). Without the list the line `TPM-bypass`
 * decides, and its absence proves nothing.
 *
 * The cause of a bypass: `ordering`, a TPM is there now and came after IMA had started; `no-bank`, IMA found a TPM and no
 * bank that it can use; `no-tpm`, there is none, and then `tpm` has the cause that `tpm.driver` found; `no-ffa`, nothing
 * shows whether there is one, and the FF-A driver had given up, by which it might be reached.
 */
export function usesTpm(seen: Seen): Finding {
  const main = mainList(seen)
  const kind = main?.aggregate && aggregateKind(main.aggregate)
  const bypass = seen.last('ima.bypass')
  const noBank = seen.last('ima.no-bank')
  if (main?.aggregate && (kind === 'measured' || kind === 'unmeasured')) {
    const late = isLate(main.aggregate)
    const what =
      kind === 'unmeasured'
        ? 'used the TPM, into which firmware measured nothing (PCRs 0 to 9 were zero)'
        : 'used the TPM'
    return pass(id, `IMA ${what}.`, [citeEntry(main.read, main.aggregate)], { late, measured: kind === 'measured' })
  }
  const evidence: Evidence[] = [
    ...(bypass ? [cite(bypass)] : []),
    ...(noBank ? [cite(noBank)] : []),
    ...(main?.aggregate && kind === 'zero' ? [citeEntry(main.read, main.aggregate)] : []),
  ]
  const [first, ...rest] = evidence
  if (first) {
    const why = causeOf(seen, bypass, noBank)
    const late = main?.aggregate && isLate(main.aggregate)
    return fail(
      id,
      `IMA does not use the TPM: ${why.sentence}.`,
      [first, ...rest, ...why.evidence],
      known({ cause: why.cause, tpm: why.tpm, late }),
    )
  }
  if (seen.symbol('IMA') === 'n') return skip(id, 'The kernel is built without IMA.')
  const off = seen.last('ima.off')
  if (off) return skip(id, 'IMA is switched off.', [cite(off)])
  const refused = seen.last('ima.pcr-not-read') ?? seen.last('ima.pcr-not-extended')
  if (refused)
    return unknown(
      id,
      'IMA found a TPM and could not read or extend its PCRs; without its list nothing shows what came of it.',
      [cite(refused)],
    )
  const hash = seen.last('ima.hash')
  if (hash)
    return unknown(id, 'IMA started and did not say that it bypasses the TPM; without its list that proves nothing.', [
      cite(hash),
    ])
  return unknown(id, 'Nothing shows whether IMA used a TPM.')
}

interface Why {
  cause?: 'ordering' | 'no-bank' | 'no-tpm' | 'no-ffa'
  /** The cause why there is no TPM. */
  tpm?: string
  sentence: string
  evidence: Evidence[]
}

function causeOf(seen: Seen, bypass: Sighting | undefined, noBank: Sighting | undefined): Why {
  if (noBank && !bypass)
    return { cause: 'no-bank', sentence: 'the TPM has no bank of PCRs that it can use', evidence: [] }
  const presence = tpmPresence(seen)
  // A partition that answers late is no TPM yet: a driver has to take it.
  const lost = driver(seen)
  const { outcome, facts, evidence, sentence } = bypass ? driver(until(seen, bypass)) : lost
  // That nothing says why does not hold where something says so later.
  const isKnownLater = facts['cause'] === 'silent' && lost.facts['cause'] !== 'silent'
  if (outcome === 'fail' && !isKnownLater) {
    const tpm = typeof facts['cause'] === 'string' ? facts['cause'] : undefined
    return {
      cause: 'no-tpm',
      ...(tpm === undefined ? {} : { tpm }),
      sentence: `there is none. ${sentence.replace(/\.$/, '')}`,
      evidence,
    }
  }
  const later = bypass && tpmAfter(seen, bypass)
  if (presence?.there || later)
    return {
      cause: 'ordering',
      sentence: 'the TPM came after IMA had started; IMA does not look again',
      evidence: [...(later ? [later] : []), ...(presence ? [citeRecord(presence.record)] : [])],
    }
  const ffa = presence ? undefined : ffaGaveUp(seen)
  if (ffa && (!bypass || isBefore(ffa, bypass) === true))
    return {
      cause: 'no-ffa',
      sentence: `it found none when it started, and none behind FF-A could be reached: the FF-A driver had given up (${ffa.match.groups['why']})`,
      evidence: [cite(ffa)],
    }
  if (presence) return { cause: 'no-tpm', sentence: 'the system has none', evidence: [citeRecord(presence.record)] }
  const why = lost.outcome === 'fail' ? 'what is said of the loss of one came only after that' : 'nothing shows why'
  return { sentence: `it found none when it started, and ${why}`, evidence: [] }
}

/** What was seen before a line of a console was said: what IMA had decided by then nothing later has caused. */
function until({ shown }: Seen, { log, index }: Sighting): Seen {
  const consoles = shown.consoles.map((each) =>
    each === log
      ? { ...each, lines: each.lines.slice(0, index + 1), known: knownIn(each).filter((line) => line.index <= index) }
      : each,
  )
  return new Seen({ ...shown, consoles })
}

/** A line after the bypass that only a driver with a TPM prints, or the probe of its device that succeeded then. */
function tpmAfter(seen: Seen, bypass: Sighting): Evidence | undefined {
  const line = tpmLine(seen)
  if (line && isBefore(bypass, line)) return cite(line)
  const at = bypass.log.lines[bypass.index]?.number ?? 0
  const probe = initcallTimeline(bypass.log).find(
    (entry) =>
      entry.kind === 'probe' &&
      entry.value === 0 &&
      (entry.name.startsWith('MSFT0101:') || entry.driver?.startsWith('tpm_')) &&
      entry.returned.line > at,
  )
  const index = probe?.returned && bypass.log.lines.findIndex(({ number }) => number === probe.returned?.line)
  return index === undefined || index < 0 ? undefined : citeLines(bypass.log, index, index)
}

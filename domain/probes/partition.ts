import type { Finding } from '../finding.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { readHostileReport, type Attacked, type HostileReport } from './hostile-report.ts'
import { fail, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { RecordOf, Seen } from './seen.ts'
import type { Sighting } from '../signatures/sighting.ts'

const module = 'ffa-fuzz'
const report = '/proc/hyplab-ffa-fuzz'
const id = 'partition.survives'

/** What secure partitions make of a caller who means them no good. */
export const partition: Probe = {
  group: 'partition',
  findings: [
    {
      id,
      asks: 'Do the secure partitions refuse a hostile caller, and serve an honest one afterwards?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 4,
    },
  ],
  wants: [{ kind: 'file', path: report }],
  config: [],
  judge: (seen) => [survives(seen)],
}

/**
 * Rests on the report of guest/ffa-fuzz, which a cell names among its modules: every answer must be one of the partition's
 * own, or FFA_ERROR with a status of DEN0077A; one harmless question must be answered as before; the memory behind the
 * TPM's buffers must be as it was. An attack that began and never ended, with the machine silent until it was given up, is
 * a failure too. Without one partition that answered before the attack there was nobody to survive it: `unknown`.
 *
 * It can miss: what a partition does wrong and answers correctly, and what other seeds would find. It can be unjust: a
 * host too busy to run the machine looks like one that hangs.
 */
function survives(seen: Seen): Finding {
  if (!seen.shown.asked.modules.includes(module))
    return skip(id, `Nobody attacked: ${module} is not among the modules that were to be loaded.`)
  const record = seen.records('file').find(({ body }) => body.path === report && body.rc === 0)
  const read = record && readHostileReport(record.body.text)
  if (record && read) return judged(record, read)
  const began = seen.last('fuzz.begin')
  if (began && !seen.first('fuzz.end')) return neverEnded(seen, began)
  if (record)
    return unknown(id, 'The report of the hostile caller is not whole, so nothing shows what it saw.', [
      citeRecord(record),
    ])
  const loaded = seen.records('module').find(({ body }) => body.name === module && body.rc !== 0)
  if (loaded)
    return unknown(id, `The module ${module} could not be loaded (${loaded.body.rc}), so nobody was attacked.`, [
      citeRecord(loaded),
    ])
  return unknown(id, 'There is no report of the hostile caller.', began ? [cite(began)] : [])
}

function judged(record: RecordOf<'file'>, { seed, milliseconds, partitions, guard }: HostileReport): Finding {
  const alive = partitions.filter(({ kind }) => kind !== 'nobody')
  const calls = sum(partitions, 'calls')
  const [refused, busy] = [sum(alive, 'refused'), sum(partitions, 'busy')]
  const facts = { seed, milliseconds, calls, partitions: alive.length, refused, busy, guard }
  const evidence = citeRecord(record)
  const wrong = [
    ...partitions.filter(({ strange }) => strange > 0).map((one) => `${one.id} gave ${one.strange} strange answers`),
    ...partitions
      .filter(({ rollCall }) => rollCall === 'other')
      .map((one) => `${one.id} no longer answers as before the attack`),
    ...(guard.startsWith('broken') ? [`memory behind the TPM's buffers was written to (${guard})`] : []),
  ]
  if (wrong.length > 0)
    return fail(id, `Under seed ${seed}, after ${calls} calls: ${wrong.join('; ')}.`, [evidence], {
      ...facts,
      strange: sum(partitions, 'strange'),
    })
  if (alive.length === 0)
    return unknown(
      id,
      'No partition answered even before the attack, so there was nobody to survive it.',
      [evidence],
      facts,
    )
  const names = alive.map((one) => (one.kind === 'tpm' ? `${one.id} (TPM)` : one.id)).join(', ')
  return pass(
    id,
    `${names} answered ${calls} hostile calls or refused them, and an honest one as before.`,
    [evidence],
    facts,
  )
}

function neverEnded(seen: Seen, began: Sighting): Finding {
  const facts = { seed: began.match.groups['seed'] ?? '' }
  const faults = seen.sightings.filter(({ match }) => match.signature.fault && match.signature.world !== 'NS')
  const start = `Under seed ${facts.seed} the attack never ended`
  if (faults.length > 0)
    return fail(
      id,
      `${start}, and the firmware reports a fault.`,
      [cite(began), ...faults.slice(0, 4).map(cite)],
      facts,
    )
  if (seen.shown.host.stop === 'silence') return fail(id, `${start}: the machine fell silent.`, [cite(began)], facts)
  return unknown(id, `The attack had not ended when the boot did (${seen.shown.host.stop}).`, [cite(began)], facts)
}

function sum(partitions: Attacked[], name: 'calls' | 'refused' | 'busy' | 'strange'): number {
  return partitions.reduce((total, one) => total + one[name], 0)
}

import { isFilled, toHex } from '../../bytes/bytes.ts'
import { counted } from '../../counted.ts'
import type { Finding } from '../../finding.ts'
import { aggregateKind } from '../../ima/boot-aggregate.ts'
import { describeMeasurement, isViolation, type Measurement } from '../../ima/measurement.ts'
import {
  checkableEntries,
  firstDifference,
  firstWrongEntry,
  isUnreadable,
  listedPcrs,
  replayList,
  type ListReplay,
} from '../../ima/replay.ts'
import { listBank, templateDigest } from '../../ima/template-digest.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { citeEntry, citeList, mainList, measuredOf, type ReadList } from '../measured.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import type { Seen } from '../seen.ts'

/** So many entries may have been added between the reading of the PCR and of the list. */
const mayBeAhead = 8

/**
 * Replays the measurement list against the PCRs that it is for, usually 10, in each bank that was read (ima_queue.c
 * ima_add_template_entry()). A list that is ahead of a PCR read before it still fits; one of which nothing was extended
 * does not: `nothing-extended` is what a TPM that came after IMA shows.
 */
export function replay(seen: Seen): Finding {
  const id = 'ima.replay'
  const main = mainList(seen)
  if (!main)
    return seen.symbol('IMA') === 'n'
      ? skip(id, 'The kernel is built without IMA.')
      : unknown(id, 'No measurement list was read.')
  const { read } = main
  const { pcrs, pcrRecords } = measuredOf(seen)
  if (read.cut) return unknown(id, 'The measurement list is longer than what was read of it.', [citeList(read)])
  const replays: ListReplay[] = []
  const not: string[] = []
  for (const pcr of listedPcrs(read.list))
    for (const [bank, values] of pcrs) {
      const value = values.get(pcr)
      const found = value && replayList(read.list, bank, pcr, value)
      if (found) replays.push(found)
      else if (value) not.push(`${bank}:${pcr}`)
    }
  const rest = not.length > 0 ? `; ${not.join(' ')} cannot be computed from it` : ''
  const [first] = replays
  if (!first)
    return unknown(id, `No PCR that the list is for was read in a bank that can be computed${rest}.`, [citeList(read)])
  const records = replays
    .map(({ bank, pcr }) => pcrRecords.get(`${bank}/${pcr}`))
    .filter((record) => record !== undefined)
    .map(citeRecord)
  const banks = [...new Set(replays.map(({ bank }) => bank))].join(' ')
  const bad = replays.find(({ fits, of }) => fits === undefined || of - fits > mayBeAhead || (fits === 0 && of > 0))
  const entries = read.list.entries.length
  const violations = read.list.entries.filter(isViolation).length
  if (!bad) {
    const ahead = Math.max(...replays.map(({ fits = 0, of }) => of - fits))
    const padded = replays.filter((each) => each.padded).map(({ bank }) => bank)
    const note = padded.length > 0 ? ` (in ${padded.join(', ')} the kernel has no hash and extends SHA-1)` : ''
    const more = ahead > 0 ? `; the list was ${ahead} ahead when it was read` : ''
    return pass(
      id,
      `The ${counted(entries, 'entry of the list gives', 'entries of the list give')} PCR ${first.pcr} in ${banks}${note}${more}${rest}.`,
      [citeList(read), ...records],
      {
        entries,
        violations,
        banks,
        ahead,
        ...(padded.length > 0 ? { padded: padded.join(' ') } : {}),
        ...(not.length > 0 ? { not: not.join(' ') } : {}),
      },
    )
  }
  const { bank, pcr, fits, next, of } = bad
  const at = next ? [citeEntry(read, next)] : []
  const facts = { entries, violations, bank, pcr }
  const notExtended = seen.last('ima.pcr-not-extended')
  const lines = notExtended ? [cite(notExtended)] : []
  if (fits === 0) {
    const zero = main.aggregate && aggregateKind(main.aggregate) === 'zero'
    return fail(
      id,
      `Nothing of the list was extended: PCR ${pcr} in ${bank} is zero${zero ? ', as IMA had no TPM when it started' : ''}.`,
      [citeList(read), ...records, ...lines],
      { ...facts, cause: 'nothing-extended' },
    )
  }
  if (fits !== undefined && next)
    return fail(
      id,
      `PCR ${pcr} in ${bank} has the first ${fits} of ${of} entries and nothing after: ${describeMeasurement(next)} is the first that it does not have.`,
      [citeList(read), ...at, ...records, ...lines],
      { ...facts, cause: 'stopped', first: next.entry },
    )
  if (bad.unreadable)
    return fail(
      id,
      `The list does not give PCR ${pcr} in ${bank}: ${unreadable(bad.unreadable)}.`,
      [citeList(read), citeEntry(read, bad.unreadable), ...records, ...lines],
      { ...facts, cause: 'unreadable', first: bad.unreadable.entry },
    )
  const wrong = firstWrongEntry(read.list)
  if (read.list.problem && !wrong)
    return unknown(
      id,
      `Of the list not all entries were read, and those give another PCR ${pcr} in ${bank}: ${read.list.problem.why}.`,
      [citeList(read), ...records],
      facts,
    )
  return fail(
    id,
    `The list does not give PCR ${pcr} in ${bank}: it gives ${toHex(bad.value).slice(0, 16)}...${wrong ? `; ${describeMeasurement(wrong)} does not have the digest of its fields` : ''}.`,
    [citeList(read), ...(wrong ? [citeEntry(read, wrong)] : []), ...records, ...lines],
    known({ ...facts, cause: 'different', first: wrong?.entry }),
  )
}

/** Recomputes each entry's template digest from its fields (ima_crypto.c ima_calc_field_array_hash_tfm()), and holds the lists that were read against each other. */
export function list(seen: Seen): Finding {
  const id = 'ima.list'
  const { lists } = measuredOf(seen)
  const [first] = lists
  if (!first)
    return seen.symbol('IMA') === 'n'
      ? skip(id, 'The kernel is built without IMA.')
      : unknown(id, 'No measurement list was read.')
  for (const read of lists) {
    const { problem, entries } = read.list
    if (problem && !read.cut)
      return fail(
        id,
        `The list ${nameOfFile(read)} cannot be read to its end: ${problem.why}.`,
        [
          {
            kind: 'file',
            file: read.path,
            unit: read.list.kind === 'ascii' ? 'line' : 'byte',
            from: problem.at,
            to: problem.at,
            text: problem.why,
          },
        ],
        { entries: entries.length },
      )
    const wrong = firstWrongEntry(read.list)
    if (wrong && isUnreadable(wrong))
      return fail(id, `In ${nameOfFile(read)}, ${unreadable(wrong)}.`, [citeEntry(read, wrong)], { first: wrong.entry })
    if (wrong) {
      const right = templateDigest(wrong, listBank(read.list) ?? 'sha1', read.list.littleEndian)
      const says = right
        ? ` (it has ${toHex(wrong.templateDigest).slice(0, 16)}..., its fields give ${toHex(right).slice(0, 16)}...)`
        : ''
      return fail(
        id,
        `In ${nameOfFile(read)}, ${describeMeasurement(wrong)} is the first without the digest of its fields${says}.`,
        [citeEntry(read, wrong)],
        {
          first: wrong.entry,
        },
      )
    }
  }
  for (const other of lists.slice(1)) {
    const unlike = firstDifference(first.list, other.list)
    if (unlike)
      return fail(
        id,
        `The lists ${nameOfFile(first)} and ${nameOfFile(other)} differ: first in ${describeMeasurement(unlike[0])}.`,
        [citeEntry(first, unlike[0]), citeEntry(other, unlike[1])],
        { first: unlike[0].entry },
      )
  }
  const entries = first.list.entries.length
  const checked = checkableEntries(first.list)
  const violations = first.list.entries.filter((entry) => isFilled(entry.templateDigest, 0)).length
  if (checked === 0) return unknown(id, 'The list has no entry whose digest can be recomputed.', lists.map(citeList))
  return pass(
    id,
    checked === 1
      ? 'The one entry of the list that can be checked has the digest of its fields.'
      : `All ${checked} entries of the list that can be checked have the digest of their fields.`,
    [citeList(first), ...lists.slice(1).map(citeList)],
    {
      entries,
      checked,
      violations,
      littleEndian: first.list.littleEndian,
    },
  )
}

function unreadable(entry: Measurement): string {
  return `${describeMeasurement(entry)} does not have the fields of its template ${entry.template}`
}

function nameOfFile({ path }: ReadList): string {
  return path.split('/').at(-1) ?? path
}

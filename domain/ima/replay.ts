import { isEqual, isFilled } from '../bytes/bytes.ts'
import { bankNamed, digest } from '../digest/bank.ts'
import { isViolation, type Measurement, type MeasurementList } from './measurement.ts'
import { digestFit, listBank, templateDigest } from './template-digest.ts'
import { templateFields } from './template.ts'

/** How far a list explains a PCR. */
export interface ListReplay {
  bank: string
  pcr: number
  /** Entries of the list that are for this PCR. */
  of: number
  /** So many of them, from the first, give the PCR's value: `of` when all do, 0 when nothing was extended; absent when no number does. */
  fits?: number
  /** The first entry that the PCR does not have, when it fits fewer than all. */
  next?: Measurement
  /** What the whole list gives, up to an entry that cannot be read. */
  value: Uint8Array
  /** The first entry of which the fields are not those of its template, so that nothing after it can be replayed. */
  unreadable?: Measurement
  /** The kernel had no hash for this bank and extended SHA-1 digests with zeros behind them. */
  padded: boolean
}

/** What the kernel extends for an entry: the digest in the bank's own hash, or SHA-1's with zeros behind it where it has none. */
interface Way {
  padded: boolean
  /** Bytes of 0xff that a violation extends, zeros behind them. */
  violation: number
}

/**
 * Replays a list against a PCR: `PCR = H(PCR || template digest)` from zeros, a violation extending 0xff instead
 * (security/integrity/ima/ima_queue.c ima_add_template_entry()). A list may be ahead of a PCR that was read before it,
 * so every beginning of the list is held against the value. A kernel that has no hash for a bank (`Can not allocate
 * sha384`) extends SHA-1 digests with zeros behind them (ima_crypto.c ima_calc_field_array_hash(), ima_queue.c
 * ima_init_digests()); that is tried where the bank's own do not fit. Undefined for a bank that we do not know, or when
 * an entry's digest in it is neither listed nor can be computed, its template being one that nobody knows.
 */
export function replayList(list: MeasurementList, bank: string, pcr: number, read: Uint8Array): ListReplay | undefined {
  const known = bankNamed(bank)
  if (!known) return undefined
  const { size } = known
  const own = replayAs(list, bank, pcr, read, { padded: false, violation: size })
  if (own?.fits !== undefined || size === sha1Size) return own
  const padded = [size, sha1Size].map((violation) => replayAs(list, bank, pcr, read, { padded: true, violation }))
  return padded.find((replay) => replay?.fits !== undefined) ?? own
}

const sha1Size = 20

function replayAs(
  list: MeasurementList,
  bank: string,
  pcr: number,
  read: Uint8Array,
  way: Way,
): ListReplay | undefined {
  const entries = list.entries.filter((entry) => entry.pcr === pcr)
  const ownBank = listBank(list) === bank
  let value: Uint8Array = new Uint8Array(read.length)
  let fits = isEqual(value, read) ? 0 : undefined
  const unreadable = entries.find(isUnreadable)
  for (const [n, entry] of entries.entries()) {
    // Its digest may be listed right, but it is not the digest of what the list says.
    if (entry === unreadable) break
    const extended = extendedDigest(entry, { bank, isListed: ownBank }, list, way)
    const after = extended && digest(bank, value, extended)
    if (!after) return undefined
    value = after
    if (isEqual(value, read)) fits = n + 1
  }
  const next = fits === undefined ? undefined : entries[fits]
  const counted = {
    ...(fits === undefined ? {} : { fits }),
    ...(next ? { next } : {}),
    ...(unreadable && { unreadable }),
  }
  return { bank, pcr, of: entries.length, value, padded: way.padded, ...counted }
}

/** The PCRs that a list is for, usually only 10 (CONFIG_IMA_MEASURE_PCR_IDX, and `pcr=` in a policy). */
export function listedPcrs({ entries }: MeasurementList): number[] {
  return [...new Set(entries.map(({ pcr }) => pcr))].sort((a, b) => a - b)
}

/** What was extended into a bank for an entry; `isListed` where the list has the digests of that bank. */
function extendedDigest(
  entry: Measurement,
  { bank, isListed }: { bank: string; isListed: boolean },
  list: MeasurementList,
  way: Way,
): Uint8Array | undefined {
  const size = bankNamed(bank)?.size ?? 0
  const extended = new Uint8Array(size)
  if (isViolation(entry)) return extended.fill(0xff, 0, way.violation)
  const own = templateDigest(entry, way.padded ? 'sha1' : bank, list.littleEndian)
  if (own) extended.set(own)
  else if (isListed) extended.set(entry.templateDigest)
  return own || isListed ? extended : undefined
}

/**
 * The first entry whose template digest does not follow from its fields, or whose fields are not those of its template;
 * undefined when there is none. Violations, and entries of templates that we do not know in an ASCII list, cannot be checked.
 */
export function firstWrongEntry(list: MeasurementList): Measurement | undefined {
  return list.entries.find(
    (entry) => isUnreadable(entry) || (isCheckable(entry) && digestFit(entry, list.littleEndian) === undefined),
  )
}

/** Whether an entry names a template that is known and does not have its fields, e.g. a digest that is no hex or cut off: no kernel writes that. */
export function isUnreadable({ fields, data, template }: Measurement): boolean {
  return !fields && !data && templateFields(template) !== undefined
}

/** How many entries have a template digest that can be recomputed. */
export function checkableEntries(list: MeasurementList): number {
  return list.entries.filter(isCheckable).length
}

function isCheckable(entry: Measurement): boolean {
  return !isViolation(entry) && (entry.fields !== undefined || entry.data !== undefined)
}

/** Where two lists of the same measurements, e.g. the ASCII and the binary file, first differ; undefined where one is the beginning of the other. */
export function firstDifference(a: MeasurementList, b: MeasurementList): [Measurement, Measurement] | undefined {
  for (const [n, one] of a.entries.entries()) {
    const other = b.entries[n]
    if (!other) return undefined
    if (!isSame(one, other)) return [one, other]
  }
  return undefined
}

function isSame(a: Measurement, b: Measurement): boolean {
  if (a.pcr !== b.pcr || a.template !== b.template) return false
  if (isViolation(a) !== isViolation(b)) return false
  if (a.templateDigest.length === b.templateDigest.length && !isEqual(a.templateDigest, b.templateDigest)) return false
  // The fields of a template that nobody knows cannot be told apart in text.
  if (!templateFields(a.template)) return true
  if (!a.fields || !b.fields) return a.fields === b.fields
  if (a.fields.length !== b.fields.length) return false
  return a.fields.every(({ bytes }, n) => isSameField(bytes, b.fields?.[n]?.bytes ?? new Uint8Array()))
}

/** The template `ima` has its name with or without NUL. */
function isSameField(a: Uint8Array, b: Uint8Array): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return isEqual(short, long.subarray(0, short.length)) && isFilled(long.subarray(short.length), 0)
}

import { isEqual, isFilled } from '../bytes/bytes.ts'
import { bankNamed, digest } from '../digest/bank.ts'
import { isViolation, type Measurement, type MeasurementList } from './measurement.ts'
import { digestFit, templateDigest } from './template-digest.ts'
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
  /** What the whole list gives. */
  value: Uint8Array
}

/**
 * Replays a list against a PCR: `PCR = H(PCR || template digest)` from zeros, a violation extending 0xff instead
 * (security/integrity/ima/ima_queue.c ima_add_template_entry()). A list may be ahead of a PCR that was read before it,
 * so every beginning of the list is held against the value. Undefined for a bank that we cannot compute, or when an
 * entry's digest in it is neither listed nor can be computed.
 */
export function replayList(list: MeasurementList, bank: string, pcr: number, read: Uint8Array): ListReplay | undefined {
  const size = bankNamed(bank)?.hash ? bankNamed(bank)?.size : undefined
  if (size === undefined) return undefined
  const entries = list.entries.filter((entry) => entry.pcr === pcr)
  let value: Uint8Array = new Uint8Array(size)
  let fits = isEqual(value, read) ? 0 : undefined
  for (const [n, entry] of entries.entries()) {
    const extended = extendedDigest(entry, bank, list)
    const after = extended && digest(bank, value, extended)
    if (!after) return undefined
    value = after
    if (isEqual(value, read)) fits = n + 1
  }
  const next = fits === undefined ? undefined : entries[fits]
  return { bank, pcr, of: entries.length, value, ...(fits === undefined ? {} : { fits }), ...(next ? { next } : {}) }
}

/** The PCRs that a list is for, usually only 10 (CONFIG_IMA_MEASURE_PCR_IDX, and `pcr=` in a policy). */
export function listedPcrs({ entries }: MeasurementList): number[] {
  return [...new Set(entries.map(({ pcr }) => pcr))].sort((a, b) => a - b)
}

/** What was extended into a bank for an entry. */
function extendedDigest(entry: Measurement, bank: string, list: MeasurementList): Uint8Array | undefined {
  const size = bankNamed(bank)?.size ?? 0
  if (isViolation(entry)) return new Uint8Array(size).fill(0xff)
  return (
    templateDigest(entry, bank, list.littleEndian) ??
    (entry.templateDigest.length === size ? entry.templateDigest : undefined)
  )
}

/** The first entry whose template digest does not follow from its fields; undefined when all do. Violations, and entries of templates that we do not know in an ASCII list, cannot be checked. */
export function firstWrongEntry(list: MeasurementList): Measurement | undefined {
  return list.entries.find((entry) => isCheckable(entry) && digestFit(entry, list.littleEndian) === undefined)
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

import { isFilled, toHex, toLatin1 } from '../bytes/bytes.ts'
import { templateFields } from './template.ts'

/** A field of an entry, as the kernel hashed it, without its length. */
export interface Field {
  /** As in a template's format, e.g. `d-ng`; a number for a template that nobody knows. */
  id: string
  bytes: Uint8Array
}

/** One entry of a measurement list. */
export interface Measurement {
  /** Its place in the list, from 1. */
  entry: number
  /** Where it stands: lines of text from 1, bytes from 0, both inclusive. */
  from: number
  to: number
  pcr: number
  /** As the list has it: over the fields, in the bank of the file that was read (SHA-1 in the file without a bank's name). */
  templateDigest: Uint8Array
  template: string
  /** Absent where they could not be told apart; then `data` has them. */
  fields?: Field[]
  /** What the template digest is over, for a template that nobody knows. */
  data?: Uint8Array
}

/** What was read of a measurement list. */
export interface MeasurementList {
  kind: 'ascii' | 'binary'
  /** The template digests' size, which tells the bank: 20 is SHA-1, 32 SHA-256 or SM3... */
  digestSize: number
  /** Of a binary list, as found; of an ASCII list what its numbers were hashed as: known only once digests fit. */
  littleEndian: boolean
  entries: Measurement[]
  /** Where reading stopped or what could not be read, in lines or bytes as in the entries; the entries before it stand. */
  problem?: { at: number; why: string }
}

/** The file's path or what else was measured; undefined where the entry has no name. */
export function nameOf({ fields }: Measurement): string | undefined {
  const name = fields?.find(({ id }) => id === 'n-ng' || id === 'n')
  return name && toLatin1(name.bytes).replace(/\0.*$/s, '')
}

/** The digest of what was measured, its algorithm where the template tells it, and `ima` or `verity` where it tells that. */
export function measuredDigest({
  fields,
}: Measurement): { algorithm?: string; type?: string; digest: Uint8Array } | undefined {
  const field = fields?.find(({ id }) => id === 'd-ng' || id === 'd-ngv2' || id === 'd')
  if (!field) return undefined
  if (field.id === 'd') return { digest: field.bytes }
  const end = field.bytes.indexOf(0)
  if (end < 0) return undefined
  const prefix = toLatin1(field.bytes.subarray(0, end)).split(':')
  const [algorithm, type] = [prefix.at(-2), prefix.at(-3)]
  const digest = field.bytes.subarray(end + 1)
  return { digest, ...(algorithm === undefined ? {} : { algorithm }), ...(type === undefined ? {} : { type }) }
}

/** A violation (a file measured while it was written, or opened for writing while measured) has a digest of zeros; the PCR got 0xff instead (ima_queue.c ima_add_template_entry()). */
export function isViolation({ templateDigest }: Measurement): boolean {
  return isFilled(templateDigest, 0)
}

/** Whether IMA itself wrote the entry when it started: `boot_aggregate`, or `boot_aggregate_late` where it starts late (7.3, IMA_INIT_LATE_SYNC). */
export function isBootAggregate(measurement: Measurement): boolean {
  const name = nameOf(measurement)
  return name === 'boot_aggregate' || name === 'boot_aggregate_late'
}

/** An entry for people, e.g. `entry 3 (/usr/bin/init)`; of a name what is not printable ASCII is escaped, since anyone can name a file. */
export function describeMeasurement(measurement: Measurement): string {
  const name = nameOf(measurement)
  const what = name === undefined || name === '' ? toHex(measurement.templateDigest).slice(0, 16) : name.slice(0, 200)
  const safe = what.replace(/[^\x20-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `entry ${measurement.entry} (${safe})`
}

/** Splits template data into the fields of a template; undefined where they do not fill it exactly. */
export function splitFields(template: string, data: Uint8Array, littleEndian: boolean): Field[] | undefined {
  const ids = templateFields(template)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const found: Field[] = []
  let at = 0
  while (at < data.length) {
    if (data.length - at < 4) return undefined
    const length = view.getUint32(at, littleEndian)
    at += 4
    if (length > data.length - at) return undefined
    found.push({ id: ids?.[found.length] ?? `${found.length + 1}`, bytes: data.subarray(at, at + length) })
    at += length
  }
  return ids === undefined || ids.length === found.length ? found : undefined
}

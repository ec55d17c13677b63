import { ByteReader } from '../bytes/byte-reader.ts'
import { toLatin1 } from '../bytes/bytes.ts'
import { splitFields, type Measurement, type MeasurementList } from './measurement.ts'
import { longestTemplateName } from './template.ts'

/** Digest sizes of the banks that a TPM may have, the one of the plain file first. */
const digestSizes = [20, 32, 48, 64]

/** How many entries must read well before a way of reading is believed. */
const trial = 3

/**
 * Parses `binary_runtime_measurements` or its variant for a bank (security/integrity/ima/ima_fs.c
 * ima_measurements_show()): `u32 pcr, digest, u32 length, template name, u32 length, template data`, numbers in the order
 * of the machine that wrote them unless it ran with `ima_canonical_fmt`. Byte order and digest size are found out, unless
 * given; the digest size is that of the bank. Never throws; what cannot be read ends the list with a problem.
 */
export function parseImaBinary(
  bytes: Uint8Array,
  given: { digestSize?: number; littleEndian?: boolean } = {},
): MeasurementList {
  const ways = (given.digestSize === undefined ? digestSizes : [given.digestSize]).flatMap((digestSize) =>
    (given.littleEndian === undefined ? [true, false] : [given.littleEndian]).map((littleEndian) => ({
      digestSize,
      littleEndian,
    })),
  )
  const readable = ways.map((way) => read(bytes, way, trial).entries.length)
  const best = ways[readable.indexOf(Math.max(...readable))] ?? { digestSize: 20, littleEndian: true }
  return read(bytes, best, Number.POSITIVE_INFINITY)
}

/** Whether bytes begin like a binary measurement list: tells kinds of files apart. */
export function isImaBinary(bytes: Uint8Array): boolean {
  const { entries, problem } = parseImaBinary(bytes.subarray(0, 65_536))
  const known = entries[0]?.fields !== undefined && entries[0].fields.every(({ id }) => !/^\d/.test(id))
  return known && (entries.length > 1 || problem === undefined)
}

function read(bytes: Uint8Array, way: { digestSize: number; littleEndian: boolean }, most: number): MeasurementList {
  const reader = new ByteReader(bytes, { littleEndian: way.littleEndian })
  const list: MeasurementList = { kind: 'binary', ...way, entries: [] }
  while (reader.left > 0 && list.entries.length < most) {
    const { offset } = reader
    const entry = readEntry(reader, list.entries.length + 1, way.digestSize)
    if (typeof entry === 'string') {
      list.problem = { at: offset, why: `entry ${list.entries.length + 1} cannot be read: ${entry}` }
      break
    }
    list.entries.push(entry)
  }
  return list
}

/** The next entry; a sentence's end where there is none. */
function readEntry(reader: ByteReader, entry: number, digestSize: number): Measurement | string {
  const from = reader.offset
  const pcr = reader.u32()
  const templateDigest = reader.take(digestSize)
  const length = reader.u32()
  if (reader.over) return 'it is cut off'
  // drivers/char/tpm/tpm.h TPM2_PLATFORM_PCR: 24 PCRs.
  if (pcr > 23) return `it names PCR ${pcr}`
  if (length === 0 || length > longestTemplateName) return `its template name has ${length} bytes`
  const template = toLatin1(reader.take(length))
  if (reader.over) return 'it is cut off'
  if (!/^[a-z0-9|-]+$/.test(template)) return 'its template name is none'
  const place = { entry, from, pcr, templateDigest, template }
  if (template === 'ima') {
    // The oldest template: no lengths but the name's, and the name without its NUL.
    const digest = reader.take(20)
    const name = reader.take(reader.u32())
    if (reader.over) return 'it is cut off'
    const fields = [
      { id: 'd', bytes: digest },
      { id: 'n', bytes: name },
    ]
    return { ...place, to: reader.offset - 1, fields }
  }
  const data = reader.take(reader.u32())
  if (reader.over) return 'it is cut off'
  const fields = splitFields(template, data, reader.littleEndian)
  return { ...place, to: reader.offset - 1, ...(fields ? { fields } : {}), data }
}

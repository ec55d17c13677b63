import { isEqual, isFilled } from '../bytes/bytes.ts'
import { banks, digest } from '../digest/bank.ts'
import type { Measurement, MeasurementList } from './measurement.ts'

/** IMA_EVENT_NAME_LEN_MAX + 1: the name of the template `ima` is hashed with zeros up to so many bytes. */
const paddedName = 256

/**
 * The template digest of an entry in a bank, from its fields (security/integrity/ima/ima_crypto.c
 * ima_calc_field_array_hash_tfm()): each field with its length before it, in the machine's byte order; the template `ima`
 * has no lengths and a padded name. Undefined for a bank that we do not know.
 */
export function templateDigest(measurement: Measurement, bank: string, littleEndian: boolean): Uint8Array | undefined {
  const { template, fields, data } = measurement
  if (!fields) return data && digest(bank, data)
  if (template === 'ima') {
    const name = new Uint8Array(paddedName)
    name.set((fields[1]?.bytes ?? new Uint8Array()).subarray(0, paddedName))
    return digest(bank, fields[0]?.bytes ?? new Uint8Array(), name)
  }
  const parts = fields.flatMap(({ bytes }) => {
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, bytes.length, littleEndian)
    return [length, bytes]
  })
  return digest(bank, ...parts)
}

/** How a listed template digest came to be: in this bank, or as SHA-1 with zeros behind it in a bank for which the kernel has no hash (ima_calc_field_array_hash()). */
export type DigestFit = { bank: string } | { padded: 'sha1' }

/** Takes an entry that is no violation; returns how its listed digest follows from its fields, or undefined when it does not in any way that we can compute. */
export function digestFit(measurement: Measurement, littleEndian: boolean): DigestFit | undefined {
  const listed = measurement.templateDigest
  for (const { name, size, hash } of banks) {
    if (!hash || size !== listed.length) continue
    const right = templateDigest(measurement, name, littleEndian)
    if (right && isEqual(right, listed)) return { bank: name }
  }
  if (listed.length <= 20 || !isFilled(listed.subarray(20), 0)) return undefined
  const sha1 = templateDigest(measurement, 'sha1', littleEndian)
  return sha1 && isEqual(sha1, listed.subarray(0, 20)) ? { padded: 'sha1' } : undefined
}

/**
 * The bank of a list's template digests, as far as they tell: the one that makes the first digest that can be recomputed
 * (SHA-256 and SM3 are as long as each other), else the first of that size.
 */
export function listBank(list: MeasurementList): string | undefined {
  for (const entry of list.entries) {
    const fit = (entry.fields ?? entry.data) && digestFit(entry, list.littleEndian)
    if (fit && 'bank' in fit) return fit.bank
  }
  return banks.find(({ size }) => size === list.digestSize)?.name
}

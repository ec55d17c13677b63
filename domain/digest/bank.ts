import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js'
import { concat } from '../bytes/bytes.ts'
import { sm3 } from './sm3.ts'

/**
 * A hash algorithm as a TPM numbers it and Linux names it, and so a bank of PCRs: `sha256` is the directory
 * `/sys/class/tpm/tpm0/pcr-sha256` (crypto/hash_info.c hash_algo_name, drivers/char/tpm/tpm-sysfs.c).
 */
export interface Bank {
  name: string
  /** TPM_ALG_ID (TCG Algorithm Registry, table 3). */
  id: number
  /** Digest size, bytes. */
  size: number
  hash: (bytes: Uint8Array) => Uint8Array
}

export const banks: readonly Bank[] = [
  { name: 'sha1', id: 0x04, size: 20, hash: sha1 },
  { name: 'sha256', id: 0x0b, size: 32, hash: sha256 },
  { name: 'sha384', id: 0x0c, size: 48, hash: sha384 },
  { name: 'sha512', id: 0x0d, size: 64, hash: sha512 },
  { name: 'sm3', id: 0x12, size: 32, hash: sm3 },
  { name: 'sha3-256', id: 0x27, size: 32, hash: sha3_256 },
  { name: 'sha3-384', id: 0x28, size: 48, hash: sha3_384 },
  { name: 'sha3-512', id: 0x29, size: 64, hash: sha3_512 },
]

const byName = new Map(banks.map((bank) => [bank.name, bank]))
const byId = new Map(banks.map((bank) => [bank.id, bank]))

/** The bank of that name; undefined for one that we do not know. */
export function bankNamed(name: string): Bank | undefined {
  return byName.get(name)
}

/** The bank of a TPM_ALG_ID; undefined for one that we do not know. */
export function bankOf(id: number): Bank | undefined {
  return byId.get(id)
}

/** What Linux would call a bank: its name, or `tpm_alg_<id in hex>` (security/integrity/ima/ima_fs.c of 6.12.117 and 7.3). */
export function bankName(id: number): string {
  return byId.get(id)?.name ?? `tpm_alg_${id.toString(16)}`
}

/** The digest over several byte arrays as over one; undefined for a bank that we do not know. */
export function digest(bank: string, ...parts: Uint8Array[]): Uint8Array | undefined {
  return byName.get(bank)?.hash(parts.length === 1 && parts[0] ? parts[0] : concat(parts))
}

import { paddedBlocks } from './blocks.ts'
import { primes, rootFraction } from './roots.ts'

const firstPrimes = primes(16)
const start512 = firstPrimes.slice(0, 8).map((prime) => rootFraction(prime, 2, 64))
const start384 = firstPrimes.slice(8).map((prime) => rootFraction(prime, 2, 64))
const constants = primes(80).map((prime) => rootFraction(prime, 3, 64))

/** SHA-512 (FIPS 180-4, 6.4): 64 bytes. */
export function sha512(message: Uint8Array): Uint8Array {
  return hash(message, start512)
}

/** SHA-384 (FIPS 180-4, 6.5): 48 bytes. */
export function sha384(message: Uint8Array): Uint8Array {
  return hash(message, start384).subarray(0, 48)
}

function hash(message: Uint8Array, start: readonly bigint[]): Uint8Array {
  const view = paddedBlocks(message, 128)
  const state = BigUint64Array.from(start)
  const w = new BigUint64Array(80)
  for (let at = 0; at < view.byteLength; at += 128) {
    for (let t = 0; t < 16; t++) w[t] = view.getBigUint64(at + t * 8)
    for (let t = 16; t < 80; t++) {
      const [x, y] = [w[t - 15]!, w[t - 2]!]
      const s0 = rotr(x, 1n) ^ rotr(x, 8n) ^ (x >> 7n)
      const s1 = rotr(y, 19n) ^ rotr(y, 61n) ^ (y >> 6n)
      w[t] = w[t - 16]! + s0 + w[t - 7]! + s1
    }
    compress(state, w)
  }
  const bytes = new Uint8Array(64)
  const out = new DataView(bytes.buffer)
  for (const [n, word] of state.entries()) out.setBigUint64(n * 8, word)
  return bytes
}

function compress(state: BigUint64Array, w: BigUint64Array): void {
  let [a, b, c, d, e, f, g, h] = [...state] as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
  for (let t = 0; t < 80; t++) {
    const choice = (e & f) ^ (~e & g)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const t1 = h + (rotr(e, 14n) ^ rotr(e, 18n) ^ rotr(e, 41n)) + choice + constants[t]! + w[t]!
    const t2 = (rotr(a, 28n) ^ rotr(a, 34n) ^ rotr(a, 39n)) + majority
    h = g
    g = f
    f = e
    e = BigInt.asUintN(64, d + t1)
    d = c
    c = b
    b = a
    a = BigInt.asUintN(64, t1 + t2)
  }
  for (const [n, word] of [a, b, c, d, e, f, g, h].entries()) state[n] = state[n]! + word
}

function rotr(word: bigint, by: bigint): bigint {
  return (word >> by) | BigInt.asUintN(64, word << (64n - by))
}

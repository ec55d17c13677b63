import { paddedBlocks, rotl, wordBytes } from './blocks.ts'
import { primes, rootFraction } from './roots.ts'

const start = primes(8).map((prime) => Number(rootFraction(prime, 2, 32)))
const constants = Int32Array.from(primes(64), (prime) => Number(BigInt.asIntN(32, rootFraction(prime, 3, 32))))

/** SHA-256 (FIPS 180-4, 6.2): 32 bytes. */
export function sha256(message: Uint8Array): Uint8Array {
  const view = paddedBlocks(message, 64)
  const state = Int32Array.from(start)
  const w = new Int32Array(64)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + t * 4)
    for (let t = 16; t < 64; t++) {
      const [x, y] = [w[t - 15]!, w[t - 2]!]
      const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)
      const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10)
      w[t] = w[t - 16]! + s0 + w[t - 7]! + s1
    }
    compress(state, w)
  }
  return wordBytes(state)
}

function compress(state: Int32Array, w: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = [...state] as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const t1 = (h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + choice + constants[t]! + w[t]!) | 0
    const t2 = ((rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + majority) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  for (const [n, word] of [a, b, c, d, e, f, g, h].entries()) state[n] = state[n]! + word
}

function rotr(word: number, by: number): number {
  return rotl(word, 32 - by)
}

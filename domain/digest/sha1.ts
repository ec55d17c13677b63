import { paddedBlocks, rotl, wordBytes } from './blocks.ts'

const start = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
const constants = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6]

/** SHA-1 (FIPS 180-4, 6.1): 20 bytes. */
export function sha1(message: Uint8Array): Uint8Array {
  const view = paddedBlocks(message, 64)
  const state = Int32Array.from(start)
  const w = new Int32Array(80)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + t * 4)
    for (let t = 16; t < 80; t++) w[t] = rotl(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1)
    let [a, b, c, d, e] = state as unknown as [number, number, number, number, number]
    for (let t = 0; t < 80; t++) {
      const next = (rotl(a, 5) + mixed(t, b, c, d) + e + constants[Math.floor(t / 20)]! + w[t]!) | 0
      e = d
      d = c
      c = rotl(b, 30)
      b = a
      a = next
    }
    for (const [n, word] of [a, b, c, d, e].entries()) state[n] = state[n]! + word
  }
  return wordBytes(state)
}

function mixed(t: number, b: number, c: number, d: number): number {
  if (t < 20) return (b & c) | (~b & d)
  if (t >= 40 && t < 60) return (b & c) | (b & d) | (c & d)
  return b ^ c ^ d
}

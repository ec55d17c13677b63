import { paddedBlocks, rotl, wordBytes } from './blocks.ts'

const start = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e]

/** SM3 (GB/T 32905-2016): 32 bytes. */
export function sm3(message: Uint8Array): Uint8Array {
  const view = paddedBlocks(message, 64)
  const state = Int32Array.from(start)
  const w = new Int32Array(68)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + t * 4)
    for (let t = 16; t < 68; t++)
      w[t] = p1(w[t - 16]! ^ w[t - 9]! ^ rotl(w[t - 3]!, 15)) ^ rotl(w[t - 13]!, 7) ^ w[t - 6]!
    compress(state, w)
  }
  return wordBytes(state)
}

function compress(state: Int32Array, w: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = [...state] as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < 64; t++) {
    const turned = rotl(a, 12)
    const ss1 = rotl((turned + e + rotl(t < 16 ? 0x79cc4519 : 0x7a879d8a, t % 32)) | 0, 7)
    const ff = t < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c)
    const gg = t < 16 ? e ^ f ^ g : (e & f) | (~e & g)
    const tt1 = (ff + d + (ss1 ^ turned) + (w[t]! ^ w[t + 4]!)) | 0
    const tt2 = (gg + h + ss1 + w[t]!) | 0
    d = c
    c = rotl(b, 9)
    b = a
    a = tt1
    h = g
    g = rotl(f, 19)
    f = e
    e = tt2 ^ rotl(tt2, 9) ^ rotl(tt2, 17)
  }
  for (const [n, word] of [a, b, c, d, e, f, g, h].entries()) state[n] = state[n]! ^ word
}

function p1(word: number): number {
  return word ^ rotl(word, 15) ^ rotl(word, 23)
}

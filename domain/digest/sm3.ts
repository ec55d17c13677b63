const start = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e]

/** SM3 (GB/T 32905-2016): 32 bytes. Ours, because the library of the other hashes has none. */
export function sm3(message: Uint8Array): Uint8Array {
  const view = paddedBlocks(message)
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

/** Whole blocks of 64 bytes, with a 1 bit, zeros and the length in 8 bytes behind the message (GB/T 32905, 5.2). */
function paddedBlocks(message: Uint8Array): DataView {
  const whole = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  whole.set(message)
  whole[message.length] = 0x80
  const view = new DataView(whole.buffer)
  view.setBigUint64(whole.length - 8, BigInt(message.length) * 8n)
  return view
}

/** 32-bit words, big endian, as bytes. */
function wordBytes(words: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(words.length * 4)
  const view = new DataView(bytes.buffer)
  for (let n = 0; n < words.length; n++) view.setUint32(n * 4, words[n] ?? 0)
  return bytes
}

/** The word rotated left. */
function rotl(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

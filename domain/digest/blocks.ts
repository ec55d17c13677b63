/**
 * A message as SHA and SM3 take it: whole blocks, with a 1 bit, zeros and the length in bits behind it (FIPS 180-4, 5.1;
 * GB/T 32905, 5.2). The block is 64 bytes with 8 for the length, or twice that.
 */
export function paddedBlocks(message: Uint8Array, blockSize: 64 | 128): DataView {
  const forLength = blockSize / 8
  const whole = new Uint8Array(Math.ceil((message.length + 1 + forLength) / blockSize) * blockSize)
  whole.set(message)
  whole[message.length] = 0x80
  const view = new DataView(whole.buffer)
  view.setBigUint64(whole.length - 8, BigInt(message.length) * 8n)
  return view
}

/** 32-bit words, big endian, as bytes. */
export function wordBytes(words: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(words.length * 4)
  const view = new DataView(bytes.buffer)
  for (let n = 0; n < words.length; n++) view.setUint32(n * 4, words[n] ?? 0)
  return bytes
}

/** The word rotated left. */
export function rotl(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

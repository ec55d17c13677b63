/** CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320), as zlib and `guest/init/frame.c` compute it. */
const table = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  return c
})

/** The CRC-32 of an ASCII text, as an unsigned number. */
export function crc32(ascii: string): number {
  let crc = -1
  for (let at = 0; at < ascii.length; at++) crc = (crc >>> 8) ^ table[(crc ^ ascii.charCodeAt(at)) & 0xff]!
  return ~crc >>> 0
}

/** The CRC-32 of the bytes between two indexes, the second not included, as an unsigned number. */
export function crc32OfBytes(bytes: Uint8Array, from: number, to: number): number {
  let crc = -1
  for (let at = from; at < to; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!
  return ~crc >>> 0
}

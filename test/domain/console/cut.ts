import fc from 'fast-check'

/** Pieces of bytes, cut wherever fast-check likes; each in a buffer of its own, as a socket's reader gives them. */
export function pieces(all: Uint8Array, cuts: number[]): Uint8Array[] {
  const ends = [...cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b), all.length]
  return ends.map((end, at) => new Uint8Array(all.subarray(at === 0 ? 0 : ends[at - 1], end)))
}

/** Places to cut at. */
export const cuts = fc.array(fc.nat(100_000), { maxLength: 20 })

/** Bytes with more of telnet's in them than chance gives. */
export const telnetBytes = fc.array(
  fc.oneof(fc.nat(255), fc.constantFrom(255, 255, 255, 240, 250, 251, 252, 253, 254, 44, 0, 13)),
  { maxLength: 300 },
)

export function joined(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

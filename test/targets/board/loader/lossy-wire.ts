/** What a bad wire did. */
export interface Damage {
  dropped: number
  doubled: number
}

/**
 * A wire that drops or doubles characters on their way to the board, each with half of the probability `rate`; the same
 * seed does the same damage to the same text.
 */
export function lossyWire(rate: number, seed: number): { wire: (text: string) => string; damage: Damage } {
  const damage = { dropped: 0, doubled: 0 }
  const random = mulberry32(seed)
  const wire = (text: string): string => {
    let passed = ''
    for (const character of text) {
      const chance = random()
      if (chance < rate / 2) damage.dropped++
      else if (chance < rate) {
        damage.doubled++
        passed += character + character
      } else passed += character
    }
    return passed
  }
  return { wire, damage }
}

/** A small generator of numbers from 0 to 1 that looks random and is not. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

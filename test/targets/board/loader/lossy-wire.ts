import { seededRandom } from '../../../seeded-random.ts'

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
  const random = seededRandom(seed)
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

/** A tree in the cache that can be made again. */
export interface CachedTree {
  path: string
  /** What it is, for people: `kernel build`, `source tree`. */
  kind: string
  bytes: number
  /** Epoch ms. */
  lastUsed: number
}

/** What was used so lately, milliseconds, belongs to something that goes on. */
const lately = 3600_000

/**
 * Which trees go, those first that were used longest ago, until so many bytes have gone.
 * @param bytes how many are to go; 0 or less: none
 * @param now epoch ms
 */
export function chooseTrees(trees: readonly CachedTree[], bytes: number, now: number): CachedTree[] {
  const going: CachedTree[] = []
  let gone = 0
  for (const tree of trees.toSorted((a, b) => a.lastUsed - b.lastUsed)) {
    if (gone >= bytes || now - tree.lastUsed < lately) break
    going.push(tree)
    gone += tree.bytes
  }
  return going
}

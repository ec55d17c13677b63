import { isMap, isNode, isScalar, isSeq } from 'yaml'
import type { Document, Pair, YAMLMap } from 'yaml'
import { follow, type Aliases } from './aliases.ts'
import type { Position } from './located-error.ts'

/** Where in the file: keys of maps and indexes of lists, from the root. */
export type Path = readonly (string | number)[]

/** Where values stand, and how they are written. */
export interface Places {
  /** @returns where the value at `path` stands (or its key); the nearest parent when the path itself does not exist */
  where(path: Path, part?: 'key' | 'value'): Position
  /** @returns the scalar at `path` as it was written, e.g. `0x1000` where the value is 4096 */
  source(path: Path): string | undefined
}

/** @returns the places of a document's values, through aliases and merge keys */
export function locate(document: Document.Parsed, aliases: Aliases, at: (offset: number) => Position): Places {
  const pairsOf = pairFinder()
  const step = (node: unknown, key: string | number): { key: unknown; value: unknown } | undefined => {
    if (isSeq(node) && typeof key === 'number') return { key: node.items[key], value: node.items[key] }
    if (!isMap(node)) return undefined
    const own = pairsOf(node).get(key)
    if (own !== undefined) return own
    // Not a key of its own: it may have come through a merge key.
    const merged = (node.items as Pair[])
      .filter((pair) => isScalar(pair.key) && pair.key.source === '<<')
      .map((pair) => follow(aliases, pair.value))
    const maps = merged.flatMap((value) => (isSeq(value) ? value.items.map((item) => follow(aliases, item)) : [value]))
    return maps.map((map) => step(map, key)).find((found) => found !== undefined)
  }
  const offset = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined)
  return {
    where(path, part = 'value') {
      let node: unknown = document.contents
      let place = offset(node) ?? 0
      for (const [index, key] of path.entries()) {
        const found = step(follow(aliases, node), key)
        if (found === undefined) break
        const wanted = index === path.length - 1 && part === 'key' ? found.key : found.value
        place = offset(wanted) ?? offset(found.key) ?? place
        node = found.value
      }
      return at(place)
    },
    source(path) {
      let node: unknown = document.contents
      for (const key of path) node = step(follow(aliases, node), key)?.value
      const scalar = follow(aliases, node)
      return isScalar(scalar) ? scalar.source : undefined
    },
  }
}

/** The pairs of maps by key, each map looked through once: a lab has maps of a thousand places. */
function pairFinder(): (map: YAMLMap) => Map<unknown, Pair> {
  const known = new WeakMap<YAMLMap, Map<unknown, Pair>>()
  return (map) => {
    let pairs = known.get(map)
    if (pairs === undefined) {
      pairs = new Map()
      // Of a key that stands twice, the last is the one that counts.
      for (const pair of map.items as Pair[]) if (isScalar(pair.key)) pairs.set(pair.key.value, pair)
      known.set(map, pairs)
    }
    return pairs
  }
}

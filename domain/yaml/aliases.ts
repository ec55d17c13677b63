import { isAlias, isMap, isNode, isScalar, isSeq, visit } from 'yaml'
import type { Alias, Document, Node, Pair } from 'yaml'
import type { TextMistake } from './readable.ts'

/** What each alias of a document stands for. */
export type Aliases = ReadonlyMap<Alias, Node>

/**
 * Finds in one walk what each alias stands for, the last anchor of its name before it: the library itself walks the whole
 * document once more for each alias.
 *
 * @returns with aliases that name nothing or what they are part of, and merges of what is no map: there the library
 * throws, or never ends
 */
export function resolveAliases(document: Document.Parsed): { aliases: Aliases; bad: TextMistake[] } {
  const aliases = new Map<Alias, Node>()
  const anchors = new Map<string, Node>()
  const bad: TextMistake[] = []
  const remember = (node: Node & { anchor?: string | undefined }): void => {
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
  }
  visit(document, {
    Value: (_key, node) => remember(node),
    Alias(_key, alias, ancestors) {
      const offset = alias.range?.[0] ?? 0
      const target = anchors.get(alias.source)
      if (target === undefined) {
        const hint = `write &${alias.source} at an earlier value, or put the text in quotes`
        bad.push({ offset, message: `no anchor "&${alias.source}" stands before this alias`, hint })
        return
      }
      aliases.set(alias, target)
      if (ancestors.some((ancestor) => ancestor === target)) {
        const hint = 'name something that ends before it'
        bad.push({ offset, message: `the alias "*${alias.source}" is inside the very thing that it names`, hint })
      }
    },
  })
  visit(document, {
    Pair(_key, pair) {
      if (!isMergeKey(pair)) return
      const merged = follow(aliases, pair.value)
      const maps = isSeq(merged) ? merged.items.map((item) => follow(aliases, item)) : [merged]
      // An alias that names nothing is reported as such.
      if (maps.every((map) => isMap(map) || map === undefined)) return
      bad.push({
        offset: isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0,
        message: '"<<" merges something that is no map',
        hint: 'give it an alias of a map, e.g. <<: *base',
      })
    },
  })
  return { aliases, bad }
}

/** @returns the node itself, or what it stands for */
export function follow(aliases: Aliases, node: unknown): unknown {
  return isAlias(node) ? aliases.get(node) : node
}

function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN'
}

import { Document, isMap, isScalar, isSeq, visit } from 'yaml'

/** A part of a lab's file with what is said of it. */
export interface Commented {
  value: Record<string, unknown>
  /** A sentence each; they stand above it. */
  comments: string[]
}

/**
 * @param sections of the file in their order, each a map of parts by name
 * @param head comments at the top, a sentence each
 * @param left comments at the end
 * @returns the text of a lab's file
 */
export function writeLab(sections: Record<string, Record<string, Commented>>, head: string[], left: string[]): string {
  const given = Object.entries(sections).filter(([, parts]) => Object.keys(parts).length > 0)
  const values = given.map(([section, parts]) => [
    section,
    Object.fromEntries(Object.entries(parts).map(([name, { value }]) => [name, value])),
  ])
  const document = new Document(Object.fromEntries(values))
  document.commentBefore = commentOf(head)
  const first = isMap(document.contents) ? document.contents.items[0] : undefined
  visit(document, {
    Pair(_key, pair, ancestors) {
      if (!isScalar(pair.key)) return
      const depth = ancestors.filter(isMap).length
      if (depth === 1 && pair !== first) pair.key.spaceBefore = true
      if (depth !== 2) return
      const section = sections[String(sectionOf(ancestors))]
      const comments = section?.[String(pair.key.value)]?.comments ?? []
      if (comments.length > 0) pair.key.commentBefore = commentOf(comments)
    },
    // What holds no other map stands on one line.
    Collection(_key, node, ancestors) {
      const holdsMaps = isMap(node) && node.items.some(({ value }) => isMap(value))
      if (isSeq(node) || (ancestors.filter(isMap).length >= 3 && !holdsMaps)) node.flow = true
    },
  })
  if (left.length > 0) document.comment = commentOf(left)
  return document.toString({ lineWidth: 0 })
}

/** The key of the section in which a pair stands. */
function sectionOf(ancestors: readonly unknown[]): unknown {
  const pair = ancestors.find((node) => typeof node === 'object' && node !== null && 'key' in node)
  const key = (pair as { key: unknown } | undefined)?.key
  return isScalar(key) ? key.value : undefined
}

/** Comments as YAML takes them: no line of theirs ends the comment. */
function commentOf(lines: string[]): string {
  return lines.map((line) => ` ${line.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')}`).join('\n')
}

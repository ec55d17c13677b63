import { kernelMessage, messageStart, withoutEnd } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import { catalogue } from './catalogue.ts'
import { firstCharacters } from './first-characters.ts'
import type { Signature } from './signature.ts'

/** A console line that the catalogue knows. */
export interface SignatureMatch {
  signature: Signature
  /** The pattern's named groups; those that took no part are absent. */
  groups: Record<string, string>
  /** Kernel clock in seconds, where printk put a time on the line. */
  at?: number
  /** The line without its printk prefix and without blanks at its end. */
  message: string
}

const sources = catalogue.map(({ pattern }) => pattern.source.replace(/^\^/, '').replaceAll(/\(\?<\w+>/g, '(?:'))
/** The patterns of the catalogue as one, without anchor and group names: asks of a line only whether it is worth a closer look. */
export const anySignature: string = sources.join('|')

const atStart = catalogue.map(({ pattern }) => new RegExp(pattern.source.replace(/^\^/, ''), 'y'))

const beginnings = sources.map((source) => firstCharacters(source))

/** Signatures whose lines begin alike, and their patterns as one. */
interface Bucket {
  any: RegExp
  /** In the order of the catalogue, each with its pattern for the place where a message begins. */
  each: { signature: Signature; pattern: RegExp }[]
}

/**
 * By the first character of a message; the last one is for every other character. Most lines begin as few signatures do, or
 * none: to try all patterns on each costs as much as all else that is done to a line.
 */
const buckets: (Bucket | undefined)[] = Array.from({ length: 129 }, (_, code) =>
  bucketOf(code < 128 ? String.fromCharCode(code) : undefined),
)

function bucketOf(first: string | undefined): Bucket | undefined {
  const mine = beginnings.flatMap((begins, n) => (!begins || (first !== undefined && begins.has(first)) ? [n] : []))
  if (mine.length === 0) return undefined
  return {
    any: new RegExp(`(?:${mine.map((n) => sources[n]).join('|')})`, 'y'),
    each: mine.map((n) => ({ signature: catalogue[n]!, pattern: atStart[n]! })),
  }
}

/** Areas whose lines may be those of a partition behind Hafnium: what else it says like another firmware's is no stage and no fault of that one. */
const ofPartition = /^(?:tc|edk2|lk)\./

/** Takes a console line; returns the first signature of the catalogue that it matches, or undefined for the many lines that match none. */
export function matchSignatures(line: ConsoleLine): SignatureMatch | undefined {
  const text = withoutEnd(line.text)
  const start = messageStart(text)
  const code = text.charCodeAt(start)
  const bucket = code < 128 ? buckets[code] : buckets[128]
  if (!bucket) return undefined
  bucket.any.lastIndex = start
  if (!bucket.any.test(text)) return undefined
  // One after the other: most fail at their first characters, and a pattern with a group for each takes longer than all.
  for (const { signature, pattern } of bucket.each) {
    pattern.lastIndex = start
    const match = pattern.exec(text)
    if (match === null) continue
    const { at, message } = kernelMessage(text)
    if (at === undefined && start > 0 && !ofPartition.test(signature.id)) return undefined
    const groups = groupsOf(match)
    return at === undefined ? { signature, groups, message } : { signature, groups, at, message }
  }
  return undefined
}

function groupsOf({ groups: named }: RegExpExecArray): Record<string, string> {
  const groups: Record<string, string> = {}
  for (const name in named) if (named[name] !== undefined) groups[name] = named[name]
  return groups
}

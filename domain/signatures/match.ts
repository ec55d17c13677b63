import { kernelMessage, messageStart, withoutEnd } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import { catalogue } from './catalogue.ts'
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

const any = new RegExp(`(?:${anySignature})`, 'y')
/** The same with a group for each signature: the first that takes part is the first of the catalogue that matches. */
const which = new RegExp(sources.map((source) => `(${source})`).join('|'), 'y')

/** Takes a console line; returns the first signature of the catalogue that it matches, or undefined for the many lines that match none. */
export function matchSignatures(line: ConsoleLine): SignatureMatch | undefined {
  const text = withoutEnd(line.text)
  any.lastIndex = messageStart(text)
  if (!any.test(text)) return undefined
  const { at, message } = kernelMessage(text)
  which.lastIndex = 0
  const taking = which.exec(message) ?? []
  const signature = catalogue[taking.findIndex((group, n) => n > 0 && group !== undefined) - 1]
  const match = signature?.pattern.exec(message)
  if (!signature || !match) return undefined
  const groups: Record<string, string> = {}
  for (const [name, value] of Object.entries(match.groups ?? {})) if (value !== undefined) groups[name] = value
  return at === undefined ? { signature, groups, message } : { signature, groups, at, message }
}

import { kernelMessage, messageStart } from '../console/kernel-message.ts'
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
  /** The line without its printk prefix. */
  message: string
}

/** The patterns of the catalogue as one, without anchor and group names: asks of a line only whether it is worth a closer look. */
export const anySignature: string = catalogue
  .map(({ pattern }) => pattern.source.replace(/^\^/, '').replaceAll(/\(\?<\w+>/g, '(?:'))
  .join('|')

const any = new RegExp(`(?:${anySignature})`, 'y')

/** Takes a console line; returns the first signature of the catalogue that it matches, or undefined for the many lines that match none. */
export function matchSignatures(line: ConsoleLine): SignatureMatch | undefined {
  const { text } = line
  any.lastIndex = messageStart(text)
  if (!any.test(text)) return undefined
  const { at, message } = kernelMessage(text)
  for (const signature of catalogue) {
    const match = signature.pattern.exec(message)
    if (match) {
      const groups: Record<string, string> = {}
      for (const [name, value] of Object.entries(match.groups ?? {})) if (value !== undefined) groups[name] = value
      return at === undefined ? { signature, groups, message } : { signature, groups, at, message }
    }
  }
  return undefined
}

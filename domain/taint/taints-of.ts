import type { ShownConsole } from '../attempt.ts'
import { matchSignatures } from '../signatures/match.ts'
import type { Taint } from '../taint.ts'
import { TaintReader } from './taint-reader.ts'

/** Takes consoles; returns all damage that they show, console by console, the worst kinds first. */
export function taintsOf(consoles: readonly ShownConsole[]): Taint[] {
  return consoles.flatMap(({ console, lines, taints }) => {
    if (taints) return taints
    const reader = new TaintReader(console)
    for (const line of lines) reader.line(line, matchSignatures(line))
    return reader.end()
  })
}

/** Takes consoles; returns the worst reason for not believing them, or undefined. */
export function voidingTaint(consoles: readonly ShownConsole[]): Taint | undefined {
  return taintsOf(consoles).find(({ voids }) => voids)
}

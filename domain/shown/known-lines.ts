import type { ConsoleLine, ConsoleLog } from '../console/line.ts'
import { matchSignatures, type SignatureMatch } from '../signatures/match.ts'

/** A line of a console that the catalogue knows. */
export interface KnownLine {
  /** Index into the console's lines. */
  index: number
  match: SignatureMatch
}

/** A console, and the lines of it that the catalogue knows. */
export interface KnownLog extends ConsoleLog {
  /** In order. */
  known: readonly KnownLine[]
}

/** Takes a console; returns it with the lines that the catalogue knows, which are looked for where nobody has. */
export function withKnown(log: ConsoleLog): KnownLog {
  return { ...log, known: knownIn(log) }
}

/** Takes a console; returns the lines that the catalogue knows: those that were found when it was read, else they are looked for. */
export function knownIn(log: ConsoleLog & Partial<Pick<KnownLog, 'known'>>): readonly KnownLine[] {
  return log.known ?? knownLines(log.lines)
}

/** Takes lines of a console, and at which index the first of them stands; returns those that the catalogue knows. */
export function knownLines(lines: readonly ConsoleLine[], from = 0): KnownLine[] {
  return lines.flatMap((line, n) => {
    const match = matchSignatures(line)
    return match ? [{ index: from + n, match }] : []
  })
}

import type { ConsoleLine } from '../console/line.ts'
import { whereOf, type ConsoleEvidence, type Evidence } from '../evidence/evidence.ts'
import type { ReportEvidence, ReportLine } from './report.ts'

/** Lines shown before and after those that a finding rests on. */
const around = 2
/** So many lines of a piece of evidence are shown whole; a longer one is shortened in the middle. */
const mostLines = 24
/** So many characters of a line: what a broken console says may have no end. */
const longestLine = 1000

/**
 * Takes a piece of evidence and the console that it cites; returns it with the lines around it.
 * @param log the whole console, in order; undefined where it is not kept any longer, or where the evidence is none of a
 * console: then the evidence's own text stands for it
 */
export function inContext(evidence: Evidence, log?: readonly ConsoleLine[]): ReportEvidence {
  const about = { kind: evidence.kind, where: whereOf(evidence) }
  const shown = evidence.kind === 'console' && log ? linesAround(evidence, log) : []
  return { ...about, lines: shown.length > 0 ? shown : ownLines(evidence) }
}

function linesAround({ from, to }: ConsoleEvidence, log: readonly ConsoleLine[]): ReportLine[] {
  const lines: ReportLine[] = []
  for (let at = firstAt(log, from - around); at < log.length; at++) {
    const { number, text } = log[at]!
    if (number > to + around) break
    lines.push({ number, text: bounded(text), cited: number >= from && number <= to })
  }
  // A console that was cut short since, or is another one, shows nothing of what was cited.
  return lines.some(({ cited }) => cited) ? shortened(lines) : []
}

/** The index of the first line with that number or a higher one. A long line comes in pieces of one number. */
function firstAt(log: readonly ConsoleLine[], number: number): number {
  let [low, high] = [0, log.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (log[middle]!.number < number) low = middle + 1
    else high = middle
  }
  return low
}

function ownLines(evidence: Evidence): ReportLine[] {
  const texts = evidence.text.split('\n')
  // The text of a long range is shortened in its middle, and its lines cannot be numbered then.
  const isWhole = evidence.kind === 'console' && texts.length === evidence.to - evidence.from + 1
  return shortened(
    texts.map((text, index) => ({
      ...(isWhole && { number: evidence.from + index }),
      text: bounded(text),
      cited: true,
    })),
  )
}

/** The beginning and the end: a report says what it is in its first lines, and how it ended in its last. */
function shortened(lines: ReportLine[]): ReportLine[] {
  if (lines.length <= mostLines) return lines
  const end = 6
  const left = lines.length - mostLines
  return [
    ...lines.slice(0, mostLines - end),
    { text: `... ${left} more lines ...`, cited: false },
    ...lines.slice(lines.length - end),
  ]
}

function bounded(text: string): string {
  if (text.length <= longestLine) return text
  return `${text.slice(0, longestLine)} ... ${text.length - longestLine} more characters`
}

import type { ReportEvidence, ReportFinding, ReportLine } from '../domain/report/report.ts'
import { plain, plainLine } from './plain.ts'

/**
 * Evidence as lines: `> uart0:399  [    0.537277] ARM FF-A: ...`, each with where it stands; a `>` marks what the finding
 * rests on, the others stand beside it. They are never wrapped, for that is what was said.
 * @param most lines of one piece: those beside it go first, then its middle
 */
export function quoted({ kind, where, lines }: ReportEvidence, most = Infinity): string[] {
  const shown = fewer(lines, most)
  const names = shown.map((line, index) => nameOf(line, index, kind, where))
  const width = Math.max(...names.map(({ length }) => length), 0)
  return shown.map(({ text, cited }, index) => {
    return `${cited ? '>' : ' '} ${names[index]!.padEnd(width)}  ${plain(text).replaceAll('\n', ' ')}`.trimEnd()
  })
}

/** All that a finding rests on, as lines. @param most lines of one piece @param pieces at most */
export function evidenceOf({ evidence }: ReportFinding, most = Infinity, pieces = Infinity): string[] {
  const all = merged(evidence)
  const told = all.slice(0, pieces).flatMap((piece) => quoted(piece, most))
  const more = all.slice(pieces).map(({ where }) => where)
  return more.length === 0 ? told : [...told, `  and ${plainLine(more.slice(0, 8).join(', '))}`]
}

/** Pieces of one console whose lines overlap or follow each other as one piece: no line is told twice. */
export function merged(evidence: readonly ReportEvidence[]): ReportEvidence[] {
  const pieces: ReportEvidence[] = []
  for (const piece of evidence) {
    const at = pieces.findIndex((other) => touches(other, piece))
    const other = pieces[at]
    if (other)
      pieces[at] = { ...other, where: `${other.where}, ${rangeOf(piece)}`, lines: united(other.lines, piece.lines) }
    else pieces.push(piece)
  }
  return pieces
}

function touches(one: ReportEvidence, other: ReportEvidence): boolean {
  if (one.kind !== 'console' || other.kind !== 'console' || consoleOf(one) !== consoleOf(other)) return false
  const [a, b] = [one, other].map(({ lines }) => lines.flatMap(({ number }) => number ?? []))
  // What was shortened has lines without a number, and stays by itself.
  if (a!.length < one.lines.length || b!.length < other.lines.length) return false
  return Math.max(a![0]!, b![0]!) <= Math.min(a!.at(-1)!, b!.at(-1)!) + 1
}

function united(one: readonly ReportLine[], other: readonly ReportLine[]): ReportLine[] {
  // A line that is too long for one comes in several pieces of the same number.
  const beyond = other.filter(({ number }) => !one.some((line) => line.number === number))
  const cited = new Set(other.flatMap((line) => (line.cited ? [line.number] : [])))
  const lines = one.map((line) => ({ ...line, cited: line.cited || cited.has(line.number) }))
  return [...lines, ...beyond].toSorted((a, b) => a.number! - b.number!)
}

function consoleOf({ where }: ReportEvidence): string {
  return where.slice(0, where.lastIndexOf(':'))
}

function rangeOf({ where }: ReportEvidence): string {
  return where.slice(where.lastIndexOf(':') + 1)
}

function nameOf({ number }: ReportLine, index: number, kind: ReportEvidence['kind'], where: string): string {
  const name = plainLine(where)
  // Behind the console's name stands the range that is cited, or several.
  if (kind === 'console' && number !== undefined) return `${name.slice(0, name.search(/:[\d, -]*$/))}:${number}`
  return index === 0 ? name : ''
}

function fewer(lines: readonly ReportLine[], most: number): readonly ReportLine[] {
  if (lines.length <= most) return lines
  const cited = lines.filter((line) => line.cited)
  if (cited.length <= most) return cited
  const end = Math.floor(most / 3)
  const left = cited.length - most + 1
  return [
    ...cited.slice(0, most - 1 - end),
    { text: `... ${left} more lines ...`, cited: false },
    ...cited.slice(cited.length - end),
  ]
}

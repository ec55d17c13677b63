import type { ReportEvidence, ReportFinding, ReportLine } from '../domain/report/report.ts'
import { plain } from './plain.ts'

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
    const [first, ...rest] = plain(text).split('\n')
    return `${cited ? '>' : ' '} ${names[index]!.padEnd(width)}  ${[first, ...rest].join(' ')}`.trimEnd()
  })
}

/** All that a finding rests on, as lines. @param most lines of one piece @param pieces at most */
export function evidenceOf({ evidence }: ReportFinding, most = Infinity, pieces = Infinity): string[] {
  const told = evidence.slice(0, pieces).flatMap((piece) => quoted(piece, most))
  const more = evidence.slice(pieces).map(({ where }) => where)
  return more.length === 0 ? told : [...told, `  and ${plain(more.slice(0, 8).join(', '))}`]
}

function nameOf({ number }: ReportLine, index: number, kind: ReportEvidence['kind'], where: string): string {
  const name = plain(where)
  if (kind === 'console' && number !== undefined) return `${name.slice(0, name.lastIndexOf(':'))}:${number}`
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

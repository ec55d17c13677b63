import type { ReportEvidence, ReportFinding } from '../../domain/report/report.ts'
import { merged, quoted } from '../quoted.ts'
import type { ToldFinding } from '../told.ts'
import { markup, type Markup } from './markup.ts'
import { weightInWords, word } from './words.ts'

/** A finding with its sentence and the lines that it rests on, those marked among the lines around them. */
export function findingMarkup(finding: ReportFinding): Markup {
  const { id, outcome, sentence, evidence } = finding
  const weight = weightInWords(finding)
  return markup`<p><span class="id">${id}</span> ${word(outcome)}${weight === '' ? '' : ` (${weight})`}: ${sentence}</p>
${boxed(merged(evidence)).map(boxMarkup)}`
}

/** A cause with what it rests on, and what follows from it below. */
export function causeMarkup({ finding, consequences }: ToldFinding): Markup {
  const below =
    consequences.length === 0
      ? undefined
      : markup`<details open><summary>${consequences.length === 1 ? 'From that follows' : 'From that follow'}</summary>
<ul class="plain">${consequences.map((each) => markup`<li>${causeMarkup(each)}</li>`)}</ul></details>`
  return markup`${findingMarkup(finding)}${below}`
}

/** Pieces that stand in one box: lines of a console by themselves, records and calls that follow each other together. */
function boxed(pieces: readonly ReportEvidence[]): ReportEvidence[][] {
  const boxes: ReportEvidence[][] = []
  for (const piece of pieces) {
    const last = boxes.at(-1)
    if (last && piece.kind !== 'console' && last[0]!.kind === piece.kind) last.push(piece)
    else boxes.push([piece])
  }
  return boxes
}

function boxMarkup(pieces: readonly ReportEvidence[]): Markup {
  const lines = pieces.flatMap((piece) =>
    quoted(piece).map((line, index) => (piece.lines[index]?.cited ? markup`<b>${line}</b>` : markup`${line}`)),
  )
  return markup`<pre>${lines.map((line, index) => markup`${index === 0 ? '' : '\n'}${line}`)}</pre>
`
}

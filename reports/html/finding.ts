import type { ReportEvidence, ReportFinding } from '../../domain/report/report.ts'
import { merged, quoted } from '../quoted.ts'
import type { ToldFinding } from '../told.ts'
import { html, type Markup } from './markup.ts'
import { weightInWords, word } from './words.ts'

/** A finding with its sentence and the lines that it rests on, those marked among the lines around them. */
export function findingMarkup(finding: ReportFinding): Markup {
  const { id, outcome, sentence, evidence } = finding
  const weight = weightInWords(finding)
  return html`<p><span class="id">${id}</span> ${word(outcome)}${weight === '' ? '' : ` (${weight})`}: ${sentence}</p>
${merged(evidence).map(evidenceMarkup)}`
}

/** A cause with what it rests on, and what follows from it below. */
export function causeMarkup({ finding, consequences }: ToldFinding): Markup {
  const below =
    consequences.length === 0
      ? undefined
      : html`<details open><summary>${consequences.length === 1 ? 'From that follows' : 'From that follow'}</summary>
<ul class="plain">${consequences.map((each) => html`<li>${causeMarkup(each)}</li>`)}</ul></details>`
  return html`${findingMarkup(finding)}${below}`
}

function evidenceMarkup(piece: ReportEvidence): Markup {
  const lines = quoted(piece).map((line, index) => (piece.lines[index]?.cited ? html`<b>${line}</b>` : html`${line}`))
  return html`<pre>${lines.map((line, index) => html`${index === 0 ? '' : '\n'}${line}`)}</pre>
`
}

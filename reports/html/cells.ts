import { counted } from '../../domain/counted.ts'
import type { ReportCell } from '../../domain/report/report.ts'
import { matrixOf } from '../matrix.ts'
import { toldAttempt, wordOf, type CellGroup } from '../told.ts'
import { attemptMarkup } from './attempt.ts'
import { html, type Markup } from './markup.ts'
import { anchor, word } from './words.ts'

/** All cells by their axes, each with its verdict and a way to what it rests on. */
export function matrixMarkup(cells: readonly ReportCell[]): Markup {
  const { fixed, rowAxes, columnAxis, columns, rows } = matrixOf(cells)
  const head = [...rowAxes, ...columns.map((column) => (columnAxis === null ? column : `${columnAxis} ${column}`))]
  const body = rows.map(({ values, cells: row }) => {
    const boxes = columnAxis === null ? [html`<td>${row.map(linkMarkup)}</td>`] : row.map((cell) => html`<td>${linkMarkup(cell)}</td>`)
    return html`<tr>${values.map((value) => html`<th>${value}</th>`)}${boxes}</tr>
`
  })
  const same = fixed.map(([axis, value]) => `${axis} ${value}`).join(', ')
  return html`<div class="scroll"><table><tr>${head.map((name) => html`<th>${name}</th>`)}</tr>
${body}</table></div>
${same === '' ? undefined : html`<p class="soft">In all: ${same}.</p>`}`
}

function linkMarkup(cell: ReportCell | undefined): Markup {
  if (!cell) return html``
  return html`<a href="#${anchor('cell', cell.result)}">${cell.result}</a> ${word(wordOf(cell))} `
}

/** What came to the same by the same cause: told once, with the cells that show it. */
export function groupMarkup({ word: came, cause, cells }: CellGroup): Markup {
  const [first] = cells
  const sentence = first?.verdict && came !== 'pass' ? html`<p>${first.verdict.sentence}</p>` : undefined
  const links = cells.map(
    ({ result, id }) => html`<li><a href="#${anchor('cell', result)}">${result}</a> <span class="id">${id}</span></li>
`,
  )
  return html`<h3>${word(came)}${cause === '' ? '' : `: ${cause}`}</h3>
${sentence}
<ul>${links}</ul>
`
}

/** A cell with all its attempts; what is as it should be is folded. */
export function cellMarkup(cell: ReportCell): Markup {
  const { result, id, verdict, known, cmdline, target, attempts } = cell
  const came = wordOf(cell)
  const shown = came === 'pass' ? undefined : toldAttempt(cell)
  return html`<article id="${anchor('cell', result)}">
<h3>${result} <span class="id">${id}</span> ${word(came)}</h3>
${verdict ? html`<p>${verdict.sentence}</p>` : undefined}
${known === null ? undefined : html`<p class="warn">${word('known')}: ${known}</p>`}
<p class="soft">Target ${target}, ${counted(attempts.length, 'attempt')}, command line <code>${cmdline}</code></p>
${attempts.map((attempt) => attemptMarkup(attempt, attempt === shown))}
</article>
`
}

import { counted } from '../../domain/counted.ts'
import type { ReportCell } from '../../domain/report/report.ts'
import { matrixOf } from '../matrix.ts'
import { toldAttempt, wordOf, type CellGroup } from '../told.ts'
import { attemptMarkup } from './attempt.ts'
import { markup, type Markup } from './markup.ts'
import { anchor, word } from './words.ts'

/** All cells by their axes, each with its verdict and a way to what it rests on. */
export function matrixMarkup(cells: readonly ReportCell[]): Markup {
  const { fixed, rowAxes, columnAxis, columns, rows } = matrixOf(cells)
  const head = [...rowAxes, ...columns.map((column) => (columnAxis === null ? column : `${columnAxis} ${column}`))]
  const body = rows.map(({ values, cells: row }) => {
    const boxes =
      columnAxis === null
        ? [markup`<td>${row.map(linkMarkup)}</td>`]
        : row.map((cell) => markup`<td>${linkMarkup(cell)}</td>`)
    return markup`<tr>${values.map((value) => markup`<th>${value}</th>`)}${boxes}</tr>
`
  })
  const same = fixed.map(([axis, value]) => `${axis} ${value}`).join(', ')
  return markup`<div class="scroll"><table><tr>${head.map((name) => markup`<th>${name}</th>`)}</tr>
${body}</table></div>
${same === '' ? undefined : markup`<p class="soft">In all: ${same}.</p>`}`
}

function linkMarkup(cell: ReportCell | undefined): Markup {
  if (!cell) return markup``
  return markup`<a href="#${anchor('cell', cell.result)}">${cell.result}</a> ${word(wordOf(cell))} `
}

/** What came to the same by the same cause: told once, with the cells that show it. */
export function groupMarkup({ word: came, cause, cells }: CellGroup): Markup {
  const [first] = cells
  const sentence = first?.verdict && came !== 'pass' ? markup`<p>${first.verdict.sentence}</p>` : undefined
  const links = cells.map(
    ({ result, id }) => markup`<li><a href="#${anchor('cell', result)}">${result}</a> <span class="id">${id}</span></li>
`,
  )
  return markup`<h3>${word(came)}${cause === '' ? '' : `: ${cause}`}</h3>
${sentence}
<ul>${links}</ul>
`
}

/** A cell with all its attempts; what is as it should be is folded. */
export function cellMarkup(cell: ReportCell): Markup {
  const { result, id, verdict, known, cmdline, target, attempts } = cell
  const came = wordOf(cell)
  const shown = came === 'pass' ? undefined : toldAttempt(cell)
  return markup`<article id="${anchor('cell', result)}">
<h3>${result} <span class="id">${id}</span> ${word(came)}</h3>
${verdict ? markup`<p>${verdict.sentence}</p>` : undefined}
${known === null ? undefined : markup`<p class="warn">${word('known')}: ${known}</p>`}
<p class="soft">Target ${target}, ${counted(attempts.length, 'attempt')}, command line <code>${cmdline}</code></p>
${attempts.map((attempt) => attemptMarkup(attempt, attempt === shown))}
</article>
`
}

import { sha256 } from '@noble/hashes/sha2.js'
import { drawStrips } from '../../domain/flake/draw-strips.ts'
import { inWords } from '../../domain/flake/rate.ts'
import type { Report, ReportBuild, ReportStrip } from '../../domain/report/report.ts'
import { countsInWords, summaryOf, timesOf, titleOf, unfinishedOf } from '../headline.ts'
import { groupsOf } from '../told.ts'
import { cellMarkup, groupMarkup, matrixMarkup } from './cells.ts'
import { markup, trusted, type Markup } from './markup.ts'
import { nightMarkup } from './night.ts'
import { style } from './style.ts'
import { word } from './words.ts'
import { describeFault } from '../../domain/build.ts'

/**
 * A report as one page that stands alone: it runs no script and loads nothing, and its own policy forbids both, whatever a
 * console said. It is read without a server.
 */
export function reportHtml(report: Report): string {
  const { night, story, cells, builds, strips } = report
  const unfinished = unfinishedOf(report)
  const times = timesOf(report)
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${titleOf(report)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${titleOf(report)}</h1>
<p>${summaryOf(report)}</p>
<p class="soft">${countsInWords(report)}${times === undefined ? '' : `; ${times}`}${night?.owner ? `; owner: ${night.owner}` : ''}</p>
${unfinished === undefined ? undefined : markup`<p class="warn">${unfinished}</p>`}
</header>
<main>
${
  cells.length === 0
    ? undefined
    : markup`<section id="cells"><h2>Cells</h2>
${matrixMarkup(cells)}</section>
`
}${story ? nightMarkup(story) : undefined}${
    cells.length === 0
      ? undefined
      : markup`<section id="causes"><h2>By cause</h2>
${groupsOf(report).map(groupMarkup)}</section>
<section id="each"><h2>Each cell</h2>
${cells.map(cellMarkup)}</section>
`
  }${strips.length === 0 ? undefined : stripsMarkup(strips)}${builds.length === 0 ? undefined : buildsMarkup(builds)}
</main>
</body>
</html>
`
  return page.toString()
}

/** Styles are known by their hash, so that not even a style can be smuggled in. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${btoa(String.fromCharCode(...sha256(new TextEncoder().encode(style))))}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

function stripsMarkup(strips: readonly ReportStrip[]): Markup {
  const rates = strips.map(
    ({
      cell,
      finding,
      failed,
    }) => markup`<li><span class="id">${finding}</span> of <span class="id">${cell}</span> failed in ${inWords(failed)}</li>
`,
  )
  return markup`<section id="flakes"><h2>What is not steady</h2>
<p>The last attempts, oldest left: green where the finding passed, red where it failed, yellow where the lab broke, grey where it said neither.</p>
<div class="scroll strips">${trusted(drawStrips(strips, 'What is not steady'))}</div>
<ul>${rates}</ul></section>
`
}

function buildsMarkup(builds: readonly ReportBuild[]): Markup {
  const rows = builds.map(
    ({
      kind,
      name,
      outcome,
      fault,
      seconds,
      id,
    }) => markup`<tr><td>${kind}</td><td>${name}</td><td>${word(outcome === 'ok' ? 'built' : 'failed')} ${fault ? describeFault(fault) : undefined}</td><td>${seconds.toFixed(1)} s</td><td class="id">${id}</td></tr>
`,
  )
  return markup`<section id="builds"><h2>Builds</h2>
<div class="scroll"><table><tr><th>kind</th><th>name</th><th>came to</th><th>took</th><th>sha256 of its inputs</th></tr>
${rows}</table></div></section>
`
}

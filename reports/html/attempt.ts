import { counted } from '../../domain/counted.ts'
import type { ReportAttempt, ReportFinding, ReportStage } from '../../domain/report/report.ts'
import { moment } from '../../domain/schedule/wall-clock.ts'
import { secondsInWords } from '../headline.ts'
import { alsoCited, causesIn, flat } from '../told.ts'
import { causeMarkup, findingMarkup } from './finding.ts'
import { markup, type Markup } from './markup.ts'
import { anchor, word } from './words.ts'

/** An attempt: how it ended, how long each stage took, what failed and why, and everything else that was found. */
export function attemptMarkup(attempt: ReportAttempt, isOpen: boolean): Markup {
  const { id, ending, sentence, says, findings, stages, files } = attempt
  const causes = causesIn(attempt)
  const told = new Set([...causes.flatMap(flat), ...alsoCited(attempt)])
  const rest = findings.filter((finding) => !told.has(finding))
  return markup`<details class="attempt" id="${anchor('attempt', id)}"${isOpen ? markup` open` : ''}>
<summary>Attempt ${id}: ${ending ?? 'open'}${says ? markup`, ${word(says.verdict)}` : countsNot(attempt)}</summary>
<p>${sentence ?? 'It goes on, or nobody has closed it yet.'} <span class="soft">${whereAndWhen(attempt)}</span></p>
${stages.length === 0 ? undefined : stagesMarkup(stages)}
${causes.map(causeMarkup)}
${alsoCited(attempt).map(findingMarkup)}
${rest.length === 0 ? undefined : restMarkup(rest)}
${files.length === 0 ? undefined : filesMarkup(attempt)}
<p class="soft">By hand: <code>hyplab reproduce ${id}</code></p>
</details>
`
}

function countsNot({ ended }: ReportAttempt): string {
  return ended === null ? '' : ', which does not count'
}

function whereAndWhen({ place, started, ended }: ReportAttempt): string {
  const took = ended === null ? '' : `, ${secondsInWords((ended - started) / 1000)}`
  return `On ${place}, ${moment(started, 'UTC')}${took}.`
}

/** A bar of the stages, as long as each took, and the same in words. */
function stagesMarkup(stages: readonly ReportStage[]): Markup {
  const total = stages.reduce((sum, { seconds }) => sum + seconds, 0)
  const scale = total > 0 ? 1000 / total : 0
  let from = 0
  const bars = stages.map(({ stage, seconds }, index) => {
    const [x, width] = [from, seconds * scale]
    from += width
    const name = `${stage} ${seconds.toFixed(2)} s`
    return markup`<rect class="stage${index % 4}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="18"><title>${name}</title></rect>`
  })
  const words = stages.map(({ stage, seconds }) => `${stage} ${seconds.toFixed(2)} s`).join(' · ')
  return markup`<svg class="stages" viewBox="0 0 1000 18" preserveAspectRatio="none" role="img" aria-label="Stages">${bars}</svg>
<p class="soft">${words}</p>`
}

function restMarkup(findings: readonly ReportFinding[]): Markup {
  const outcomes = ['pass', 'fail', 'skip', 'unknown'] as const
  const words = outcomes.flatMap((outcome) => {
    const count = findings.filter((finding) => finding.outcome === outcome).length
    return count === 0 ? [] : [`${count} ${outcome}`]
  })
  return markup`<details><summary>${counted(findings.length, 'more finding')}: ${words.join(', ')}</summary>
${findings.map(findingMarkup)}</details>`
}

function filesMarkup({ files }: ReportAttempt): Markup {
  const rows = files.map(
    ({ name, size, sha256 }) => markup`<tr><td>${name}</td><td>${size}</td><td class="id">${sha256}</td></tr>
`,
  )
  return markup`<details><summary>${counted(files.length, 'file')} kept</summary>
<div class="scroll"><table><tr><th>name</th><th>bytes</th><th>sha256</th></tr>
${rows}</table></div></details>`
}

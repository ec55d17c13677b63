import { counted } from '../domain/counted.ts'
import type { NightGroup, NightStory } from '../domain/night/tell-night.ts'
import type { Report, ReportAttempt, ReportCell, ReportFinding } from '../domain/report/report.ts'
import { countsInWords, summaryOf, timesOf, titleOf, unfinishedOf } from './headline.ts'
import { fence, inline } from './markdown-text.ts'
import { matrixOf } from './matrix.ts'
import { evidenceOf } from './quoted.ts'
import { alsoCited, causesIn, flat, groupsOf, toldAttempt, wordOf } from './told.ts'
import { describeFault } from '../domain/build.ts'

/** Lines of one piece of evidence, and pieces of one finding: an issue or a comment has a limit. */
const [mostLines, mostPieces] = [16, 6]
/** So many findings of a cell are told with their lines. */
const mostFindings = 6

/** A report as Markdown, for an issue or a merge request: what was said stands in fenced blocks, all else is escaped. */
export function reportMarkdown(report: Report): string {
  const unfinished = unfinishedOf(report)
  const times = timesOf(report)
  return [
    `# ${inline(titleOf(report))}`,
    inline(summaryOf(report)),
    ...(unfinished === undefined ? [] : [`**${inline(unfinished)}**`]),
    inline([`${countsInWords(report)}.`, ...(times === undefined ? [] : [`It ${times}.`])].join(' ')),
    ...(report.cells.length === 0 ? [] : [matrixTable(report.cells)]),
    ...(report.story ? nightSections(report.story) : []),
    ...report.builds.flatMap(({ kind, name, outcome, fault }) =>
      outcome === 'ok' ? [] : [`## Build failed: ${inline(`${kind} ${name}`)}`, fence([describeFault(fault)])],
    ),
    ...groupsOf(report).flatMap(({ word, cause, cells }) => groupSection(word, cause, cells)),
    '',
  ].join('\n\n')
}

function matrixTable(cells: readonly ReportCell[]): string {
  const { fixed, rowAxes, columnAxis, columns, rows } = matrixOf(cells)
  const head = [...rowAxes, ...columns.map((column) => (columnAxis === null ? column : `${columnAxis} ${column}`))]
  const lines = rows.flatMap(({ values, cells: row }) =>
    // Without columns a row may hold several cells that their axes do not tell apart.
    columnAxis === null ? row.map((cell) => [...values, cellInShort(cell)]) : [[...values, ...row.map(cellInShort)]],
  )
  const table = [head, head.map(() => '---'), ...lines].map(
    (row, index) => `| ${row.map((text) => (index === 1 ? text : inline(text))).join(' | ')} |`,
  )
  const same = fixed.map(([axis, value]) => `${axis} ${value}`).join(', ')
  return [...table, ...(same === '' ? [] : ['', `In all: ${inline(same)}.`])].join('\n')
}

function cellInShort(cell: ReportCell | undefined): string {
  return cell ? `${cell.result} ${wordOf(cell)}` : ''
}

function nightSections({ groups, notes }: NightStory): string[] {
  const sections = groups.map(({ standing, cause, sentence, issue, cells }) =>
    [
      `## ${inline(standing)}${cause === '' ? '' : `: ${inline(cause)}`}`,
      ...(sentence === '' ? [] : ['', inline(sentence)]),
      ...(issue ? ['', inline(`Known: ${issue.reason} (${issue.owner})${issue.link ? ` ${issue.link}` : ''}`)] : []),
      '',
      ...cells.map((change) => `- ${inline(changeInWords(change))}`),
    ].join('\n'),
  )
  return [...sections, ...(notes.length === 0 ? [] : [notes.map((note) => `- ${inline(note)}`).join('\n')])]
}

function changeInWords({ cell, tonight, before, since, moved }: NightGroup['cells'][0]): string {
  const parts = [
    ...(before ? [`before: ${before.result}, ${before.verdict ?? 'not run'}`] : []),
    ...(since ? [`since ${since.result}`] : []),
    ...(moved.length === 0 ? [] : [`moved: ${moved.map(({ what }) => what).join(', ')}`]),
  ]
  return `${tonight.result} ${cell}${parts.length === 0 ? '' : ` (${parts.join('; ')})`}`
}

function groupSection(word: string, cause: string, cells: readonly ReportCell[]): string[] {
  const [first] = cells
  const heading = `## ${inline(word)}${cause === '' ? '' : `: ${inline(cause)}`}`
  const list = cells.map(({ result, id }) => `- ${inline(`${result} ${id}`)}`).join('\n')
  if (!first || word === 'pass') return [heading, list]
  const attempt = toldAttempt(first)
  const sentence = first.verdict?.sentence
  return [heading, ...(sentence === undefined ? [] : [inline(sentence)]), list, ...(attempt ? shown(attempt) : [])]
}

function shown(attempt: ReportAttempt): string[] {
  const causes = causesIn(attempt)
  const all = causes.flatMap(flat)
  const how = attempt.ending === null ? 'it goes on' : `${attempt.ending}: ${attempt.sentence}`
  const many = all.length === 0 ? '' : ` ${counted(all.length, 'failure')}, ${counted(causes.length, 'cause')}.`
  const tree = causes.map(({ finding, consequences }) => {
    const below = consequences.flatMap(flat).map(({ id }) => id)
    return `- ${inline(finding.id)}${below.length === 0 ? '' : `, and from it ${inline(below.join(', '))}`}`
  })
  const told = [...all, ...alsoCited(attempt)].slice(0, mostFindings)
  return [
    inline(`Attempt ${attempt.id}: ${how}${many}`),
    ...(tree.length === 0 ? [] : [tree.join('\n')]),
    ...told.flatMap(findingParts),
    `By hand: \`hyplab reproduce ${attempt.id}\``,
  ]
}

function findingParts(finding: ReportFinding): string[] {
  const { id, outcome, sentence } = finding
  const lines = evidenceOf(finding, mostLines, mostPieces)
  return [`**${inline(id)}** ${outcome}: ${inline(sentence)}`, ...(lines.length === 0 ? [] : [fence(lines)])]
}

import { counted } from '../domain/counted.ts'
import type { Report, ReportAttempt, ReportCell, ReportFinding } from '../domain/report/report.ts'
import { countsInWords, summaryOf, timesOf, titleOf, unfinishedOf } from './headline.ts'
import { plainLine } from './plain.ts'
import { evidenceOf } from './quoted.ts'
import { alsoCited, causesIn, flat, groupsOf, toldAttempt, type CellGroup, type ToldFinding } from './told.ts'
import { wrap } from './wrap.ts'
import { describeFault } from '../domain/build.ts'

/** A title that leaves room for words behind it. */
const longestTitle = 40
/** So many cells are told below one cause; the others are counted. */
const mostCells = 16
/** So many findings of a group are told with what they rest on: a reader of a list wants the line, not the log. */
const mostFindings = 4
/** Lines of one piece of evidence, and pieces of one finding. */
const [mostLines, mostPieces] = [8, 4]

/**
 * A run as text that can be pasted into a reply on a mailing list: at most 72 columns, apart from what consoles said and
 * from names, which are not broken.
 */
export function runText(report: Report): string {
  const groups = groupsOf(report)
  const unfinished = unfinishedOf(report)
  const times = timesOf(report)
  const title = titleOf(report)
  return [
    ...(title.length > longestTitle
      ? [...wrap(`${title}:`, ''), ...wrap(summaryOf(report), '  ')]
      : wrap(summaryOf(report), `${title}: `)),
    ...(times === undefined ? [] : [times]),
    ...(unfinished === undefined ? [] : wrap(unfinished, '')),
    '',
    ...wrap(`${countsInWords(report)}.`, ''),
    ...buildLines(report),
    ...groups.flatMap((group) => ['', ...groupLines(group)]),
    ...byHand(groups),
    '',
  ].join('\n')
}

/** What a build that failed complained of. */
function buildLines({ builds }: Report): string[] {
  const failed = builds.filter(({ outcome }) => outcome === 'failed')
  return failed.flatMap(({ kind, name, fault }) => [
    '',
    ...wrap(plainLine(`${kind} ${name}`), 'BUILD FAILED  '),
    `  ${plainLine(describeFault(fault))}`,
  ])
}

function groupLines({ word, cause, cells }: CellGroup): string[] {
  const told = cells.slice(0, mostCells)
  const more = cells.length - told.length
  const [first] = cells
  const sentence = first?.verdict && word !== 'pass' ? first.verdict.sentence : ''
  return [
    ...wrap(plainLine(cause), `${word.toUpperCase()}  `),
    ...(sentence === '' ? [] : wrap(plainLine(sentence), '  ')),
    ...told.map(({ result, id }) => plainLine(`  ${result}  ${id}`)),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(first && word !== 'pass' ? shownBy(first) : []),
  ]
}

/** What one cell of a group shows: how its attempt ended, what failed and why, with the lines. */
export function shownBy(cell: ReportCell): string[] {
  const attempt = toldAttempt(cell)
  if (!attempt) return []
  const causes = causesIn(attempt)
  const told = [...causes.flatMap(causeLines), ...alsoCited(attempt).map(findingLines)].slice(0, mostFindings)
  return ['', ...attemptLines(attempt, causes), ...told.flat()]
}

function attemptLines({ id, ending, sentence }: ReportAttempt, causes: readonly ToldFinding[]): string[] {
  const failures = causes.flatMap(flat).length
  const many = failures === 0 ? '' : ` ${counted(failures, 'failure')}, ${counted(causes.length, 'cause')}.`
  const how = ending === null ? 'It goes on, or nobody has closed it yet.' : `${ending}: ${sentence}`
  return wrap(plainLine(`${how}${many}`), `  attempt ${id}: `)
}

/** A cause with what it rests on; then those of its consequences that the verdict rests on, then the names of all. */
function causeLines(cause: ToldFinding): string[][] {
  const [, ...consequences] = flat(cause)
  const cited = consequences.filter(({ weight }) => weight === 'against' || weight === 'expected failure')
  const names = consequences.map(({ id }) => id).join(', ')
  return [
    [
      ...findingLines(cause.finding),
      ...(names === '' ? [] : wrap(plainLine(names), `    ${counted(consequences.length, 'follows', 'follow')}: `)),
    ],
    ...cited.map(findingLines),
  ]
}

function findingLines(finding: ReportFinding): string[] {
  const { id, outcome, sentence } = finding
  return [
    plainLine(`  ${id}  ${outcome}`),
    ...wrap(plainLine(sentence), '    '),
    ...evidenceOf(finding, mostLines, mostPieces).map((line) => `    ${line}`),
  ]
}

/** How what is told first can be had again. */
function byHand(groups: readonly CellGroup[]): string[] {
  const told = groups.flatMap(({ cells }) => cells.slice(0, 1).flatMap((cell) => toldAttempt(cell) ?? []))
  const [first] = told
  return first ? ['', `by hand: hyplab reproduce ${first.id}`, `all of it: hyplab show ${first.id}`] : []
}

import { counted } from '../../domain/counted.ts'
import { changeKinds, type ChangeKind, type FindingChange } from '../../domain/compare/compare-cells.ts'
import type { ChangedCell, ChangeGroup, Comparison } from '../../domain/compare/comparison.ts'
import type { Side } from '../../domain/compare/side.ts'
import { plainLine } from '../plain.ts'
import { evidenceOf } from '../quoted.ts'
import { wrap } from '../wrap.ts'
import { countsOfSide, restsOnOne, testedLines } from './sides.ts'

/** So many cells are told below one change; the others are counted. */
const mostCells = 12
/** Lines of evidence of one side: a reader of a list wants the line, not the log. */
const mostLines = 8
/** So many of the consequences that the plan asks for are told with their lines. */
const mostConsequences = 2

/** What a change is called, and what it means to a reader who sees the word for the first time. */
export const changeWords: Record<ChangeKind, string> = {
  broken: 'passed, and fails with the series',
  unstable: 'does not come out alike in all attempts',
  fixed: 'failed, and passes with the series',
  changed: 'came to something else, or to the same for another reason',
  unknown: 'is not shown on one side',
  unchanged: 'is as it was',
}

/** Words that go below a comparison. */
export interface CompareWords {
  /** Of each patch that has one, by its file. */
  titles: ReadonlyMap<string, string>
  /** Who would be named as the tester; no line is suggested where nobody is. */
  tester?: string | undefined
}

/**
 * A comparison as text that can be pasted into a reply on a mailing list: at most 72 columns, apart from what consoles said
 * and from names.
 */
export function compareText(comparison: Comparison, words: CompareWords): string {
  const { base, series, groups } = comparison
  return [
    ...wrap(plainLine(`${summaryOf(comparison)}.`), `${headOf(comparison)}: `),
    '',
    ...section('base', testedLines(base, words.titles)),
    ...section('series', testedLines(series, words.titles)),
    '',
    ...tableOf(comparison),
    ...groups.flatMap((group) => ['', ...groupLines(group)]),
    ...notCompared(comparison),
    ...byHand(groups),
    '',
    ...caveatsOf(comparison).flatMap((sentence) => wrap(sentence, '')),
    ...testedBy(comparison, words.tester),
    '',
  ].join('\n')
}

/** What is compared with what. */
export function headOf({ base, series, differ }: Comparison): string {
  const [only] = differ
  if (only && differ.length === 1) return plainLine(`${only.base} -> ${only.series}`)
  return `run ${base.run.id} -> run ${series.run.id}`
}

/** `8 cells: 1 broken, 5 fixed, 2 unchanged`. */
export function summaryOf({ cells, counts }: Comparison): string {
  const told = changeKinds.flatMap((kind) => (counts[kind] === undefined ? [] : [`${counts[kind]} ${kind}`]))
  return `${counted(cells.length, 'cell')}${told.length === 0 ? '' : `: ${told.join(', ')}`}`
}

function section(name: string, lines: string[]): string[] {
  return lines.map((line, index) => `${index === 0 ? `${name}:`.padEnd(8) : '        '}${line}`)
}

/** A row a cell: what it was, what it is, what became of it. */
function tableOf({ cells }: Comparison): string[] {
  const rows = cells.map(({ name, base, series, kind }) => [
    base.verdict?.verdict ?? base.state,
    series.verdict?.verdict ?? series.state,
    kind,
    name,
  ])
  const all = [['base', 'series', '', 'cell'], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)))
  return all.map((row) =>
    plainLine(row.map((text, column) => (column < 3 ? text.padEnd(widths[column]!) : text)).join('  ')).trimEnd(),
  )
}

function groupLines({ kind, id, cells }: ChangeGroup): string[] {
  const told = cells.slice(0, mostCells)
  const [first] = cells
  return [
    plainLine(`${kind.toUpperCase()}  ${id}`),
    ...wrap(`It ${changeWords[kind]}.`, '  '),
    ...told.map(({ cell }) => plainLine(`  ${cell.name}`)),
    ...(cells.length > told.length ? [`  and ${cells.length - told.length} more`] : []),
    ...(first ? shownBy(first) : []),
  ]
}

/** What one cell shows of a change, on both sides, and of those that follow from it. */
function shownBy({ change, consequences }: ChangedCell): string[] {
  const told = askedFor(consequences).slice(0, mostConsequences)
  return [
    ...sideLines('base', change.base),
    ...sideLines('series', change.series),
    ...followLines(consequences),
    ...told.flatMap((each) => [
      '',
      plainLine(`  ${each.kind.toUpperCase()}  ${each.id}`),
      ...sideLines('base', each.base),
      ...sideLines('series', each.series),
    ]),
  ]
}

/** The names of what follows, by what became of them. */
function followLines(consequences: readonly FindingChange[]): string[] {
  return changeKinds.flatMap((kind) => {
    const names = consequences.filter((each) => each.kind === kind).map(({ id }) => id)
    return names.length === 0 ? [] : wrap(plainLine(names.join(', ')), `  from it ${kind}: `)
  })
}

/** Those that the plan asks for: a reader wants to see them, though a cause explains them. */
export function askedFor(changes: readonly FindingChange[]): FindingChange[] {
  const asked = (id: string, { shown }: Side): boolean => {
    const weight = shown?.finding.id === id ? shown.finding.weight : undefined
    return weight === 'against' || weight === 'expected failure'
  }
  return changes.filter(({ id, base, series }) => asked(id, base) || asked(id, series))
}

function sideLines(name: string, side: Side): string[] {
  const { shown } = side
  const head = `  ${name}: ${countsOfSide(side)}`
  if (!shown) return [head]
  return [
    head,
    ...wrap(plainLine(shown.finding.sentence), `    ${shown.attempt}: `),
    ...evidenceOf(shown.finding, mostLines, 1).map((line) => `    ${line}`),
  ]
}

/** How the attempts that are shown can be had again. */
function byHand(groups: readonly ChangeGroup[]): string[] {
  const shown = groups.flatMap(({ cells }) =>
    cells.slice(0, 1).flatMap(({ change: { base, series } }) => [base.shown?.attempt, series.shown?.attempt]),
  )
  const attempts = [...new Set(shown.filter((attempt) => attempt !== undefined))]
  return attempts.length === 0 ? [] : ['', 'BY HAND', ...attempts.map((attempt) => `  hyplab reproduce ${attempt}`)]
}

function notCompared({ onlyBase, onlySeries }: Comparison): string[] {
  const lines = [
    ...onlyBase.map(({ id }) => `  ${plainLine(id)} (base only)`),
    ...onlySeries.map(({ id }) => `  ${plainLine(id)} (series only)`),
  ]
  return lines.length === 0 ? [] : ['', 'NOT COMPARED', ...lines]
}

/** What a reader has to know beside it, a sentence each. */
export function caveatsOf(comparison: Comparison): string[] {
  const { base, series, cells } = comparison
  const open = [base, series].filter(({ run }) => run.state !== 'finished').map(({ run }) => run.id)
  return [
    ...(open.length > 0 ? [`Not all was run: run ${[...new Set(open)].join(' and ')} did not finish.`] : []),
    ...(cells.length > 0 && restsOnOne(comparison)
      ? ['One attempt a side tells no flake from a change: `attempts: 3` in the plan does.']
      : []),
    'Nothing is said of other configurations, firmware and machines than these.',
  ]
}

/** Only where each expectation of the plan held, and nothing is worse or open. */
function testedBy({ seriesAsExpected, counts }: Comparison, tester: string | undefined): string[] {
  const doubtful = counts.broken ?? counts.unstable ?? counts.unknown
  if (!seriesAsExpected || doubtful !== undefined || tester === undefined) return []
  return ['', `Tested-by: ${plainLine(tester)}`]
}

import { counted } from '../../domain/counted.ts'
import type { ChangedCell, ChangeGroup, Comparison } from '../../domain/compare/comparison.ts'
import type { Side } from '../../domain/compare/side.ts'
import { fence, inline } from '../markdown-text.ts'
import { evidenceOf } from '../quoted.ts'
import { countsOfSide, testedLines } from './sides.ts'
import { caveatsOf, changeWords, headOf, summaryOf, type CompareWords } from './text.ts'

/** Lines of evidence of one side. */
const mostLines = 8

/** A comparison as Markdown, for an issue or a merge request. */
export function compareMarkdown(comparison: Comparison, { titles }: CompareWords): string {
  const { base, series, groups, onlyBase, onlySeries } = comparison
  return [
    `# ${inline(headOf(comparison))}`,
    inline(`${summaryOf(comparison)}.`),
    fence(['base', ...testedLines(base, titles), '', 'series', ...testedLines(series, titles)]),
    tableOf(comparison),
    ...groups.flatMap(groupSection),
    ...[...onlyBase, ...onlySeries].map(({ id }) => `Not compared: ${inline(id)}`),
    ...caveatsOf(comparison).map(inline),
    '',
  ].join('\n\n')
}

function tableOf({ cells }: Comparison): string {
  const rows = cells.map(({ name, base, series, kind }) =>
    [name, base.verdict?.verdict ?? base.state, series.verdict?.verdict ?? series.state, kind].map(inline),
  )
  return [['cell', 'base', 'series', ''], ['---', '---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

function groupSection({ kind, id, cells }: ChangeGroup): string[] {
  const [first] = cells
  return [
    `## ${inline(kind)}: ${inline(id)}`,
    inline(`It ${changeWords[kind]}.`),
    cells.map(({ cell }) => `- ${inline(cell.name)}`).join('\n'),
    ...(first ? shownBy(first) : []),
  ]
}

function shownBy({ change, consequences }: ChangedCell): string[] {
  const names = consequences.map(({ id, kind }) => `${id} (${kind})`).join(', ')
  return [
    ...sideParts('base', change.base),
    ...sideParts('series', change.series),
    ...(names === '' ? [] : [inline(`From it ${counted(consequences.length, 'follows', 'follow')}: ${names}.`)]),
  ]
}

function sideParts(name: string, side: Side): string[] {
  const { shown } = side
  const head = `**${name}**: ${inline(countsOfSide(side))}`
  if (!shown) return [head]
  const lines = evidenceOf(shown.finding, mostLines, 1)
  return [
    `${head}. ${inline(shown.finding.sentence)} (\`hyplab reproduce ${shown.attempt}\`)`,
    ...(lines.length === 0 ? [] : [fence(lines)]),
  ]
}

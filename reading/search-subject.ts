import { counted } from '../domain/counted.ts'
import { LabError } from '../domain/errors.ts'
import { bootFinding } from '../domain/flake/sample.ts'
import { nearest } from '../domain/yaml/did-you-mean.ts'
import { counts } from '../domain/verdict/counts.ts'
import { cellDetail, type CellContext, type CellDetail } from '../store/details.ts'
import { earlierCells } from '../store/earlier-cells.ts'
import type { Store } from '../store/store.ts'
import { failsIn } from './search-tried.ts'

/** What a search is about: a cell, a finding of it, and how that came out. */
export interface Subject {
  context: CellContext
  /** e.g. `12.3`. */
  of: string
  finding: string
  /** Whether it failed in most of the attempts that count. */
  fails: boolean
}

/**
 * A cell and the finding of it that is to be explained.
 * @param wanted the finding's id; when absent, of those that the cell's verdict rests on the first that failed, else the first:
 *   a known bug is looked for, too
 * @throws LabError BadInput when the cell has not been judged, or says nothing of the finding
 */
export async function subjectOf(store: Store, run: number, number: number, wanted?: string): Promise<Subject> {
  const context = await cellDetail(store, run, number)
  const of = `${run}.${number}`
  const restsOn = context.cell.verdict?.because.map((each) => each.finding) ?? []
  const finding = wanted ?? restsOn.find((id) => mostlyFails(context.cell, id)) ?? restsOn[0]
  if (finding === undefined)
    throw new LabError(
      'BadInput',
      `No finding of ${of} stands out: name one with --finding; \`hyplab show ${of}\` has them.`,
    )
  const fails = mostlyFails(context.cell, finding)
  if (fails === undefined) throw new LabError('BadInput', whyNothing(context.cell, of, finding))
  return { context, of, finding, fails }
}

/**
 * The newest earlier result of the same cell in which the finding came out otherwise in every attempt.
 * @returns undefined when there is none
 */
export async function lastOtherwise(
  store: Store,
  { context, finding, fails }: Subject,
): Promise<CellContext | undefined> {
  const { run, cell } = context
  for (const earlier of await earlierCells(store, { plan: run.plan, cell: cell.cell.id, before: run.id })) {
    const detail = await cellDetail(store, earlier.run, earlier.number)
    const outcomes = outcomesOf(detail.cell, finding)
    if (outcomes.length > 0 && outcomes.every((each) => each !== fails)) return detail
  }
  return undefined
}

/** Whether a finding failed in most attempts; undefined where none says so. */
function mostlyFails(cell: CellDetail, finding: string): boolean | undefined {
  const outcomes = outcomesOf(cell, finding)
  if (outcomes.length === 0) return undefined
  return outcomes.filter(Boolean).length * 2 >= outcomes.length
}

function outcomesOf({ attempts }: CellDetail, finding: string): boolean[] {
  return attempts.flatMap(({ end }) => {
    if (end === null || !counts(end.ending)) return []
    const fails = failsIn(end.ending, end.findings, finding)
    return fails === undefined ? [] : [fails]
  })
}

function whyNothing({ attempts }: CellDetail, of: string, finding: string): string {
  const ended = attempts.flatMap(({ end }) => (end === null ? [] : [end]))
  const ids = [...new Set(ended.flatMap(({ findings }) => findings.map(({ id }) => id)))]
  if (ids.length === 0) return `${of} has ${counted(ended.length, 'attempt')} that ended, and no findings.`
  if (ids.includes(finding)) return `${finding} neither passed nor failed in ${of}: \`hyplab show ${of}\`.`
  const near = nearest(finding, [...ids, bootFinding])
  const meant = near === undefined ? `\`hyplab show ${of}\` has them` : `did you mean ${near}?`
  return `${of} has no finding "${finding}": ${meant}.`.replace('?.', '?')
}

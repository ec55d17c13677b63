import { flakesOf } from '../domain/flake/flakes-of.ts'
import { stripsOf } from '../domain/flake/strips-of.ts'
import type { KnownIssue } from '../domain/known/known-issue.ts'
import { compareNight } from '../domain/night/compare-night.ts'
import { tellNight, type NightStory } from '../domain/night/tell-night.ts'
import type { Report, ReportBuild, ReportCell, ReportNight, ReportRun, ReportStrip } from '../domain/report/report.ts'
import type { Build } from '../store/builds.ts'
import { runDetail } from '../store/details.ts'
import { nightOfRun } from '../store/nights.ts'
import type { Run } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import { readFlakeSamples } from './read-flake-samples.ts'
import { readNight, type ReadNight } from './read-night.ts'
import { reportCell } from './report-cell.ts'

/** Which run or night is told. */
export type ReportOf = { run: number } | { schedule: string; night?: number | undefined }

/** What a schedule's file says of its nights. */
export interface NightSettings {
  issues: readonly KnownIssue[]
  zone: string
  owner: string | undefined
}

/** The last so many attempts of each cell say how steady it is. */
const steadyOver = 50
/** So many strips are drawn: a picture of more is not looked at. */
const mostStrips = 40

/**
 * Reads all that a report tells. A run that is a night is told as one.
 * @param settingsOf what is known of a schedule
 * @param now epoch ms
 * @returns undefined when the schedule has no such night
 * @throws LabError BadInput when there is no such run
 */
export async function readReport(
  store: Store,
  of: ReportOf,
  settingsOf: (schedule: string) => Promise<NightSettings>,
  now: number,
): Promise<Report | undefined> {
  const night = 'run' in of ? await nightOfRun(store, of.run) : { schedule: of.schedule, id: of.night }
  const read = night && (await readNight(store, night.schedule, night.id))
  if (!read && 'schedule' in of) return undefined
  const told = read && (await tell(read, await settingsOf(read.night.schedule)))
  const about: Report = {
    schemaVersion: 1,
    told: now,
    night: told?.night ?? null,
    story: told?.story ?? null,
    run: null,
    cells: [],
    builds: [],
    strips: [],
  }
  const number = 'run' in of ? of.run : read?.night.run
  if (number === null || number === undefined) return about
  const { run, cells: details, builds } = await runDetail(store, number)
  const cells: ReportCell[] = []
  for (const detail of details) cells.push(await reportCell(store, run, detail))
  return {
    ...about,
    run: reportRun(run),
    cells: told ? markKnown(cells, told.story) : cells,
    builds: builds.map(reportBuild),
    strips: await strips(store, run, cells),
  }
}

async function tell(
  { night, tonight, past, unchangedSince }: ReadNight,
  { issues, zone, owner }: NightSettings,
): Promise<{ night: ReportNight; story: NightStory }> {
  const story = tellNight(compareNight(tonight, past), issues, past, night.due)
  return { night: { ...night, owner: owner ?? null, zone, unchangedSince: unchangedSince ?? null }, story }
}

/** A failure that somebody looks after is told as one wherever its cell is told. */
function markKnown(cells: readonly ReportCell[], { groups }: NightStory): ReportCell[] {
  const known = new Map(
    groups.flatMap(({ standing, issue, cells: changes }) =>
      standing === 'known' && issue
        ? changes.map(({ cell }) => [cell, `${issue.reason} (${issue.owner}, ${issue.at})`] as const)
        : [],
    ),
  )
  return cells.map((cell) => ({ ...cell, known: known.get(cell.id) ?? null }))
}

function reportRun(run: Run): ReportRun {
  const { id, workflowId, plan, planFile, state, options, started, ended, exitCode, summary } = run
  const buildsOnly = options?.until === 'builds'
  return { id, workflowId, plan, planFile, state, buildsOnly, started, ended, exitCode, summary }
}

function reportBuild({ id, kind, name, outcome, fault, started, seconds, inputs, products }: Build): ReportBuild {
  return { id, kind, name, outcome, fault, started, seconds, inputs, products }
}

/** What is not steady in the cells of a run, as far as its attempts and those before it show. */
async function strips(store: Store, run: Run, cells: readonly ReportCell[]): Promise<ReportStrip[]> {
  const ids = new Set(cells.map(({ id }) => id))
  const all = await readFlakeSamples(store, { plan: run.plan, last: steadyOver })
  const samples = all.filter(({ cell, at }) => ids.has(cell) && at <= (run.ended ?? Infinity))
  return stripsOf(flakesOf(samples), samples)
    .slice(0, mostStrips)
    .map(({ cell, finding, failed, boxes }) => ({ cell, finding, failed, boxes: [...boxes] }))
}

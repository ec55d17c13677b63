import type { NightStory } from '../domain/night/tell-night.ts'
import type { Report, ReportNight } from '../domain/report/report.ts'
import { moment } from '../domain/schedule/wall-clock.ts'
import { unfinishedOf } from './headline.ts'
import { nightText } from './night-text.ts'
import { plain, plainLine } from './plain.ts'
import { runText, shownBy } from './run-text.ts'
import { wrap } from './wrap.ts'

/** What somebody has to look at is told with its lines. */
const toldWithLines: readonly string[] = ['new failure', 'unstable', 'still failing', 'still unstable']

/** A report as text of at most 72 columns, apart from what must not be broken: a run by itself, or a night. */
export function reportText(report: Report): string {
  const { night, story } = report
  return night && story ? nightWithLines(report, night, story) : runText(report)
}

function nightWithLines(report: Report, night: ReportNight, story: NightStory): string {
  const { run } = report
  const head = {
    ...night,
    due: moment(night.due, night.zone),
    summary: run?.summary ?? run?.state ?? '',
    owner: night.owner ?? undefined,
    unchangedSince: night.unchangedSince ?? undefined,
  }
  const unfinished = unfinishedOf(report)
  return [
    plain(nightText(head, story)).trimEnd(),
    ...(unfinished === undefined ? [] : ['', ...wrap(unfinished, '')]),
    ...story.groups
      .filter(({ standing }) => toldWithLines.includes(standing))
      .flatMap((group) => linesOf(report, group)),
    '',
  ].join('\n')
}

/** The lines that the first cell of a group shows. */
function linesOf({ cells }: Report, { cells: [change] }: NightStory['groups'][0]): string[] {
  const cell = cells.find(({ result }) => result === change?.tonight.result)
  if (!cell) return []
  const lines = shownBy(cell)
  return lines.length === 0 ? [] : ['', plainLine(`${cell.result}  ${cell.id}`), ...lines.slice(1)]
}

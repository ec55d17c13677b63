import type { ConsoleLog } from '../../console/line.ts'
import type { ConsoleEvidence } from '../../evidence/evidence.ts'
import type { DriverProbe, Initcall, Moment, TimelineEntry } from '../../initcalls/initcall.ts'
import { initcallTimeline } from '../../initcalls/initcall-timeline.ts'
import { citeLines } from '../../evidence/cite.ts'
import type { Seen } from '../seen.ts'
import type { Sighting } from '../../signatures/sighting.ts'

/** The initcalls and driver probes of a boot, and the console that shows them. */
export interface Timeline {
  log: ConsoleLog
  entries: TimelineEntry[]
}

/** The timeline of the console that shows the most of it; undefined where none shows any, as without `initcall_debug`. */
export function timelineOf(seen: Seen): Timeline | undefined {
  const all = seen.shown.consoles.map((log) => ({ log, entries: initcallTimeline(log) }))
  return all.filter(({ entries }) => entries.length > 0).toSorted((a, b) => b.entries.length - a.entries.length)[0]
}

/** A function's initcall, the first of that name. */
export function initcallOf({ entries }: Timeline, name: string): Initcall | undefined {
  return entries.find((entry) => entry.kind === 'initcall' && entry.name === name) as Initcall | undefined
}

/** All driver probes. */
export function probesOf({ entries }: Timeline): DriverProbe[] {
  return entries.filter((entry) => entry.kind === 'probe')
}

/** The line of a moment as evidence. */
export function citeMoment({ log }: Timeline, { line }: Moment): ConsoleEvidence {
  const index = log.lines.findIndex(({ number }) => number === line)
  return citeLines(log, Math.max(index, 0), Math.max(index, 0))
}

/** The moment of a line that the catalogue knows. */
export function momentOf({ log, index, match }: Sighting): Moment {
  const line = log.lines[index]?.number ?? 0
  return match.at === undefined ? { line } : { line, at: match.at }
}

/** `0.878648 s`, or the line where the log has no times. */
export function when({ at, line }: Moment): string {
  return at === undefined ? `line ${line}` : `${at.toFixed(6)} s`
}

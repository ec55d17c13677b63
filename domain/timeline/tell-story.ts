import type { ConsoleLine } from '../console/line.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Finding } from '../finding.ts'
import type { NotedFact } from '../lab-log/lab-fact.ts'
import type { TargetRecord } from '../records/record.ts'
import type { SmcCall } from '../smc/call.ts'
import { StageFollower } from '../stage/stage-follower.ts'
import { kernelEpoch, type TimedConsole } from './console-clock.ts'
import { consoleMoments } from './console-moments.ts'
import { labMoments } from './lab-moments.ts'
import type { Moment } from './moment.ts'
import { recordMoments } from './record-moments.ts'
import { smcMoments } from './smc-moments.ts'

/** What a story is made of. */
export interface StoryParts {
  consoles: readonly TimedConsole[]
  records: readonly TargetRecord[]
  smc: readonly SmcCall[]
  /** What the lab did; absent where there is none. */
  lab?: readonly NotedFact[]
  findings: readonly Finding[]
}

/** Everything that happened in an attempt, in order, on one clock. */
export interface Story {
  moments: Moment[]
  /** Host time, milliseconds since 1970, of the first moment on the target and of the kernel's 0; the latter where its lines show it. */
  began: number
  kernelEpoch?: number
}

/** Consoles, SMCs, records, stages and what the lab did as one story; what findings rest on is marked with their ids, and is key. */
export function tellStory({ consoles, records, smc, lab = [], findings }: StoryParts): Story {
  const epoch = kernelEpoch(consoles)
  const heard = consoles.flatMap((console) =>
    consoleMoments(console, epoch).map((moment) => ({ moment, console: console.log.console })),
  )
  heard.sort((a, b) => a.moment.at - b.moment.at)
  const lines = new Map(consoles.flatMap(({ log }) => log.lines.map((line) => [`${log.console}:${line.number}`, line])))
  const stages = stageMoments(heard, lines)
  const init = stages.find(({ place }) => place === 'init')?.at ?? epoch ?? 0
  const moments = [
    ...stages,
    ...heard.map(({ moment }) => moment),
    ...smcMoments(smc),
    ...recordMoments(records, epoch, init),
    ...labMoments(lab),
  ]
  mark(moments, findings)
  moments.sort((a, b) => a.at - b.at || order(a) - order(b))
  const first = moments.find(({ source }) => source !== 'lab') ?? moments[0]
  return { moments, began: first?.at ?? 0, ...(epoch === undefined ? {} : { kernelEpoch: epoch }) }
}

/** At the same time: what the lab did first, then a stage before the line that begins it, and what was done after what had been said. */
function order({ source }: Moment): number {
  return ['lab', 'stage', 'console', 'smc', 'record'].indexOf(source)
}

/** The stages as all consoles together tell them, each where its first line stands. */
function stageMoments(
  heard: readonly { moment: Moment; console: string }[],
  lines: ReadonlyMap<string, ConsoleLine>,
): Moment[] {
  const follower = new StageFollower()
  return heard.flatMap(({ moment: { at, place }, console }): Moment[] => {
    const line = lines.get(place)
    const stage = line && follower.line(console, line)?.stage
    if (stage === undefined) return []
    return [{ at, source: 'stage', place: stage, text: `stage ${stage}`, weight: 'key', findings: [] }]
  })
}

function mark(moments: readonly Moment[], findings: readonly Finding[]): void {
  const byPlace = new Map(moments.map((moment) => [moment.place, moment]))
  for (const { id, outcome, evidence } of findings) {
    if (outcome === 'skip') continue
    for (const place of evidence.flatMap(placesOf)) {
      const moment = byPlace.get(place)
      if (!moment || moment.findings.includes(id)) continue
      moment.findings.push(id)
      moment.weight = 'key'
    }
  }
}

/** Lines of a long report stand for its first one: a panic of a hundred lines is one thing that happened. */
const longest = 12

/** The moments that a piece of evidence is about. */
export function placesOf(evidence: Evidence): string[] {
  switch (evidence.kind) {
    case 'record':
      return [`record ${evidence.sequence}`]
    case 'file':
      return []
    case 'console':
      return range(evidence).map((line) => `${evidence.console}:${line}`)
    case 'smc':
    case 'lab':
      return range(evidence).map((entry) => `${evidence.kind} ${entry}`)
  }
}

function range({ from, to }: { from: number; to: number }): number[] {
  return Array.from({ length: Math.min(to - from + 1, longest) }, (_, index) => from + index)
}

import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Ending, HostView } from '../domain/attempt.ts'
import type { Evidence } from '../domain/evidence/evidence.ts'
import type { FactValue, Finding, Outcome } from '../domain/finding.ts'
import type { Pace } from '../domain/stage/pace.ts'
import type { Stage } from '../domain/stage.ts'
import type { World } from '../domain/world.ts'
import type { Artifact } from './artifacts.ts'
import type { AttemptArtifactRow, AttemptRow, FindingRow, Tables } from './database/tables.ts'
import { formatResultId } from './result-id.ts'

/** Which attempt: the number of its run, of the cell in the run, of the attempt in the cell, each from 1. */
export interface AttemptKey {
  run: number
  cell: number
  number: number
}

/** What is known of an attempt when its power goes on. Times are epoch milliseconds. */
export interface AttemptStart extends AttemptKey {
  place: string
  /** The lease's fence number at that place. */
  fence: number
  /** Where its files are while it runs. */
  folder: string
  started: number
}

/** What is known when it is over. */
export interface AttemptEnd {
  ended: number
  /** The last stage reached. */
  stage: Stage
  ending: Ending
  /** One sentence on how it ended. */
  sentence: string
  host: HostView
  /** The longest time without a byte on any console, and the time in all, of each stage. */
  pace: Pace
  /** In the order of their names when read back. */
  artifacts: AttemptArtifact[]
  findings: Finding[]
  /** When the findings were derived, and by which version of the probes. */
  judged: { at: number; probes: string }
}

/** A file of an attempt: `console/uart0`, `console/uart0.times`, `records`, `Image`, `initrd`, `command`, ... */
export interface AttemptArtifact extends Artifact {
  name: string
  /** Who spoke there, for a console of one world. */
  world: World | null
  /** When it was given up (epoch ms) and by which rule; absent while it is kept. */
  removed?: { at: number; rule: string }
}

/** An attempt as it is kept; `end` is null while it runs, or when its worker died and nobody has closed it yet. */
export interface Attempt extends AttemptStart {
  /** e.g. `12.3.1`. */
  id: string
  end: AttemptEnd | null
}

/** The attempts of a run in the order of cell and number; for the queries beside this file. */
export async function readAttempts(
  database: Kysely<Tables>,
  run: number,
  only: Partial<Pick<AttemptKey, 'cell' | 'number'>> = {},
): Promise<Attempt[]> {
  let attempts = database.selectFrom('attempts').selectAll().where('run', '=', run)
  let artifacts = database.selectFrom('attempt_artifacts').selectAll().where('run', '=', run)
  let findings = database.selectFrom('findings').selectAll().where('run', '=', run)
  if (only.cell !== undefined) {
    attempts = attempts.where('cell', '=', only.cell)
    artifacts = artifacts.where('cell', '=', only.cell)
    findings = findings.where('cell', '=', only.cell)
  }
  if (only.number !== undefined) {
    attempts = attempts.where('number', '=', only.number)
    artifacts = artifacts.where('attempt', '=', only.number)
    findings = findings.where('attempt', '=', only.number)
  }
  const key = (row: { cell: number; attempt: number }) => `${row.cell}.${row.attempt}`
  const artifactRows = Map.groupBy(await artifacts.orderBy('name').execute(), key)
  const findingRows = Map.groupBy(await findings.orderBy('position').execute(), key)
  const rows = await attempts.orderBy('cell').orderBy('number').execute()
  return rows.map((row) => {
    const id = key({ cell: row.cell, attempt: row.number })
    return toAttempt(row, artifactRows.get(id) ?? [], findingRows.get(id) ?? [])
  })
}

/** The columns that a finished attempt fills in. */
export function endColumns(end: AttemptEnd): Partial<AttemptRow> {
  return {
    ended: end.ended,
    stage: end.stage,
    ending: end.ending,
    sentence: end.sentence,
    host: JSON.stringify(end.host),
    silences: JSON.stringify(end.pace.silences),
    stage_seconds: JSON.stringify(end.pace.stages),
    judged: end.judged.at,
    probes: end.judged.probes,
  }
}

/** Writes the findings of an attempt that has none. */
export async function insertFindings(
  transaction: Transaction<Tables>,
  { run, cell, number: attempt }: AttemptKey,
  findings: readonly Finding[],
): Promise<void> {
  for (const [position, { id, outcome, sentence, evidence, facts, because = null }] of findings.entries()) {
    const json = { evidence: JSON.stringify(evidence), facts: JSON.stringify(facts) }
    await transaction
      .insertInto('findings')
      .values({ run, cell, attempt, position, id, outcome, sentence, because, ...json })
      .execute()
  }
}

function toAttempt(row: AttemptRow, artifacts: Selectable<AttemptArtifactRow>[], findings: FindingRow[]): Attempt {
  const { run, cell, number, place, fence, folder, started } = row
  const id = formatResultId({ kind: 'attempt', run, cell, attempt: number })
  const start = { id, run, cell, number, place, fence, folder, started }
  return { ...start, end: row.ended === null ? null : toEnd(row, row.ended, artifacts, findings) }
}

/** A row that has `ended` has the other columns of an end too: they are written by one statement. */
function toEnd(
  row: AttemptRow,
  ended: number,
  artifacts: Selectable<AttemptArtifactRow>[],
  findings: FindingRow[],
): AttemptEnd {
  return {
    ended,
    stage: row.stage as Stage,
    ending: row.ending as Ending,
    sentence: row.sentence as string,
    host: JSON.parse(row.host as string) as HostView,
    pace: {
      silences: JSON.parse(row.silences as string) as Pace['silences'],
      // Attempts of before that column was there have none.
      stages: JSON.parse(row.stage_seconds ?? '{}') as Pace['stages'],
    },
    artifacts: artifacts.map(toArtifact),
    findings: findings.map(toFinding),
    judged: { at: row.judged as number, probes: row.probes as string },
  }
}

function toArtifact(row: Selectable<AttemptArtifactRow>): AttemptArtifact {
  const { name, sha256, size, world, removed, removed_by } = row
  const gone = removed === null ? {} : { removed: { at: removed, rule: removed_by ?? '' } }
  return { name, sha256, size, world: world as World | null, ...gone }
}

function toFinding(row: FindingRow): Finding {
  return {
    id: row.id,
    outcome: row.outcome as Outcome,
    sentence: row.sentence,
    evidence: JSON.parse(row.evidence) as Evidence[],
    facts: JSON.parse(row.facts) as Record<string, FactValue>,
    ...(row.because === null ? {} : { because: row.because }),
  }
}

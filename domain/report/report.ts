import type { Ending } from '../attempt.ts'
import type { Expectation, KernelInputs } from '../cell.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Finding } from '../finding.ts'
import type { Rate } from '../flake/rate.ts'
import type { StripBox } from '../flake/draw-strips.ts'
import type { Night } from '../night/night.ts'
import type { NightStory } from '../night/tell-night.ts'
import type { Stage } from '../stage.ts'
import type { AttemptVerdict } from '../verdict/attempt-verdict.ts'
import type { CellVerdict } from '../verdict/verdict.ts'
import type { Weight } from './weigh.ts'

/**
 * What a run, or a night, came to: all that any of the formats tells, and what `--format json` prints. Times are
 * milliseconds since 1970. Fields are added, never changed; `schemaVersion` grows when one must go.
 */
export interface Report {
  schemaVersion: 1
  /** When it was read: a run that goes on has more to tell later. */
  told: number
  /** The night that the run was, and what it means against the nights before; both null for a run by itself. */
  night: ReportNight | null
  story: NightStory | null
  /** Null for a night that did not begin. */
  run: ReportRun | null
  cells: ReportCell[]
  /** The builds of the cells that were made or failed, each once. */
  builds: ReportBuild[]
  /** What is not steady in the plan's last attempts. */
  strips: ReportStrip[]
}

export interface ReportNight extends Night {
  /** Who looks after the schedule; null where its file does not say. */
  owner: string | null
  /** The schedule's time zone. */
  zone: string
  /** The night before, where nothing of what the cells are made of has moved since. */
  unchangedSince: { run: number; at: number } | null
}

export interface ReportRun {
  id: number
  /** Unique also among labs. */
  workflowId: string
  plan: string
  planFile: string
  state: 'running' | 'finished' | 'cancelled' | 'failed'
  /** Whether nothing but builds was asked for. */
  buildsOnly: boolean
  started: number
  ended: number | null
  exitCode: number | null
  summary: string | null
}

/** What there is of a cell: `open` while its run goes on, `not run` when that ended without it. */
export type CellState = 'judged' | 'open' | 'not run' | 'builds only'

export interface ReportCell {
  /** e.g. `12.3`, and the number in the run. */
  result: string
  number: number
  /** The cell's own id, e.g. `linux-6.18.5/ffa=y/optee-sel1/protected/qemu`. */
  id: string
  axes: Record<string, string>
  /** What the kernel is made of. */
  kernel: Pick<KernelInputs, 'name' | 'sources' | 'patches'>
  state: CellState
  /** Null until it is judged. */
  verdict: CellVerdict | null
  /** Whether all causes of its failure are issues that somebody looks after; in a night only. */
  known: string | null
  expectations: Expectation[]
  cmdline: string
  target: string
  /** Build ids; null until they are known. */
  kernelBuild: string | null
  firmwareBuild: string | null
  attempts: ReportAttempt[]
}

export interface ReportAttempt {
  /** e.g. `12.3.1`, and the number in the cell. */
  id: string
  number: number
  place: string
  started: number
  /** Null while it runs, or when its worker died and nobody has closed it yet. The next four, too. */
  ended: number | null
  ending: Ending | null
  sentence: string | null
  /** The last stage reached. */
  stage: Stage | null
  /** What it alone says of the cell; null when it does not count. */
  says: AttemptVerdict | null
  /** In the order of the boot. */
  stages: ReportStage[]
  findings: ReportFinding[]
  /** What is kept of it. */
  files: { name: string; sha256: string; size: number }[]
}

/** How long a stage took until the next one began, seconds. */
export interface ReportStage {
  stage: Stage
  seconds: number
}

export type ReportFinding = Omit<Finding, 'evidence'> & {
  /** What it is to the verdict. */
  weight: Weight
  evidence: ReportEvidence[]
}

/** A piece of evidence in its context. */
export interface ReportEvidence {
  kind: Evidence['kind']
  /** e.g. `uart0:399`, `record 7`, `smc 12-14`. */
  where: string
  lines: ReportLine[]
}

/** A line of evidence, cleaned of control characters. */
export interface ReportLine {
  /** Where it stands in its console; absent where lines have no numbers of their own, or were left out. */
  number?: number
  text: string
  /** Whether the finding rests on it; the others stand beside it. */
  cited: boolean
}

export interface ReportBuild {
  id: string
  kind: 'kernel' | 'firmware'
  name: string
  outcome: 'ok' | 'failed'
  /** What the compiler or make complained of. */
  fault: { message: string; file?: string; line?: number } | null
  started: number
  seconds: number
  /** What was hashed to `id`. */
  inputs: Record<string, unknown>
  products: { name: string; sha256: string; size: number }[]
}

/** A finding of a cell that passes in some attempts and fails in others. */
export interface ReportStrip {
  cell: string
  finding: string
  failed: Rate
  /** Oldest first. */
  boxes: StripBox[]
}

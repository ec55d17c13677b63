import type { Generated } from 'kysely'

/** The tables as SQLite has them. Times are epoch milliseconds; columns marked JSON hold JSON text. */
export interface Tables {
  runs: RunRow
  cells: CellRow
  builds: BuildRow
  products: ProductRow
  attempts: AttemptRow
  attempt_artifacts: AttemptArtifactRow
  findings: FindingRow
  former_judgements: FormerJudgementRow
  events: EventRow
  leases: LeaseRow
  schedules: ScheduleRow
  nights: NightRow
  told_to: ToldToRow
  told: ToldRow
  gathered: GatheredRow
  deliveries: DeliveryRow
  quiet: QuietRow
  pins: PinRow
  disk_usage: DiskUsageRow
}

export interface ToldToRow {
  schedule: string
  target: string
  night: number
  due: number
  /** When the night was due that the last digest was sent with. */
  digest: number | null
}

export interface ToldRow {
  schedule: string
  target: string
  what: string
  /** The delivery that told it. */
  thread: string
}

export interface GatheredRow {
  schedule: string
  target: string
  night: number
  /** JSON: Gathered. */
  gathered: string
  /** The digest that tells of it; null before there is one. */
  delivery: string | null
}

export interface DeliveryRow {
  id: string
  schedule: string
  target: string
  night: number
  subject: string
  text: string
  /** JSON: MessageData. */
  data: string
  /** The delivery that it answers. */
  thread: string | null
  /** JSON: what is told by it, and what it says has gone, with the delivery that told that: [what, thread][]. */
  opens: string
  closes: string
  state: string
  /** What the other side said, or why it did not get it. */
  answer: string | null
  written: number
  ended: number | null
}

export interface QuietRow {
  id: Generated<number>
  schedule: string
  from_due: number
  to_due: number
  asked: number
  /** 1: it is about one night only. */
  once: number
  /** The one that it is about, once that is known. */
  night: number | null
}

export interface PinRow {
  run: number
  /** 0 for the whole run. */
  cell: number
  why: string
  by: string
  at: number
}

/** How many bytes a folder took when it was last measured, and how many were free on its disk then. */
export interface DiskUsageRow {
  folder: string
  at: number
  used: number
  free: number
}

export interface ScheduleRow {
  name: string
  file: string
  digest: string
  server: string
  applied: number
}

export interface NightRow {
  id: Generated<number>
  workflow: string
  schedule: string
  due: number
  begun: number
  run: number | null
  fault: string | null
}

export interface LeaseRow {
  place: string
  fence: number
  /** Null while nobody holds it; the three below, too. */
  holder: string | null
  why: string | null
  since: number | null
  until: number | null
  suspect: string | null
}

export interface RunRow {
  id: Generated<number>
  workflow: string
  plan: string
  plan_text: string
  plan_file: string
  started: number
  ended: number | null
  state: string
  exit_code: number | null
  summary: string | null
  /** JSON: RunOptions. */
  options: string | null
}

export interface CellRow {
  run: number
  number: number
  id: string
  target: string
  /** JSON: the whole Cell. */
  cell: string
  kernel_build: string | null
  firmware_build: string | null
  verdict: string | null
  /** JSON: the whole CellVerdict. */
  judgement: string | null
  /** JSON: NotRun. */
  not_run: string | null
  /** JSON: versions by name. */
  tools: string | null
}

export interface BuildRow {
  id: string
  kind: string
  name: string
  /** JSON. */
  inputs: string
  outcome: string
  /** JSON: BuildFault. */
  fault: string | null
  log: string | null
  started: number
  seconds: number
  /** When its products were given up, and by which rule; null while they are kept. */
  removed: Generated<number | null>
  removed_by: Generated<string | null>
}

export interface ProductRow {
  build: string
  name: string
  sha256: string
  size: number
}

export interface AttemptRow {
  run: number
  cell: number
  number: number
  place: string
  fence: number
  folder: string
  started: number
  ended: number | null
  stage: string | null
  ending: string | null
  sentence: string | null
  /** JSON: HostView. */
  host: string | null
  /** JSON: seconds by stage. */
  silences: string | null
  /** JSON: seconds by stage. */
  stage_seconds: string | null
  judged: number | null
  /** Version of the probes that judged. */
  probes: string | null
}

export interface AttemptArtifactRow {
  run: number
  cell: number
  attempt: number
  name: string
  sha256: string
  size: number
  world: string | null
  /** When it was given up, and by which rule; null while it is kept. */
  removed: Generated<number | null>
  removed_by: Generated<string | null>
}

export interface FindingRow {
  run: number
  cell: number
  attempt: number
  position: number
  id: string
  outcome: string
  sentence: string
  /** JSON: Evidence[]. */
  evidence: string
  /** JSON. */
  facts: string
  /** The id of the finding that caused it. */
  because: string | null
}

export interface FormerJudgementRow {
  run: number
  number: number
  replaced: number
  /** JSON: Judgement. */
  judgement: string
}

export interface EventRow {
  seq: Generated<number>
  run: number | null
  time: number
  kind: string
  cell: number | null
  attempt: number | null
  build: string | null
  /** JSON. */
  data: string
}

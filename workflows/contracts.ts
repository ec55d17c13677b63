import type { KernelInputs, StackInputs } from '../domain/cell.ts'
import type { Ending } from '../domain/attempt.ts'
import type { NotRun } from '../domain/not-run.ts'
import type { Flashed } from '../targets/board/flash/flash.ts'
import type { Verdict } from '../domain/verdict/verdict.ts'

export interface RunTask {
  /** The run's number in the store; cells and plan text are read from there, so that no plan enters history. */
  run: number
  lab: string
  /** Cells at once. */
  atOnce: number
  /** `builds` stops when everything is built. */
  until: 'verdicts' | 'builds'
  /** The lab host whose places the cells use. */
  host: string
  /** When the window closes, epoch ms: what has not ended by then is not run. */
  closes?: number
  /** The run looks for something (`runSearch`): what it tries is decided one by one, from the store. */
  search?: true
  /** What a story did before this one, which goes on with its run; absent where this is the first. */
  before?: RunSoFar
}

/** What a story of a run tells the one that goes on with it: a story that did thousands of cells alone would be too long. */
export interface RunSoFar {
  /** Cells of the outline that it is done with: the next one is the first of the rest. */
  cells: number
  /** Of a night: seconds that the boots of a class took. */
  spent: Record<string, number>
  /** Builds that failed: nobody makes them again in this run. */
  failed: BuildResult[]
}

/** One build of a run, and whether it is there already. */
export type BuildTask = { id: string; name: string; run: number; lab: string } & (
  | { kind: 'kernel'; kernel: KernelInputs; lockFile: string }
  | ({ kind: 'firmware'; recipe: string; lockFile: string } & Pick<StackInputs, 'sources' | 'frozen'>)
)

/** A build that a cell of the run names, and with it what it is made of: that is read where it is needed. */
export type BuildRef = Pick<BuildTask, 'id' | 'name' | 'kind' | 'run' | 'lab'>

export interface BuildResult {
  id: string
  ok: boolean
  /** The build failed for a reason that is not the kernel's or the recipe's: no disk space, no tool, no source. */
  infra: boolean
  /** One sentence for a failed build, empty otherwise. */
  message: string
  /** It was not made, or not to its end, for lack of room: so many bytes are wanted in the cache beside the floor. */
  room?: number
  /** It was given up because every run that needed it was cancelled; who asks later must ask anew. */
  dropped?: true
}

/** A cell whose builds are to be looked after: those that are damaged or gone are made again. */
export interface CellBuilds {
  run: number
  cell: number
  lab: string
}

/** Which part of a run is to be outlined: what comes behind so many cells that are done with. */
export interface OutlineTask {
  run: number
  lab: string
  done?: number
}

/** What a run has to do, or the next part of it, in references. */
export interface RunOutline {
  plan: string
  builds: { task: BuildTask | BuildRef; built: boolean }[]
  /** Those that are to be run; of a night in the order in which they get their turns. */
  cells: CellOutline[]
  /** So many cells come behind these, for the story that goes on; absent where none do. */
  more?: number
  /** Of a night: its cells get their turns in their order, and no more than the budgets of their classes hold. */
  night?: { budget: Record<string, number> }
}

export interface CellOutline {
  number: number
  /** The ids of the builds that the cell needs. */
  builds: string[]
  count: number
  infra: number
  /** Attempts are made until it is sure whether the cell is steady; `count` at most. */
  until?: 'confident'
  /** So many attempts are made of the cell if it comes out otherwise than its last conclusive night. */
  confirm?: number
  /** The number of the first attempt to be made, where there are some already; 1 when absent. */
  first?: number
  /** The cell boots on a place of a lab, which is leased for each attempt. */
  leased?: true
  /**
   * In a night: the class by which its boots are budgeted, and how long they may take, seconds, where that is known.
   */
  class?: string
  seconds?: number
  /** The board of its last attempt is kept for whoever started the run, if the cell does not come out as the plan says. */
  hold?: true
  /** The cell takes turns with those that have the same number here, which is that of the first of them. */
  turns?: number
}

/** What a search tries next; `ahead` are builds that are likely to be wanted after it. */
export type SearchTask = { is: 'over' } | { is: 'try'; attempts: SearchAttempt[]; ahead: BuildTask[] }

/** An attempt of a cell that a search tries, with the builds that it needs. */
export interface SearchAttempt {
  cell: CellOutline & { first: number }
  builds: { task: BuildTask; built: boolean }[]
}

export interface CellTask extends CellOutline {
  run: number
  lab: string
  host: string
}

/** A cell's builds failed: it cannot boot, and its verdict says which build and why. */
export interface UnbuiltCell {
  run: number
  cell: number
  infra: boolean
  message: string
}

/** A cell that a night does not run. */
export interface SkippedCell {
  run: number
  cell: number
  notRun: NotRun
}

export interface AttemptTask {
  run: number
  cell: number
  attempt: number
}

/** An attempt that waits for a place. */
export interface LeaseTask extends AttemptTask {
  /** The place that it is to be on, `lab/place`, where it takes turns with others; if that still fits. */
  on?: string
}

/** A place of a lab that an attempt has, and the fence with which it may command it. */
export interface HeldPlace {
  /** `lab/place`. */
  place: string
  fence: number
}

export interface LeasedAttempt extends AttemptTask {
  held: HeldPlace
}

/** An attempt whose place is ready to boot. */
export interface FlashedAttempt extends LeasedAttempt {
  flashed: Flashed
}

/** A board that is kept for whoever started the run. */
export interface Hold extends LeasedAttempt {
  lab: string
  host: string
}

/** A place is given back. */
export interface Release extends LeasedAttempt {
  /** Why nobody can say that it is off: one sentence. Nobody else gets it then before it was found healthy. */
  broken?: string
}

/** An attempt or a build that waits for room on the disk. */
export interface RoomTask {
  run?: number
  cell?: number
  attempt?: number
  build?: string
  /** Bytes that it wants in the cache beside the floor; nothing when left out. */
  need?: number
}

export interface AttemptResult {
  ending: Ending
}

export interface LostAttempt extends AttemptTask {
  /** One sentence: what the infrastructure did. */
  reason: string
}

/** A cell's story broke: its verdict says why, and is the lab's. */
export interface BrokenCell {
  run: number
  cell: number
  /** One sentence. */
  reason: string
}

/** What is open of a run, or of one of its cells, and why it is to be closed: one sentence. */
export interface OpenAttempts {
  run: number
  cell?: number
  reason: string
}

/** A run whose workflow is gone from the server, or was ended there. */
export interface LostRun {
  run: number
  lab: string
  /** The lab host whose places the run's cells use. */
  host: string
  reason: string
}

export interface CellResult {
  cell: number
  verdict: Verdict
}

/** How a cell ended that took turns with others; `broke` says in one sentence why it has no verdict yet. */
export type TurnsResult = CellResult | { cell: number; broke: string }

export interface RunResult {
  verdicts: Partial<Record<Verdict, number>>
  failedBuilds: number
}

/** How a run ends. */
export interface RunEnd {
  run: number
  state: 'finished' | 'cancelled' | 'failed'
  reason: string
  /** Set where the run's own story was cut off: what it waited for, nobody has dropped. */
  lab?: string
}

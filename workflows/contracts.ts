import type { KernelInputs } from '../domain/cell.ts'
import type { Ending } from '../domain/attempt.ts'
import type { Verdict } from '../domain/verdict/verdict.ts'

/**
 * The task queues of one state folder. They carry its lab id, because a server may serve several: a step reads and
 * writes the store of its own folder and must never run on another's worker.
 */
export const queues = {
  /** Workflows and light activities. */
  main: (lab: string) => `hyplab-${lab}`,
  /** Builds: as many slots as the host has to give. */
  build: (lab: string) => `hyplab-${lab}-build`,
  /** The activities that touch a lab host's places. */
  host: (lab: string, host: string) => `hyplab-${lab}-host-${host}`,
}

/** Search attributes, registered on the namespace when the service starts. */
export const searchAttributes = {
  LabPlan: 'Keyword',
  LabRun: 'Keyword',
  LabCell: 'Keyword',
  LabBuild: 'Keyword',
} as const

/** Workflow ids: people and other workflows find them by these. */
export const workflowIds = {
  cell: (run: string, cell: number) => `${run}-cell-${cell}`,
  /** Equal inputs, equal id: that is what joins equal builds. */
  build: (lab: string, build: string) => `${lab}-build-${build}`,
}

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
}

/** One build of a run, and whether it is there already. */
export type BuildTask = { id: string; name: string; run: number; lab: string } & (
  { kind: 'kernel'; kernel: KernelInputs; lockFile: string } | { kind: 'firmware'; recipe: string; lockFile: string }
)

export interface BuildResult {
  id: string
  ok: boolean
  /** The build failed for a reason that is not the kernel's or the recipe's: no disk space, no tool, no source. */
  infra: boolean
  /** One sentence for a failed build, empty otherwise. */
  message: string
}

/** What a run has to do, in references. */
export interface RunOutline {
  plan: string
  builds: { task: BuildTask; built: boolean }[]
  cells: CellOutline[]
}

export interface CellOutline {
  number: number
  /** The ids of the builds that the cell needs. */
  builds: string[]
  count: number
  infra: number
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

export interface AttemptTask {
  run: number
  cell: number
  attempt: number
}

export interface AttemptResult {
  ending: Ending
}

export interface LostAttempt extends AttemptTask {
  /** One sentence: what the infrastructure did. */
  reason: string
}

export interface CellResult {
  cell: number
  verdict: Verdict
}

export interface RunResult {
  verdicts: Partial<Record<Verdict, number>>
  failedBuilds: number
}

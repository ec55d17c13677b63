import type { Ending } from '../attempt.ts'
import type { Outcome } from '../finding.ts'

/** An attempt as far as it says how steady things are. */
export interface Sample {
  /** e.g. `12.3.1`. */
  attempt: string
  /** The plan's name and the cell's id. */
  plan: string
  cell: string
  /** When it began, epoch ms. */
  at: number
  ending: Ending
  /** What it ran on and was made of: what a flake may follow. */
  made: Partial<Record<Origin, string>>
  /** Its findings, in the order in which they were judged. */
  findings: readonly SampleFinding[]
}

export interface SampleFinding {
  id: string
  outcome: Outcome
  because?: string
}

/** What attempts of one cell may differ in; a host is the machine of a lab that a place hangs on. */
export const origins = ['place', 'host', 'kernel', 'firmware'] as const
export type Origin = (typeof origins)[number]

/** The finding under which it is told whether boots reach their end at all. */
export const bootFinding = 'boot.end'

/** @returns whether a finding passed in a sample; undefined where it said neither */
export function passedIn(sample: Sample, finding: string): boolean | undefined {
  if (finding === bootFinding) return sample.ending === 'finished'
  const outcome = sample.findings.find(({ id }) => id === finding)?.outcome
  return outcome === 'pass' ? true : outcome === 'fail' ? false : undefined
}

import { parseAge } from './quantities.ts'

/** What kinds of files an attempt leaves; rows (runs, cells, findings, verdicts) are none of them, and always stay. */
export const fileClasses = ['logs', 'records', 'images'] as const
export type FileClass = (typeof fileClasses)[number]

/** How long something is kept, and in the words of whoever said so. */
export interface Keep {
  /** Milliseconds since the attempt ended; infinite for ever. */
  age: number
  /** e.g. `30 days`. */
  words: string
}

/** Logs and records of an attempt that came out as the plan says, and of any other. */
export interface KeepByOutcome {
  passed: Keep
  failed: Keep
}

/** What is kept, how long, and how much room all of it may take. */
export interface KeepRules {
  /** Consoles, time indexes, traces, what the lab did. */
  logs: KeepByOutcome
  /** What init on the target reported. */
  records: KeepByOutcome
  /** What was booted, and the builds that made it: at least as long as the logs of an attempt that booted them. */
  images: Keep
  /** Bytes that state and cache together may take; undefined: what is free, but for the floor. */
  budget: number | undefined
  /** Bytes that stay free: below that no attempt and no build begins. Undefined: 1 GB, or a twentieth of a small disk. */
  floor: number | undefined
  /** Bytes that trees in the cache may take; undefined: as the budget has room. */
  cache: number | undefined
  /** Whether the service collects garbage by itself. */
  collect: 'daily' | 'by hand'
}

/** @param words what `agePattern` matches */
export function keepFor(words: string): Keep {
  return { words, age: parseAge(words) }
}

/** What holds where the admin says nothing: nobody misses what goes by these. */
export const defaultRules: KeepRules = {
  logs: { passed: keepFor('30 days'), failed: keepFor('1 year') },
  records: { passed: keepFor('1 year'), failed: keepFor('forever') },
  images: keepFor('14 days'),
  budget: undefined,
  floor: undefined,
  cache: undefined,
  collect: 'daily',
}

import type { Cell, SourceLocation } from '../cell.ts'

/**
 * A run that looks for what made a cell come out otherwise: each of its attempts is decided by those before. All of it is
 * here and in the attempts, so that one that was killed goes on where it was.
 */
export type Search = Bisection | Rerun

/** What both kinds know. */
interface About {
  /** The cell that it is about, e.g. `12.3`. */
  of: string
  /** The finding that is looked at in each attempt; `boot.end` stands for the boot's reaching its end. */
  finding: string
}

/** Which version brought a failure, or took it away. */
export interface Bisection extends About {
  kind: 'bisect'
  /** `failure`: the first version passes and the last fails; `fix`: the other way round. */
  seeks: 'failure' | 'fix'
  /** The cell as it is with the last version. */
  cell: Cell
  versions: Versions
  /** How sure one wants to be, e.g. 0.97. */
  confidence: number
  /** Attempts at each end before the middle is tried. */
  atEnds: number
  /** Versions that may be tried at once, on as many places. */
  atOnce: number
}

/** Versions that followed one another; number 0 is the first end. */
export type Versions =
  /** The first is the cell's kernel with so many of its patches, and each one after it has one more. */
  | { of: 'patches'; first: number }
  /** Commit ids of a repository, each with its first parent before it. */
  | { of: 'commits'; url: string; ids: string[] }
  /** Released kernels, each with the locations of its source. */
  | { of: 'releases'; releases: { name: string; sources: SourceLocation[] }[] }

/** Which input did it: the cell as it is, and with inputs of an earlier result, side by side. */
export interface Rerun extends About {
  kind: 'rerun'
  /** The first is the cell as it is. */
  variants: Variant[]
}

/** A cell with some inputs of another result. */
export interface Variant {
  /** What is in it of the other result, e.g. `kernel of 11.3`; `as it is` for the first. */
  name: string
  cell: Cell
  /** The builds that it boots whatever the plan's files say today; absent where they are made from the cell. */
  kernelBuild?: string
  firmwareBuild?: string
}

/** One of what a search tries, by its number: a version or a variant. */
export interface Candidate {
  name: string
  cell: Cell
  kernelBuild?: string
  firmwareBuild?: string
}

/** What a search does next, or came to. */
export type SearchStep =
  | {
      is: 'try'
      /** One attempt at each; more than one where places allow. */
      candidates: number[]
      /** Those that are likely to be tried after it, one for each way that the attempt may come out. */
      likely: number[]
      /** How far it has come, in one sentence; empty where nothing is known yet. */
      sentence: string
    }
  | {
      is: 'over'
      /** 0: it is known what did it; 1: it is not; 3: the lab broke. */
      exitCode: 0 | 1 | 3
      sentence: string
    }

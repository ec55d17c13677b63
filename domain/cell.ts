import type { FactValue, Outcome } from './finding.ts'
import type { Target } from './target.ts'

/** The kernel half of a cell: everything that decides the bytes of Image and modules. */
export interface KernelInputs {
  /** The plan's name for the kernel, e.g. `linux-6.18.5`. */
  name: string
  /** Locations tried in order. */
  sources: SourceLocation[]
  /** Absolute paths of diffs, mails, mailboxes or folders of mails, applied in order with -p1. */
  patches: string[]
  /** Lines of context at either end of a patch's hunk that need not be those of the source; absent where all must be. */
  fuzz?: number
  /** `allnoconfig`, `defconfig`, ... */
  base: string
  /** Fragment files, absolute, merged in order. */
  fragments: string[]
  /** Inline symbols over the fragments, no CONFIG_ prefix: `{ ARM_FFA_TRANSPORT: "m" }`. */
  symbols: Record<string, string>
  /** The sha256 of what was read of patches and fragments when the run began; absent until then. */
  frozen?: string
}

/** The firmware half of a cell. */
export interface StackInputs {
  name: string
  /** Absent where the firmware is what the board has already. */
  recipe?: string
  /** What moves in the sources of the recipe's components, resolved when the run began, by component. */
  sources?: Record<string, SourceLocation[]>
  /** The sha256 of what was read of the recipe and its files when the run began; absent until then. */
  frozen?: string
}

/** One place that a source can be had from. */
export type SourceLocation =
  | { kind: 'debian'; package: string; version: string; sha256?: string; was?: string }
  | { kind: 'deb'; package: string; version: string; sha256?: string; was?: string }
  | { kind: 'tarball'; url: string; sha256?: string }
  | TreeLocation
  | { kind: 'git'; url: string; ref: string; was?: string }
  | NewestLocation

/** A folder that somebody works in. */
export interface TreeLocation {
  kind: 'tree'
  path: string
  /** The git tree id of all that counts of it, as it was when a run began; absent until then. */
  snapshot?: string
  /** In words what that is, for a git work tree: `commit 1a2b3c4d5e6f with changes that are not committed`. */
  was?: string
}

/**
 * The newest of several, whichever that is when it is looked for. What it is resolved to, and a branch that is resolved
 * to a commit, says by `was` in words what it was: `main`, `v6.19-rc3, the newest of v*-rc*`.
 */
export interface NewestLocation {
  kind: 'newest'
  /** Versions of a package, or tags of a repository. */
  of: 'debian' | 'deb' | 'git'
  /** The package's name, or the repository's address or path. */
  name: string
  /** Which versions or tags: `*` stands for any text, e.g. `6.12.*`, `v*-rc*`. */
  pattern: string
}

/** What a plan says that some cells must show. */
export interface Expectation {
  /** Set when the expected outcome is a known bug: its title, e.g. `FF-A calls refused under pKVM when FF-A is built in`. */
  known?: string
  findings: ExpectedFinding[]
  /** Where the plan says so, `file:line:column`. */
  at: string
}

export interface ExpectedFinding {
  id: string
  outcome: Outcome
  /** Facts that must be equal too, e.g. `{ errno: -22 }`. */
  facts: Record<string, FactValue>
}

/** One point of the matrix: all that is needed to build, boot and judge it. */
export interface Cell {
  /** Readable and unique in the plan: axis values joined by `/`, e.g. `linux-6.18.5/ffa=y/optee-sel1/protected/qemu`. */
  id: string
  axes: Record<string, string>
  kernel: KernelInputs
  /** The stack's recipe file, absolute. */
  stack: StackInputs
  target: Target
  /** Kernel command line without what the target adds (console, initrd). */
  cmdline: string
  /** Modules to load in order, without `.ko`. */
  modules: string[]
  /** Probe groups to run, e.g. `pkvm`. */
  probes: string[]
  expectations: Expectation[]
  attempts: AttemptPolicy
  limits: Limits
}

export interface AttemptPolicy {
  /** Attempts that count, i.e. that did not end in infra, tainted or cancelled; with `until` as many at most. */
  count: number
  /** Attempts are made until a sequential test is sure whether the cell is steady (domain/flake/steady.ts). */
  until?: 'confident'
  /** How many times infrastructure may break before the cell's verdict is `infra`. */
  infra: number
  /** The attempts are made in turns with those of the cells that differ from this one by their kernel alone. */
  inTurns?: true
}

/** Limits before this host's own history scales them. */
export interface Limits {
  /** Seconds without a byte on any console before an attempt is called hung. */
  silence: number
  /** Bytes that one console may say; `consoleLimit` where the plan says nothing. No history scales it. */
  console?: number
}

/** Bytes that one console may say in an attempt unless the plan says otherwise: hours at 115200 baud. */
export const consoleLimit = 256 * 1024 * 1024

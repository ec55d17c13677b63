import type { LocatedError } from '../yaml/located-error.ts'
import type { LocatedYaml, Path } from '../yaml/yaml-text.ts'

/** How a plan reaches the files beside it; whoever calls reads them, parsing stays pure. */
export interface PlanFiles {
  /** @returns the file's text; undefined if it does not exist or cannot be read */
  read(path: string): string | undefined
  /** @returns why what is there cannot be read, e.g. `is a folder`; undefined if it can, or nothing is there */
  whyUnreadable(path: string): string | undefined
  /** @returns the names in a folder; undefined if it does not exist or is no folder */
  list(path: string): string[] | undefined
  /** @returns everything that is wrong with a stack's recipe that can be read, and with the one that it is like */
  recipeMistakes(path: string): LocatedError[]
  /** @returns the absolute path of `path` as written in the file `from` */
  resolve(from: string, path: string): string
}

/** What exists outside of the plan; a parameter, so that the plan depends on no probe and no machine. */
export interface Known {
  /** Probe groups, e.g. `ffa`. */
  groups: readonly string[]
  /** Ids of findings, `<group>.<name>`. */
  findings: readonly string[]
  /** The CPUs that QEMU has; undefined where there is no QEMU to ask. */
  cpus?: readonly string[] | undefined
}

/** What a check looks at, and how it complains. */
export interface Checked {
  yaml: LocatedYaml
  file: string
  files: PlanFiles
  known: Known
  /** Reports a mistake at the value, or at the key, that stands at `path`. */
  complain: (path: Path, message: string, hint: string, part?: 'key' | 'value') => void
  /** Reports a mistake in another file. */
  complainIn: (error: LocatedError) => void
}

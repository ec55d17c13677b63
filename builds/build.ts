import type { BuildFault } from '../domain/build.ts'
import type { Folders } from '../host/folders.ts'
import type { InputFiles } from './input-files.ts'

/** How far a build is; `expected` and `etaSeconds` only when a build of the same kind was seen before on this host. */
export interface BuildProgress {
  /** e.g. `unpack`, `configure`, `compile`. */
  phase: string
  done: number
  expected?: number
  etaSeconds?: number
}

/** What a build may use and whom it tells. */
export interface BuildContext {
  folders: Folders
  /** Aborting kills the whole process tree of the build and makes it throw the signal's reason. */
  signal: AbortSignal
  progress(progress: BuildProgress): void
  /** The whole output of every tool is appended here. */
  logFile: string
  /** For `make -j`. */
  jobs: number
  /** Where the sha256 of sources that nobody pinned is recorded; without it, a file in the state folder. */
  lockFile?: string
  /** Patches, fragments, recipes and their files as they are to be taken; as they are now where absent. */
  files?: InputFiles
  /** Tells the user a sentence that they should not miss, e.g. what was recorded in the lock file. */
  say?(text: string): void
}

/** A file that a build made, e.g. `Image`, `System.map`, `modules/optee.ko`, `qemu_fw.bios`. */
export interface Product {
  name: string
  path: string
}

/** A build that fails is a result, not an exception; exceptions are for what may succeed when repeated or is the host's fault. */
export type BuildOutcome = { ok: true; products: Product[] } | { ok: false; fault: BuildFault }

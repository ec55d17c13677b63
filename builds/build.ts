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

/** A build's name: the hash of everything that can change its bytes, and what was hashed, for people. */
export interface BuildIdentity {
  kind: 'kernel' | 'firmware'
  /** The plan's name for it, not part of the hash. */
  name: string
  /** sha256 in hex over the canonical JSON of `inputs`. */
  id: string
  inputs: Record<string, unknown>
}

/** A file that a build made, e.g. `Image`, `System.map`, `modules/optee.ko`, `qemu_fw.bios`. */
export interface Product {
  name: string
  path: string
}

/** The first thing that the compiler or make complained of. */
export interface BuildFault {
  /** One sentence. */
  message: string
  /** As the tool printed it, relative to the source tree where possible. */
  file?: string
  line?: number
}

/** A build that fails is a result, not an exception; exceptions are for what may succeed when repeated or is the host's fault. */
export type BuildOutcome = { ok: true; products: Product[] } | { ok: false; fault: BuildFault }

import { join } from 'node:path'
import type { SourceLocation } from '../../domain/cell.ts'
import type { BuildContext } from '../build.ts'

/** A source tree that is ready to build from. Nobody writes into it: builds use O= folders or copies. */
export interface SourceTree {
  folder: string
  identity: SourceIdentity
  /** For people: which of the locations it came from. */
  from: string
  /** Seconds since 1970 that stand for the tree, for KBUILD_BUILD_TIMESTAMP and SOURCE_DATE_EPOCH. */
  epoch: number
  /** How many files and links it was unpacked with; a tree of before that was counted does not say. */
  files?: number
}

/** What decides a source tree's bytes. */
export interface SourceIdentity {
  /** `sha256:<hex>` of a tarball, `commit:<hex>` of a git ref, or `tree:<hex>`, the git tree id of a local tree's content. */
  source: string
  /** The hash of each patch, in order. */
  patches: string[]
  /** Lines of context at either end of a hunk that need not be those of the source; absent where all must be. */
  fuzz?: number
}

/** What obtaining sources may use and whom it tells; every BuildContext will do. */
export type SourceContext = Pick<BuildContext, 'folders' | 'signal' | 'progress' | 'lockFile' | 'say' | 'files'>

/** What naming a source needs: where things are kept. The rest of a context only if there is one. */
export type NamingContext = Pick<SourceContext, 'folders'> & Partial<SourceContext>

/** A source that has been fetched but not unpacked. */
export interface FetchedSource {
  /** As `SourceIdentity.source`. */
  source: string
  from: string
  /** Fills an empty folder with the tree. @returns its epoch, seconds since 1970. */
  unpack(folder: string): Promise<number>
}

/** One kind of location. */
export interface SourceProvider<L extends SourceLocation> {
  /** As `SourceIdentity.source`, where it can be told without any network or large work; else undefined. */
  known(location: L, context: SourceContext): Promise<string | undefined>
  /**
   * Makes the source available on this host.
   * @throws LabError SourceMissing, when the next location is to be tried; ChecksumMismatch, likewise
   */
  fetch(location: L, context: SourceContext): Promise<FetchedSource>
}

/** A naming context as one for obtaining, for a source that has to be fetched before it can be named. */
export function obtainingContext(context: NamingContext): SourceContext {
  return { signal: new AbortController().signal, progress: () => {}, ...context }
}

/** Where sources of nobody's pinning are recorded: the context's file, else one in the state folder. */
export function lockFileOf(context: SourceContext): string {
  return context.lockFile ?? join(context.folders.state, 'sources.lock.json')
}

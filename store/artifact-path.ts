import { join } from 'node:path'
import type { Store } from './store.ts'

/** What a file's bytes are known by. */
export interface Artifact {
  /** In lower-case hex. */
  sha256: string
  /** Bytes. */
  size: number
}

/** Where the bytes of an artifact are, or would be. Read them; never write. */
export function artifactPath(store: Pick<Store, 'folder'>, sha256: string): string {
  return join(shardFolder(store, sha256), sha256)
}

/** The folder of an artifact and its neighbours. */
export function shardFolder(store: Pick<Store, 'folder'>, sha256: string): string {
  return join(store.folder, 'artifacts', sha256.slice(0, 2))
}

import { mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../domain/errors.ts'
import { FileMemo } from '../host/file-memo.ts'
import { withLock } from '../host/lock.ts'
import { sha256File } from '../host/sha256.ts'
import { artifactPath, type Artifact } from './artifact-path.ts'
import { storeFailure } from './failure.ts'
import type { Store } from './store.ts'

/** Reading an Image takes longer than all else before a boot: what was read once is known until the file is another one. */
const hashes = new FileMemo<string>()

/** True when the artifact is there and its bytes are its name's. They are read once for as long as the file stays what it is. */
export async function isSound(store: Pick<Store, 'folder'>, { sha256, size }: Artifact): Promise<boolean> {
  const path = artifactPath(store, sha256)
  try {
    return (await stat(path)).size === size && (await hashes.of(path, 'sha256', () => sha256File(path))) === sha256
  } catch (error) {
    if (isMissing(error)) return false
    throw storeFailure(error, path)
  }
}

/**
 * Checks an artifact that is about to be used. One that is not its name is set aside, so that the store lacks it and
 * whatever made it makes it again.
 * @param what the artifact for people, e.g. `the Image of linux-6.18.5`
 * @returns where it is
 * @throws LabError ArtifactDamaged when it is damaged or not there; StoreBroken when it cannot be read
 */
export async function soundArtifact(store: Pick<Store, 'folder'>, artifact: Artifact, what: string): Promise<string> {
  const path = artifactPath(store, artifact.sha256)
  if (await isSound(store, artifact)) return path
  const aside = await setAside(store, artifact)
  // Another cell may have set it aside and had it made again since we looked.
  if (aside === undefined && (await isSound(store, artifact))) return path
  const found = aside === undefined ? 'has gone' : `was damaged on the disk and is set aside as ${aside}`
  throw new LabError('ArtifactDamaged', `${capital(what)}, ${path}, ${found}: it is built again.`, { retryable: true })
}

/**
 * Takes an artifact whose bytes are not its name's out of the store; who has it open keeps what it reads.
 * @returns where it is now; undefined when there was nothing damaged
 */
export async function setAside(store: Pick<Store, 'folder'>, { sha256, size }: Artifact): Promise<string | undefined> {
  const path = artifactPath(store, sha256)
  const folder = join(store.folder, 'artifacts', 'damaged')
  try {
    await stat(path)
    await mkdir(folder, { recursive: true })
    // Of two who find the same damage, the later one must not take away what was put there in its place.
    return await withLock(join(folder, 'lock'), {}, async () => {
      const found = await stat(path)
      if (found.size === size && (await sha256File(path)) === sha256) return undefined
      const aside = join(folder, `${sha256}.${Date.now()}`)
      await rename(path, aside)
      return aside
    })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error instanceof LabError ? error : storeFailure(error, path)
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

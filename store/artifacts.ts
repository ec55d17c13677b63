import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { chmod, lstat, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { LabError } from '../domain/errors.ts'
import { sha256, sha256File } from '../host/sha256.ts'
import { renew } from './artifact-age.ts'
import { artifactPath, shardFolder, type Artifact } from './artifact-path.ts'
import { isSound, setAside } from './damage.ts'
import { storeFailure } from './failure.ts'
import type { Store } from './store.ts'
import { incomingFolder, incomingName } from './sweep.ts'

export { artifactPath, type Artifact }

/**
 * Keeps a file, or bytes, under the sha256 of what it holds. Bytes that are there already are not stored twice, and
 * damaged ones are set aside for those that come. For twelve hours at least no sweep takes them; by then a row points to
 * them, which is written only if they are there. On
 * return they are on the disk; at any moment before, even after kill -9, there is either the whole artifact or none
 * (what is left of a copy goes with the next `sweep`). With `move` the file itself becomes the artifact, read-only,
 * and is gone from where it was; nobody may have it open for writing.
 * @throws LabError DiskFull; StoreBroken when `source` cannot be read or the state folder cannot be written.
 */
export async function putArtifact(
  store: Pick<Store, 'folder'>,
  source: string | Uint8Array,
  options: { move?: boolean } = {},
): Promise<Artifact> {
  try {
    if (typeof source === 'string' && options.move === true) return await keepFile(store, source)
    return await keepCopy(store, source)
  } catch (error) {
    const path = (error as NodeJS.ErrnoException).path ?? join(store.folder, 'artifacts')
    throw storeFailure(error, path)
  }
}

/** True when the artifact is there in its full size; whether its bytes are right, `verifyArtifact` says. */
export function hasArtifact(store: Pick<Store, 'folder'>, { sha256, size }: Artifact): boolean {
  return statSync(artifactPath(store, sha256), { throwIfNoEntry: false })?.size === size
}

/**
 * Reads an artifact's bytes and compares them with its name.
 * @throws LabError StoreBroken when it is not there, ChecksumMismatch when the disk has changed it.
 */
export async function verifyArtifact(store: Pick<Store, 'folder'>, sha256: string): Promise<void> {
  const path = artifactPath(store, sha256)
  const found = await sha256File(path).catch((error: unknown) => {
    throw storeFailure(error, path)
  })
  if (found === sha256) return
  const message = `The artifact ${path} is damaged (its bytes now have the sha256 ${found}): delete it and run again what made it.`
  throw new LabError('ChecksumMismatch', message)
}

/** What is read in one piece: most files of an attempt. A stream would cost more than their bytes do. */
const inOnePiece = 4 << 20

async function keepCopy(store: Pick<Store, 'folder'>, source: string | Uint8Array): Promise<Artifact> {
  await mkdir(incomingFolder(store), { recursive: true })
  const copy = join(incomingFolder(store), incomingName(randomBytes(6).toString('hex')))
  const piece = typeof source !== 'string' || (await isSmallFile(source))
  try {
    return piece
      ? await keepBytes(store, typeof source === 'string' ? await readFile(source) : source, copy)
      : await keepStream(store, source, copy)
  } finally {
    await rm(copy, { force: true })
  }
}

/** A pipe has no size that it would say. */
async function isSmallFile(path: string): Promise<boolean> {
  const info = await stat(path)
  return info.isFile() && info.size <= inOnePiece
}

async function keepBytes(store: Pick<Store, 'folder'>, bytes: Uint8Array, copy: string): Promise<Artifact> {
  const artifact = { sha256: sha256(bytes), size: bytes.length }
  if (await isKept(store, artifact)) return artifact
  // `flush` syncs before it closes: the bytes are on the disk before the name is.
  await writeFile(copy, bytes, { flag: 'wx', mode: 0o444, flush: true })
  await giveName(store, copy, artifact.sha256)
  return artifact
}

async function keepStream(store: Pick<Store, 'folder'>, source: string, copy: string): Promise<Artifact> {
  const hash = createHash('sha256')
  let size = 0
  const measure = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      size += chunk.length
      yield chunk
    }
  }
  const bytes = createReadStream(source, { highWaterMark: 1 << 20 })
  await pipeline(bytes, measure, createWriteStream(copy, { flags: 'wx', mode: 0o444, flush: true }))
  const artifact = { sha256: hash.digest('hex'), size }
  if (!(await isKept(store, artifact))) await giveName(store, copy, artifact.sha256)
  return artifact
}

async function keepFile(store: Pick<Store, 'folder'>, path: string): Promise<Artifact> {
  const info = await lstat(path)
  // A link to elsewhere, or a file with a second name, would let others change the artifact's bytes or its mode.
  if (!info.isFile() || info.nlink > 1) return await keepCopyOf(store, path)
  const artifact = { sha256: await sha256File(path), size: info.size }
  if (await isKept(store, artifact)) {
    await rm(path)
    return artifact
  }
  await sync(path)
  await chmod(path, 0o444)
  try {
    await giveName(store, path, artifact.sha256)
    return artifact
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    return await keepCopyOf(store, path)
  }
}

/** Whether the bytes are there, and will be until whoever puts them has written why; false also after damaged ones have been set aside. */
async function isKept(store: Pick<Store, 'folder'>, artifact: Artifact): Promise<boolean> {
  if (await isSound(store, artifact)) return await renew(store, artifact.sha256)
  await setAside(store, artifact)
  return false
}

async function keepCopyOf(store: Pick<Store, 'folder'>, path: string): Promise<Artifact> {
  const artifact = await keepCopy(store, path)
  await rm(path)
  return artifact
}

async function giveName(store: Pick<Store, 'folder'>, file: string, sha256: string): Promise<void> {
  const shard = shardFolder(store, sha256)
  const created = await mkdir(shard, { recursive: true })
  await rename(file, artifactPath(store, sha256))
  await sync(shard)
  if (created !== undefined) await sync(join(store.folder, 'artifacts'))
}

/** A file's bytes, or a folder's names, reach the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

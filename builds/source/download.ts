import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'
import { readPins } from '../../host/pins.ts'
import { sha256, sha256File } from '../../host/sha256.ts'
import { onGround } from '../ground.ts'
import { lockedHash, recordHash } from './lock-file.ts'
import { lockFileOf, type SourceContext } from './source.ts'

/** A file that is wanted, and how to get it when it is not in the cache. */
export interface Wanted {
  /** Its key in the lock file. */
  key: string
  /** What its file name can be, for looking it up among the pins. */
  fileNames: string[]
  /** As the plan or stack pins it. */
  sha256: string | undefined
  /** Downloads it into an empty folder and returns its path. */
  get(into: string): Promise<string>
}

/** The sha256 that a file must have: pinned by who wants it, by setup/pins.json, or recorded when it was first fetched. */
export async function wantedHash(wanted: Omit<Wanted, 'get'>, context: SourceContext): Promise<string | undefined> {
  if (wanted.sha256 !== undefined) return wanted.sha256
  const { files } = await readPins()
  const pinned = wanted.fileNames.map((name) => files[name]?.sha256).find((hash) => hash !== undefined)
  return pinned ?? (await lockedHash(lockFileOf(context), wanted.key))
}

/** The file in the cache that has this sha256, if there is one. Files come into the cache whole and checked, by a rename. */
export async function cachedDownload(hash: string, context: SourceContext): Promise<string | undefined> {
  const folder = join(context.folders.cache, 'downloads', hash)
  const [name] = await readdir(folder).catch(() => [])
  return name === undefined ? undefined : join(folder, name)
}

/**
 * Brings a file into the cache unless it is there, and checks it.
 * @returns its path and sha256
 * @throws LabError ChecksumMismatch; SourceMissing from `get`
 */
export async function download(wanted: Wanted, context: SourceContext): Promise<{ path: string; sha256: string }> {
  const downloads = join(context.folders.cache, 'downloads')
  const expected = await wantedHash(wanted, context)
  const part = join(downloads, `${sha256(wanted.key).slice(0, 16)}.part`)
  return await withLock(`${part}.lock`, { signal: context.signal }, async () => {
    const cached = expected === undefined ? undefined : await cachedDownload(expected, context)
    if (cached !== undefined && expected !== undefined) return { path: cached, sha256: expected }
    await rm(part, { recursive: true, force: true })
    await mkdir(part, { recursive: true })
    const { file, hash } = await fetchInto(part, wanted, context)
    if (expected !== undefined && hash !== expected) {
      await rm(part, { recursive: true, force: true })
      throw new LabError(
        'ChecksumMismatch',
        `${basename(file)} (${wanted.key}) has sha256 ${hash}, and ${expected} is wanted: it was changed where it came from, or damaged on the way.`,
      )
    }
    if (expected === undefined) {
      await recordHash(lockFileOf(context), wanted.key, { sha256: hash, file: basename(file) })
      context.say?.(`${wanted.key} was not pinned: recorded sha256 ${hash} in ${lockFileOf(context)}`)
    }
    const folder = join(downloads, hash)
    await mkdir(folder, { recursive: true })
    await rename(file, join(folder, basename(file)))
    await rm(part, { recursive: true, force: true })
    return { path: join(folder, basename(file)), sha256: hash }
  })
}

/** That the folder has gone under a download says nothing of where it comes from. */
async function fetchInto(
  part: string,
  wanted: Wanted,
  context: SourceContext,
): Promise<{ file: string; hash: string }> {
  const fetched = await onGround(context, async (ground) => {
    await ground.stand(part)
    const file = await wanted.get(part)
    return { ok: true, file, hash: await sha256File(file) }
  })
  return fetched
}

/**
 * Fetches `file:`, `http:` or `https:` into a folder and tells the bytes so far.
 * @returns the file's path
 * @throws LabError SourceMissing when it cannot be had (retryable, except when the server says that there is none);
 * DiskFull
 */
export async function fetchUrl(url: string, into: string, context: SourceContext): Promise<string> {
  const target = join(into, fileNameOf(url))
  try {
    if (url.startsWith('file:')) {
      await copyFile(fileURLToPath(url), target)
      return target
    }
    const response = await fetch(url, { signal: context.signal })
    if (!response.ok || response.body === null) {
      const gone = response.status === 404 || response.status === 410
      throw new LabError('SourceMissing', `${url}: the server answered ${response.status} ${response.statusText}`, {
        retryable: !gone,
      })
    }
    const length = Number(response.headers.get('content-length'))
    const expected = Number.isFinite(length) && length > 0 ? { expected: length } : {}
    let done = 0
    await pipeline(
      Readable.fromWeb(response.body),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          done += chunk.length
          context.progress({ phase: 'download', done, ...expected })
          yield chunk
        }
      },
      createWriteStream(target),
    )
    return target
  } catch (error) {
    context.signal.throwIfAborted()
    throw explain(error, url)
  }
}

/** The last part of a URL's path, as a file name. */
export function fileNameOf(url: string): string {
  return basename(decodeURIComponent(new URL(url).pathname)) || 'source'
}

function explain(error: unknown, url: string): unknown {
  if (error instanceof LabError) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC')
    return new LabError('DiskFull', `No space left on the disk while fetching ${url}.`, { cause: error })
  const { cause } = error as Error
  const why =
    code === 'ENOENT' ? 'there is no such file' : cause instanceof Error ? cause.message : (error as Error).message
  return new LabError('SourceMissing', `${url} cannot be fetched: ${why}`, {
    retryable: code !== 'ENOENT',
    cause: error,
  })
}

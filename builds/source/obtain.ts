import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'
import { sha256 } from '../../host/sha256.ts'
import { markUsed } from '../cache/in-use.ts'
import { onGround } from '../ground.ts'
import { cachedDownload } from './download.ts'
import { gitRef } from './git.ts'
import { deb } from './deb.ts'
import { localTree } from './local-tree.ts'
import { applyPatches } from './patches.ts'
import { patchHashes } from './read-patches.ts'
import { resolveLocation } from './resolve.ts'
import {
  obtainingContext,
  type FetchedSource,
  type NamingContext,
  type SourceContext,
  type SourceIdentity,
  type SourceTree,
} from './source.ts'
import { debianPackage, tarball } from './tarball.ts'
import { countFiles, treeFolder, treeNote } from './whole-tree.ts'

const note = z.object({
  source: z.string(),
  patches: z.array(z.string()),
  from: z.string(),
  epoch: z.number(),
  files: z.number().optional(),
  fuzz: z.number().optional(),
})

/**
 * What decides the bytes of a source tree, told as cheaply as it can be: nothing is unpacked, and nothing is downloaded
 * when the locations leave no doubt (one sha256, or a commit) or one of them is in the cache already.
 * @param locations tried in order
 * @param patches absolute paths, in order
 * @param fuzz lines of context at either end of a hunk that need not be those of the source
 * @throws LabError SourceMissing with what was wrong with each location, or naming a patch that is not there; PatchFailed for
 *   one that is none
 */
export async function sourceIdentity(
  locations: SourceLocation[],
  patches: string[],
  context: NamingContext,
  fuzz = 0,
): Promise<SourceIdentity> {
  return await identityOf(locations, patches, fuzz, obtainingContext(context))
}

async function identityOf(
  locations: SourceLocation[],
  patches: string[],
  fuzz: number,
  context: SourceContext,
): Promise<SourceIdentity> {
  const patched = { patches: await patchHashes(patches, context.files), ...(fuzz > 0 && { fuzz }) }
  return { source: await settle(locations, patched, context), ...patched }
}

/**
 * A tree that is ready to build from: the first location that can be had, unpacked, with the patches applied. It is
 * kept below the cache folder by its identity, appears there whole or not at all, and two callers share it.
 * @throws LabError SourceMissing (with what was wrong with each location), ChecksumMismatch, PatchFailed, DiskFull; the
 * signal's reason when aborted
 */
export async function obtainSource(
  locations: SourceLocation[],
  patches: string[],
  context: SourceContext,
  fuzz = 0,
): Promise<SourceTree> {
  const identity = await identityOf(locations, patches, fuzz, context)
  const place = placeOf(identity, context)
  const there = await readTree(place)
  if (there !== undefined) {
    await markUsed(join(place, treeNote))
    return there
  }
  const fetched = await fetchFirst(await inOrder(locations, identity.source, context), context)
  return await unpackOnce(fetched, patches, identity, context)
}

async function settle(
  locations: SourceLocation[],
  patched: Omit<SourceIdentity, 'source'>,
  context: SourceContext,
): Promise<string> {
  const known = await Promise.all(locations.map((location) => knownOf(location, context).catch(() => undefined)))
  const [first] = known
  if (first !== undefined && known.every((source) => source === first)) return first
  for (const source of known) {
    if (source === undefined) continue
    if ((await readTree(placeOf({ source, ...patched }, context))) !== undefined) return source
    if ((await cachedDownload(source.replace(/^sha256:/, ''), context)) !== undefined) return source
  }
  return (await fetchFirst(locations, context)).source
}

/** The locations that are known to have what was settled on come first. */
async function inOrder(locations: SourceLocation[], source: string, context: SourceContext): Promise<SourceLocation[]> {
  const known = await Promise.all(locations.map((location) => knownOf(location, context).catch(() => undefined)))
  return [
    ...locations.filter((_, index) => known[index] === source),
    ...locations.filter((_, index) => known[index] !== source),
  ]
}

async function fetchFirst(locations: SourceLocation[], context: SourceContext): Promise<FetchedSource> {
  const wrong: LabError[] = []
  for (const location of locations) {
    try {
      const fetched = await fetchOf(location, context)
      for (const error of wrong) context.say?.(`${error.message} Using ${fetched.from} instead.`)
      return fetched
    } catch (error) {
      if (!(error instanceof LabError) || !['SourceMissing', 'ChecksumMismatch'].includes(error.code)) throw error
      wrong.push(error)
    }
  }
  if (wrong.length === 1 && wrong[0] !== undefined) throw wrong[0]
  throw new LabError(
    wrong.every((error) => error.code === 'ChecksumMismatch') && wrong.length > 0
      ? 'ChecksumMismatch'
      : 'SourceMissing',
    wrong.length === 0
      ? 'A source needs at least one location.'
      : `None of the ${wrong.length} locations has the source: ${wrong.map((error, i) => `(${i + 1}) ${error.message}`).join(' ')}`,
    { retryable: wrong.some((error) => error.retryable) },
  )
}

async function unpackOnce(
  fetched: FetchedSource,
  patches: string[],
  patched: Omit<SourceIdentity, 'source'>,
  context: SourceContext,
): Promise<SourceTree> {
  const identity = { ...patched, source: fetched.source }
  const folder = placeOf(identity, context)
  return await withLock(`${folder}.lock`, { signal: context.signal }, async () => {
    const there = await readTree(folder)
    if (there !== undefined) return there
    const part = `${folder}.part`
    await rm(part, { recursive: true, force: true })
    await mkdir(join(part, treeFolder), { recursive: true })
    // Beside the tree: whoever deletes the cache deletes it, too, whatever is unpacked meanwhile.
    const whole = join(part, 'unpacking')
    try {
      await writeFile(whole, '')
      await onGround(context, async (ground) => {
        await ground.stand(part, whole)
        const epoch = await fetched.unpack(join(part, treeFolder))
        const to = { tree: join(part, treeFolder), from: fetched.from, fuzz: patched.fuzz ?? 0 }
        await applyPatches(patches, to, context)
        const files = await countFiles(join(part, treeFolder), context.signal)
        await writeFile(
          join(part, treeNote),
          `${JSON.stringify({ ...identity, from: fetched.from, epoch, files }, null, 2)}\n`,
        )
        return { ok: true }
      })
      await rm(whole)
    } catch (error) {
      await rm(part, { recursive: true, force: true })
      throw error
    }
    await rm(folder, { recursive: true, force: true })
    await rename(part, folder)
    const tree = await readTree(folder)
    if (tree === undefined)
      throw new LabError('SourceMissing', `${folder} was removed while it was made.`, { retryable: true })
    return tree
  })
}

async function readTree(folder: string): Promise<SourceTree | undefined> {
  const text = await readFile(join(folder, treeNote), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { source, patches, fuzz, from, epoch, files } = note.parse(JSON.parse(text))
  const identity = { source, patches, ...(fuzz !== undefined && { fuzz }) }
  const tree = { folder: join(folder, treeFolder), identity, from, epoch }
  return files === undefined ? tree : { ...tree, files }
}

function placeOf({ source, patches, fuzz }: SourceIdentity, context: SourceContext): string {
  const named = JSON.stringify(fuzz === undefined ? [source, patches] : [source, patches, fuzz])
  return join(context.folders.cache, 'sources', sha256(named).slice(0, 20))
}

function knownOf(location: SourceLocation, context: SourceContext): Promise<string | undefined> {
  switch (location.kind) {
    case 'debian':
      return debianPackage.known(location, context)
    case 'deb':
      return deb.known(location, context)
    case 'tarball':
      return tarball.known(location, context)
    case 'tree':
      return localTree.known(location, context)
    case 'git':
      return gitRef.known(location, context)
    case 'newest':
      return Promise.resolve(undefined)
  }
}

async function fetchOf(location: SourceLocation, context: SourceContext): Promise<FetchedSource> {
  context.signal.throwIfAborted()
  switch (location.kind) {
    case 'debian':
      return debianPackage.fetch(location, context)
    case 'deb':
      return deb.fetch(location, context)
    case 'tarball':
      return tarball.fetch(location, context)
    case 'tree':
      return localTree.fetch(location, context)
    case 'git':
      return gitRef.fetch(location, context)
    case 'newest':
      return await fetchOf(await resolveLocation(location, context), context)
  }
}

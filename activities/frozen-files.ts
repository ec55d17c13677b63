import { readFile } from 'node:fs/promises'
import { asTheyAre, filesOfBundle, frozenFiles, type InputFiles } from '../builds/input-files.ts'
import { LabError } from '../domain/errors.ts'
import { artifactPath } from '../store/artifacts.ts'
import type { Store } from '../store/store.ts'

/** The last that were read: the cells of a run have one. */
const known = new Map<string, ReadonlyMap<string, Uint8Array>>()
const mostKnown = 4

/**
 * The files that something is built from, as its run read them when it began.
 * @param frozen of the kernel or the stack; undefined for runs of before inputs were kept: the files as they are now
 * @param folder where files are written for other programs; whoever gives it removes it
 * @throws LabError SourceMissing when what the run read is gone from the store
 */
export async function filesAsFrozen(
  store: Pick<Store, 'folder'>,
  frozen: string | undefined,
  folder: string,
): Promise<InputFiles> {
  if (frozen === undefined) return asTheyAre
  const files = known.get(frozen) ?? filesOfBundle(await readBundle(artifactPath(store, frozen)))
  known.delete(frozen)
  known.set(frozen, files)
  for (const oldest of [...known.keys()].slice(0, -mostKnown)) known.delete(oldest)
  return frozenFiles(files, folder)
}

async function readBundle(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    const sentence = `What the run read of patches, fragments and recipes is gone from the store (${path}): run the plan again.`
    throw new LabError('SourceMissing', sentence, { cause })
  })
}

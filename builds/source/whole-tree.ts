import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { run } from '../../host/run.ts'
import type { SourceTree } from './source.ts'

/** How many files, links included, lie below a folder. */
export async function countFiles(folder: string, signal?: AbortSignal): Promise<number> {
  const { stdout } = await run('find', [folder, '-not', '-type', 'd', '-printf', '.'], signal && { signal })
  return stdout.length
}

/**
 * Whether a tree still has as many files as it was unpacked with. One that has not is forgotten: who asks for it next gets
 * it unpacked anew. Takes 0.3 s for a kernel.
 * @returns the folder when files are missing in it; undefined when none are, or when nobody counted them
 */
export async function missingInTree({ folder, files }: SourceTree): Promise<string | undefined> {
  if (files === undefined || (await countFiles(folder)) >= files) return undefined
  // A copy of a tree that lies beside it is nobody's to be forgotten.
  if (basename(folder) === treeFolder) await rm(join(dirname(folder), treeNote), { force: true })
  return folder
}

/** What obtainSource calls a tree, in a folder of its own. */
export const treeFolder = 'tree'

/** Beside it: what it is. A tree without that is not there. */
export const treeNote = 'source.json'

import { existsSync } from 'node:fs'
import { lstat, readdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { VariantFolders } from './kernel-folders.ts'

/** Says that make is about to write into the O= folder. The file's time is the start of the build. */
export async function markBuilding({ building }: VariantFolders): Promise<void> {
  await writeFile(building, '')
}

/** Says that make came to its own end, with or without an error, and left no half-written file. */
export async function unmarkBuilding({ building }: VariantFolders): Promise<void> {
  await rm(building, { force: true })
}

/**
 * Mends an O= folder whose build was killed. A compiler that dies by SIGKILL leaves a half-written object, which make
 * takes for a whole one when an older command line for it is on record. So everything that the interrupted build wrote
 * is thrown away; ccache gives back what was compiled.
 * include/config stays: its empty files tell by their times which objects a changed symbol concerns
 * (scripts/basic/fixdep.c), and Kconfig replaces auto.conf there as the last step and whole (conf_write_autoconf).
 * @returns how many files were thrown away.
 */
export async function mendInterrupted(variant: VariantFolders): Promise<number> {
  if (!existsSync(variant.building)) return 0
  const since = (await lstat(variant.building)).mtimeMs
  let count = 0
  if (existsSync(variant.output)) {
    for (const entry of await readdir(variant.output, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (!entry.isFile() || relative(variant.output, path).startsWith('include/config/')) continue
      if ((await lstat(path)).mtimeMs < since) continue
      await rm(path)
      count += 1
    }
  }
  await unmarkBuilding(variant)
  return count
}

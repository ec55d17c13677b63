import { existsSync } from 'node:fs'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { configDistance, type Config } from './config-text.ts'
import { variantAt } from './kernel-folders.ts'

/** What a variant is, as its folder says; the folders' names are hashes. */
const variantNote = z.object({ base: z.string(), symbols: z.record(z.string(), z.string()) })

/** The configuration that a build asks for. */
export interface Wanted {
  base: string
  requested: Config
}

/** Says what a variant is. */
export async function describeVariant(note: string, { base, requested }: Wanted): Promise<void> {
  await writeFile(`${note}.part`, JSON.stringify({ base, symbols: Object.fromEntries(requested) }, null, 2))
  await rename(`${note}.part`, note)
}

/** In how many symbols a variant differs from what is wanted. */
export async function distanceOf(note: string, { base, requested }: Wanted): Promise<number> {
  const of = variantNote.parse(JSON.parse(await readFile(note, 'utf8')))
  // Another base differs in more symbols than any two requests do.
  return (of.base === base ? 0 : 1e6) + configDistance(requested, new Map(Object.entries(of.symbols)))
}

/** The variants of a tree, as far as they are described. */
export async function variantsIn(siblings: string): Promise<ReturnType<typeof variantAt>[]> {
  const names = await readdir(siblings).catch(() => [])
  return names.map((name) => variantAt(join(siblings, name))).filter(({ note }) => existsSync(note))
}

import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256File } from '../../host/sha256.ts'
import type { Product } from '../build.ts'
import { markUsed } from '../cache/in-use.ts'

const stampSchema = z.array(z.object({ name: z.string(), path: z.string(), sha256: z.string() }))

/** Written last, and only when every product is there: a build that was stopped half-way has none. */
const stamp = (folder: string): string => join(folder, 'products.json')

/**
 * The products of a firmware build that was finished in this folder before, perhaps for another state folder.
 * @returns undefined when there is no finished build, or when one of its files is not what it was.
 */
export async function readFinished(folder: string): Promise<Product[] | undefined> {
  const text = await readFile(stamp(folder), 'utf8').catch(() => undefined)
  const parsed = text === undefined ? undefined : stampSchema.safeParse(asJson(text))
  if (!parsed?.success) return undefined
  for (const { path, sha256 } of parsed.data)
    if ((await sha256File(path).catch(() => undefined)) !== sha256) return undefined
  await markUsed(stamp(folder))
  return parsed.data.map(({ name, path }) => ({ name, path }))
}

/** Notes that the build in this folder is whole. */
export async function writeFinished(folder: string, products: Product[]): Promise<void> {
  const hashed = []
  for (const { name, path } of products) hashed.push({ name, path, sha256: await sha256File(path) })
  await writeFile(`${stamp(folder)}.part`, JSON.stringify(hashed, null, 2))
  await rename(`${stamp(folder)}.part`, stamp(folder))
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

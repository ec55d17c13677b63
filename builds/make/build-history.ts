import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const lastBuild = z.object({ steps: z.number().int().nonnegative(), seconds: z.number().nonnegative() })

/** How much work the last build of a kind was on this host. */
export type LastBuild = z.infer<typeof lastBuild>

/**
 * What the last finished build of this kind took, undefined when there was none.
 * @param folder where the kind's small file lies, beside the builds themselves, so that it goes when they go.
 * @param kind a file name, e.g. `scratch`.
 */
export async function readLastBuild(folder: string, kind: string): Promise<LastBuild | undefined> {
  try {
    return lastBuild.parse(JSON.parse(await readFile(join(folder, `${kind}.json`), 'utf8')))
  } catch {
    // An estimate is all that is lost.
    return undefined
  }
}

/** Remembers what a finished build took. */
export async function writeLastBuild(folder: string, kind: string, build: LastBuild): Promise<void> {
  const path = join(folder, `${kind}.json`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.${process.pid}`, `${JSON.stringify(build)}\n`)
  await rename(`${path}.${process.pid}`, path)
}

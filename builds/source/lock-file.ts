import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'

const schema = z.strictObject({
  about: z.string(),
  sources: z.record(z.string(), z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), file: z.string() })),
})

const about =
  'Sources that no plan, stack or setup/pins.json pins, as they were when first fetched. Keep this file with the plan.'

/**
 * The sha256 that a source had when it was first fetched.
 * @param key as `describeLocation` gives it
 * @throws LabError BadInput when the file is not one of ours
 */
export async function lockedHash(lockFile: string, key: string): Promise<string | undefined> {
  return (await readLockFile(lockFile)).sources[key]?.sha256
}

/** Records what was fetched, beside what is there already. Whoever comes first wins; later ones see theirs differ. */
export async function recordHash(
  lockFile: string,
  key: string,
  entry: { sha256: string; file: string },
): Promise<void> {
  await mkdir(dirname(lockFile), { recursive: true })
  await withLock(`${lockFile}.lock`, {}, async () => {
    const content = await readLockFile(lockFile)
    content.sources[key] ??= entry
    await writeFile(`${lockFile}.part`, `${JSON.stringify(content, null, 2)}\n`)
    await rename(`${lockFile}.part`, lockFile)
  })
}

async function readLockFile(lockFile: string): Promise<z.infer<typeof schema>> {
  let text: string
  try {
    text = await readFile(lockFile, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { about, sources: {} }
    throw error
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new LabError('BadInput', `${lockFile} is not a lock file of hyplab: mend it, or delete it to record anew.`, {
      cause,
    })
  }
}

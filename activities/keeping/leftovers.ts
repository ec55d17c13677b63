import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { findAttempt } from '../../store/attempts.ts'
import { parseResultId } from '../../store/result-id.ts'
import { sweep } from '../../store/sweep.ts'
import type { Keeping } from './look-at-room.ts'

const day = 24 * 3600_000
/** A damaged artifact is set aside to be looked at; for so long, ms. */
const damagedFor = 14 * day

/**
 * What nobody comes back to: folders of attempts that have ended and of builds that were cut off, artifacts that were begun
 * or set aside as damaged. What may be in use is a day old at least before it goes.
 * @param now epoch ms
 * @returns how many files and folders went, or would go
 */
export async function removeLeftovers({ store }: Keeping, now: number, dryRun: boolean): Promise<number> {
  const { folder } = store
  const old = [
    ...(await olderThan(join(folder, 'artifacts', 'damaged'), now - damagedFor)).filter(
      (path) => !path.endsWith('/lock'),
    ),
    ...(await olderThan(join(folder, 'builds'), now - day)),
    ...(await endedAttempts({ store }, await olderThan(join(folder, 'attempts'), now - day))),
  ]
  if (!dryRun) for (const path of old) await rm(path, { recursive: true, force: true })
  return old.length + (dryRun ? 0 : await sweep(store))
}

async function endedAttempts({ store }: Pick<Keeping, 'store'>, folders: string[]): Promise<string[]> {
  const ended: string[] = []
  for (const path of folders) {
    const id = parseResultId(path.slice(path.lastIndexOf('/') + 1))
    if (id?.kind !== 'attempt') continue
    const attempt = await findAttempt(store, { run: id.run, cell: id.cell, number: id.attempt })
    if (attempt?.end) ended.push(path)
  }
  return ended
}

/** What lies in a folder and was not touched since a moment, nor anything right in it. */
async function olderThan(folder: string, moment: number): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const old: string[] = []
  for (const name of names) {
    const path = join(folder, name)
    const within = (await readdir(path).catch(() => [])).map((inner) => join(path, inner))
    const times = await Promise.all(
      [path, ...within].map((one) =>
        stat(one).then(
          (seen) => seen.mtimeMs,
          () => 0,
        ),
      ),
    )
    if (Math.max(...times) < moment) old.push(path)
  }
  return old
}

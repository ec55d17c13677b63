import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { World } from '../domain/world.ts'
import { consoleFolder, isConsole, keptLines } from './lines.ts'

/** A file that tells of an attempt, and who spoke there when it is a console of one world. */
export interface AttemptFile {
  name: string
  path: string
  world: World | null
}

/** Where a target puts what it keeps of an attempt beside its lines: each file there is kept under its name below. */
function keptFolder(attempt: string): string {
  return join(attempt, 'kept')
}

/**
 * Where a target puts a file that is kept with the attempt.
 * @param name what it is kept as, e.g. `smc`; it may have folders in it
 */
export function keptFile(attempt: string, name: string): string {
  const path = join(keptFolder(attempt), name)
  mkdirSync(join(path, '..'), { recursive: true })
  return path
}

/** The file that a target kept of an attempt under this name; undefined when it kept none. */
export function fileKept(attempt: string, name: string): string | undefined {
  const path = join(keptFolder(attempt), name)
  return existsSync(path) ? path : undefined
}

/**
 * The files in an attempt's folder that tell of it, under the names that they are kept by: raw consoles with their time
 * indexes, the record channel, and what the target kept. The folder alone says which there are, so that it is the same
 * whoever closes the attempt.
 */
export function filesOfAttempt(attempt: string): AttemptFile[] {
  const folder = consoleFolder(attempt)
  const lines = keptLines(attempt).flatMap((line): AttemptFile[] => {
    const raw = join(folder, `${line.name}.raw`)
    if (!isConsole(line)) return [{ name: line.name, path: raw, world: null }]
    return [
      { name: `console/${line.name}`, path: raw, world: line.worlds.length === 1 ? line.worlds[0]! : null },
      { name: `console/${line.name}.times`, path: join(folder, `${line.name}.times`), world: null },
    ]
  })
  return [...lines.filter(({ path }) => existsSync(path)), ...othersOf(attempt)]
}

function othersOf(attempt: string): AttemptFile[] {
  const root = keptFolder(attempt)
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(root, path), path, world: null }))
}

import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { LabError } from '../domain/errors.ts'
import { diskFull, fileFailure } from '../host/file-failure.ts'

/** SQLite's primary result codes that a user can do something about (sqlite.org/rescode.html). */
const sqlite = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
}

/** True when another process held the database's lock, so that the same statement may succeed in a moment. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === sqlite.busy
}

/**
 * Says in one sentence what went wrong with the file or folder at `path`: an error of SQLite or of the file system
 * becomes a LabError (DiskFull or StoreBroken); anything else, LabErrors included, comes back as it is.
 */
export function storeFailure(error: unknown, path: string): unknown {
  const code = primaryCode(error)
  if (code !== undefined) return databaseFailure(error as Error, code, path)
  return fileFailure(error, path)
}

/** SQLite reports extended codes; the low byte is the primary one. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}

function databaseFailure(error: Error, code: number, path: string): LabError {
  const broken = (message: string, retryable = false) =>
    new LabError('StoreBroken', message, { retryable, cause: error })
  switch (code) {
    case sqlite.full:
      return diskFull(error, path)
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return broken(
        `The results database ${path} is damaged (${error.message}): move it and its -wal file away, then run again.`,
      )
    case sqlite.readOnly:
    case sqlite.cannotOpen:
      return broken(
        `The results database ${path} cannot be opened for writing: give this user write access to its folder, or set HYPLAB_STATE to another one.`,
      )
    case sqlite.busy:
      return broken(
        `The results database ${path} stayed locked by another process: see who holds it, then retry.`,
        true,
      )
    case sqlite.ioError:
      // Its shared memory is a file, too, and SQLite does not say why that could not grow.
      if (hasNoRoom(path)) return diskFull(error, path)
      return broken(`The disk failed under the results database ${path} (${error.message}): check the disk.`)
    case sqlite.constraint:
      return broken(`The results database ${path} refused a row that does not fit what it has (${error.message}).`)
    default:
      return broken(`The results database ${path} failed: ${error.message}.`)
  }
}

function hasNoRoom(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail === 0
  } catch {
    return false
  }
}

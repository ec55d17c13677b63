import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { LabError } from '../domain/errors.ts'

/** Nothing that people write by hand, and no patch of theirs, is larger; bytes. */
const most = 64 * 1024 * 1024

/** Does not wait for whoever would write into a FIFO. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * The bytes of a file that people write: a plan, a recipe, a patch.
 * @throws LabError BadInput for what is no file and would never end (a FIFO, a device), and for more than 64 MiB; Node's
 *   error (ENOENT, EACCES, ...) when it cannot be read
 */
export function readRegularSync(path: string): Buffer {
  const file = openSync(path, flags)
  try {
    requireRegular(path, fstatSync(file))
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

function requireRegular(path: string, found: { isFile(): boolean; isDirectory(): boolean; size: number }): void {
  if (found.isDirectory()) throw new LabError('BadInput', `${path} is a folder; name a file.`)
  if (!found.isFile()) throw new LabError('BadInput', `${path} is no file but a device or a pipe: name a file.`)
  if (found.size > most)
    throw new LabError('BadInput', `${path} has ${found.size} bytes, more than ${most}: name another file.`)
}

import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs'
import { LabError } from '../domain/errors.ts'

/** Bytes that a file which people write may have; the largest lab that was ever written has a hundredth of that. */
const mostBytes = 64 * 1024 ** 2

/**
 * Reads a file that somebody wrote: a plan, a recipe, a lab. A FIFO or a device, which may have no end, is not opened.
 * @param hint what to do when it cannot be read, in words that go on after a colon
 * @returns its text; bytes that are no UTF-8 become U+FFFD
 * @throws LabError BadInput when there is no such file, or none that can be read
 */
export function readInput(path: string, hint: string): string {
  const why = whyUnreadable(path)
  if (why !== undefined) throw new LabError('BadInput', `${path} ${why}: ${hint}.`)
  try {
    return readWhole(path).toString('utf8')
  } catch (cause) {
    if (cause instanceof LabError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new LabError('BadInput', `${path} cannot be read (${code}): ${hint}.`, { cause })
  }
}

/**
 * As `readInput`, for bytes: a patch is of any encoding.
 * @throws LabError BadInput for what is no file and may have no end; Node's error (ENOENT, EACCES, ...) when it cannot be read
 */
export function readInputBytes(path: string): Buffer {
  statSync(path)
  const why = whyUnreadable(path)
  if (why !== undefined) throw new LabError('BadInput', `${path} ${why}: name another file.`)
  return readWhole(path)
}

/**
 * Reads what somebody writes to our standard input, to its end.
 * @returns its text; bytes that are no UTF-8 become U+FFFD
 * @throws LabError BadInput when there is more than people write, or it cannot be read
 */
export async function readStandardInput(): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of process.stdin as AsyncIterable<Buffer>) {
      parts.push(part)
      size += part.length
      if (size > mostBytes)
        throw new LabError(
          'BadInput',
          'Standard input has more than 64 MiB, too many for what people write: name a file.',
        )
    }
  } catch (cause) {
    if (cause instanceof LabError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new LabError('BadInput', `Standard input cannot be read (${code}): name a file.`, { cause })
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Does not wait for whoever would write into a FIFO that has come into the file's place meanwhile. */
function readWhole(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(file).isFile()) throw new LabError('BadInput', `${path} is no file any more: name a file.`)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** @returns what is wrong with such a file, in words that go on after its name; undefined when it may be opened */
export function whyUnreadable(path: string): string | undefined {
  let found: Stats
  try {
    found = statSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'cannot be read, for there is no such file' : `cannot be read (${code})`
  }
  if (found.isDirectory()) return 'is a folder'
  if (!found.isFile()) return 'is no regular file but a device, a FIFO or a socket'
  if (found.size > mostBytes) return `has ${Math.round(found.size / 1024 ** 2)} MiB, too many for what people write`
  return undefined
}

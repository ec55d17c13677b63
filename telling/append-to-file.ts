import { open, type FileHandle } from 'node:fs/promises'
import { LabError } from '../domain/errors.ts'
import type { Message } from '../domain/tell/message.ts'
import type { FileTarget } from '../domain/tell/telling.ts'
import { jsonBody } from '../domain/tell/webhook-bodies.ts'

/** The end of a file that is looked through for a message that was written before, bytes: that of many nights. */
const looked = 1024 * 1024

/**
 * Writes a message behind what a file holds, and sees that it is on the disk; one that is there is not written again. The
 * file is made where it is missing, for this user alone.
 * @throws LabError NotDelivered when it cannot be written, retryable: the disk may be full for a while
 */
export async function appendToFile(message: Message, { path }: FileTarget): Promise<string> {
  try {
    const file = await open(path, 'a+', 0o600)
    try {
      const last = await endOf(file)
      const { entry, end } = entryOf(message, path)
      // Half a line is left by whoever was killed, or ran out of disk, while writing it: that is none of a message.
      const whole = last.slice(0, last.lastIndexOf('\n') + 1)
      if (whole.includes(end)) return `${path} has it already`
      await file.appendFile((whole === last ? '' : '\n') + entry)
      await file.sync()
    } finally {
      await file.close()
    }
    return `${path} has it`
  } catch (error) {
    const { code, message: said } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'its folder is not there' : said
    throw new LabError('NotDelivered', `${path} cannot be written: ${why}.`, { retryable: true, cause: error })
  }
}

async function endOf(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(Math.min(size, looked))
  await file.read(bytes, 0, bytes.length, size - bytes.length)
  return bytes.toString('utf8')
}

/** A message in the file's form, and how that ends, as no other does. */
function entryOf(message: Message, path: string): { entry: string; end: string } {
  const { id, subject, text, written } = message
  if (path.endsWith('.jsonl')) {
    const end = `,"id":"${id}"}\n`
    const { id: _, ...rest } = jsonBody(message)
    return { entry: JSON.stringify(rest).slice(0, -1) + end, end }
  }
  const end = ` ${id}\n`
  return { entry: `${subject}\n\n${text.trimEnd()}\n\n=== ${new Date(written).toISOString()}${end}`, end }
}

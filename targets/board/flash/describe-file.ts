import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { crc32 } from 'node:zlib'
import { LabError } from '../../../domain/errors.ts'

/** What proves that bytes are those of a file. */
export interface FileProof {
  size: number
  /** Lower-case hex of eight digits. */
  crc32: string
  sha256: string
}

/** Reads a file of this host once. @throws LabError NotFound when it cannot be read; the signal's reason when aborted */
export async function describeFile(path: string, signal: AbortSignal): Promise<FileProof> {
  const hash = createHash('sha256')
  let size = 0
  let sum = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      sum = crc32(chunk, sum)
      size += chunk.length
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw new LabError('NotFound', `${path} cannot be flashed, since it cannot be read: ${(cause as Error).message}.`, {
      cause,
    })
  }
  return { size, crc32: sum.toString(16).padStart(8, '0'), sha256: hash.digest('hex') }
}

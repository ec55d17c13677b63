import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { execa } from 'execa'
import { LabError } from '../domain/errors.ts'

export type Compression = 'none' | 'gzip' | 'xz' | 'zstd'
export type Encoding = 'bytes' | 'utf-16le' | 'utf-16be'

/** A file that somebody handed to us, unpacked and as bytes of UTF-8 where it was UTF-16. */
export interface InputFile {
  compression: Compression
  encoding: Encoding
  /** The first bytes, `headBytes` of them where there are as many. They come again in `chunks`. */
  head: Uint8Array
  /** Everything, to be read once. Throws LabError BadInput where the packed data is damaged, after what could be read. */
  chunks: AsyncIterable<Uint8Array>
}

/** Bytes of a file's start that are at hand before it is read. */
export const headBytes = 64 * 1024
const chunkBytes = 256 * 1024

/**
 * Opens a file for reading, `-` for standard input; sees by its first bytes how it is packed. Unpacking is streamed, so
 * memory does not grow with the file.
 * @throws LabError NotFound without such a file, BadInput for a folder or when it may not be read, ToolMissing without xz
 */
export async function openInput(path: string): Promise<InputFile> {
  const raw = peek(await source(path), 16)
  const compression = compressionOf(await raw.head)
  const unpacked = peek(unpack(raw.chunks, compression, path), headBytes)
  const encoding = encodingOf(await unpacked.head)
  if (encoding === 'bytes') return { compression, encoding, head: await unpacked.head, chunks: unpacked.chunks }
  const text = peek(toUtf8(unpacked.chunks, encoding), headBytes)
  return { compression, encoding, head: await text.head, chunks: text.chunks }
}

async function source(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return process.stdin
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw new LabError('BadInput', `${path} is a folder; name the files in it.`)
  } catch (error) {
    if (error instanceof LabError) throw error
    throw unreadable(path, error)
  }
  const stream = createReadStream(path, { highWaterMark: chunkBytes })
  stream.on('error', () => {})
  return withErrors(stream, (error) => unreadable(path, error))
}

function unreadable(path: string, error: unknown): LabError {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return new LabError('NotFound', `There is no file ${path}.`)
  return new LabError('BadInput', `${path} cannot be read: ${message}.`)
}

/** Magic numbers: RFC 1952 2.3.1, RFC 8878 3.1.1, the .xz file format 2.1.1.1. */
function compressionOf(head: Uint8Array): Compression {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte)
  if (starts(0x1f, 0x8b, 0x08)) return 'gzip'
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz'
  return starts(0x28, 0xb5, 0x2f, 0xfd) ? 'zstd' : 'none'
}

function unpack(chunks: AsyncIterable<Uint8Array>, compression: Compression, path: string): AsyncIterable<Uint8Array> {
  if (compression === 'none') return chunks
  const damaged = (error: unknown): LabError =>
    new LabError('BadInput', `The ${compression} data of ${path} is damaged or cut off: ${(error as Error).message}.`)
  if (compression === 'xz') return xz(chunks, path)
  const packed = Readable.from(chunks)
  const stream = compression === 'gzip' ? createGunzip({ chunkSize: chunkBytes }) : createZstdDecompress()
  packed.on('error', (error) => stream.destroy(error))
  return withErrors(packed.pipe(stream), damaged)
}

async function* xz(chunks: AsyncIterable<Uint8Array>, path: string): AsyncIterable<Uint8Array> {
  const child = execa('xz', ['-dc'], { input: Readable.from(chunks), buffer: false, encoding: 'buffer', reject: false })
  let said = ''
  child.stderr.on('data', (data: Uint8Array) => (said += new TextDecoder().decode(data)))
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array
    const { exitCode, code } = await child
    if (code === 'ENOENT')
      throw new LabError('ToolMissing', `${path} is packed with xz, and there is no xz here: apt-get install xz-utils`)
    if (exitCode !== 0)
      throw new LabError(
        'BadInput',
        `The xz data of ${path} is damaged or cut off: ${said.trim().replace(/^xz: /, '')}.`,
      )
  } finally {
    child.kill()
  }
}

/** Windows tools write UTF-16 with a byte order mark; without one, a text in which every other byte is NUL is taken for it. */
function encodingOf(head: Uint8Array): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const sample = head.subarray(0, 512)
  if (sample.length < 64) return 'bytes'
  const zeros = [0, 0]
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2]!++
  const most = (sample.length / 2) * 0.95
  if (zeros[1]! > most && zeros[0] === 0) return 'utf-16le'
  return zeros[0]! > most && zeros[1] === 0 ? 'utf-16be' : 'bytes'
}

async function* toUtf8(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncIterable<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  for await (const chunk of chunks) yield encoder.encode(decoder.decode(chunk, { stream: true }))
  yield encoder.encode(decoder.decode())
}

/** Reads the first bytes of a stream; the stream can still be read whole. */
function peek(chunks: AsyncIterable<Uint8Array>, wanted: number) {
  const iterator = chunks[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  // What could be read before it comes first.
  let failure: { error: unknown } | undefined
  const collect = async (): Promise<Uint8Array> => {
    let size = 0
    try {
      while (size < wanted) {
        const { done, value } = await iterator.next()
        if (done) break
        first.push(value)
        size += value.length
      }
    } catch (error) {
      failure = { error }
    }
    if (first.length === 0 && failure) throw failure.error
    return Buffer.concat(first).subarray(0, wanted)
  }
  const head = collect()
  async function* all(): AsyncIterable<Uint8Array> {
    await head
    for (let chunk = first.shift(); chunk; chunk = first.shift()) yield chunk
    if (failure) throw failure.error
    for (;;) {
      const { done, value } = await iterator.next()
      if (done) return
      yield value
    }
  }
  return { head, chunks: all() }
}

async function* withErrors(
  stream: AsyncIterable<Uint8Array>,
  translate: (error: unknown) => LabError,
): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk
  } catch (error) {
    throw error instanceof LabError ? error : translate(error)
  }
}

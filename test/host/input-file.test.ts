import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { headBytes, openInput } from '../../host/input-file.ts'
import { tempFolder } from './temp-folder.ts'

const text = '[    0.000000] Linux version 6.1 (a@b)\n'.repeat(20_000)
const bytes = Buffer.from(text)

async function put(name: string, content: Uint8Array): Promise<string> {
  const path = join(await tempFolder(), name)
  await writeFile(path, content)
  return path
}

async function read(path: string): Promise<{ compression: string; encoding: string; text: string }> {
  const { compression, encoding, head, chunks } = await openInput(path)
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  const all = Buffer.concat(parts)
  expect(Buffer.compare(Buffer.from(head), all.subarray(0, headBytes))).toBe(0)
  return { compression, encoding, text: all.toString() }
}

describe('a file is unpacked by what it is, whatever its name', () => {
  it.each([
    ['none', (plain: Buffer) => plain],
    ['gzip', (plain: Buffer) => gzipSync(plain)],
    ['zstd', (plain: Buffer) => zstdCompressSync(plain)],
    ['xz', (plain: Buffer) => execFileSync('xz', ['-c'], { input: plain, maxBuffer: 1e8 })],
  ])('%s', async (compression, pack) => {
    expect(await read(await put(compression, pack(bytes)))).toEqual({ compression, encoding: 'bytes', text })
  })

  it('of several gzip files in one, all are read', async () => {
    const path = await put('two', Buffer.concat([gzipSync(bytes), gzipSync(bytes)]))
    expect((await read(path)).text).toBe(text + text)
  })
})

describe('UTF-16', () => {
  const swapped = Buffer.from(text, 'utf16le').swap16()

  it.each([
    ['utf-16le', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', Buffer.concat([Buffer.from([0xfe, 0xff]), swapped])],
    ['utf-16be', swapped],
  ])('%s is read as text', async (encoding, content) => {
    expect(await read(await put('utf16', content))).toEqual({ compression: 'none', encoding, text })
  })

  it('is not what a console with NULs is', async () => {
    expect((await read(await put('nuls', Buffer.from('\0\0\0a\0b\n'.repeat(100))))).encoding).toBe('bytes')
  })
})

describe('what cannot be read', () => {
  it.each([
    [
      'gzip',
      (plain: Buffer) => gzipSync(plain),
      /^The gzip data of .*cut is damaged or cut off: unexpected end of file\.$/,
    ],
    [
      'xz',
      (plain: Buffer) => execFileSync('xz', ['-c', '-0'], { input: plain, maxBuffer: 1e8 }),
      /^The xz data of .*cut is damaged or cut off: .*\.$/,
    ],
  ])('%s that is cut off says so behind what there is', async (_name, pack, sentence) => {
    const random = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 251))
    const packed = pack(Buffer.concat([random, bytes]))
    const { head, chunks } = await openInput(await put('cut', packed.subarray(0, packed.length - 20)))
    expect(head).toHaveLength(headBytes)
    let size = 0
    const rest = async (): Promise<void> => {
      for await (const chunk of chunks) size += chunk.length
    }
    await expect(rest()).rejects.toThrow(sentence)
    expect(size).toBeGreaterThan(0)
  })

  it('a file that is not there, and a folder', async () => {
    const folder = await tempFolder()
    await expect(openInput(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'NotFound' })
    await mkdir(join(folder, 'sub'))
    await expect(openInput(join(folder, 'sub'))).rejects.toMatchObject({ code: 'BadInput' })
  })
})

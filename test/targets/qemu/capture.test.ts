import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test, vi } from 'vitest'
import { startGuarded } from '../../../host/guarded-process.ts'
import { bootQemu } from './boot-qemu.ts'
import { capture } from '../../../targets/capture.ts'
import { allBytes, bareOrder } from './orders.ts'
import { tempFolder } from '../../host/temp-folder.ts'

vi.setConfig({ testTimeout: 60_000 })

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Rows of a time index, checked for their shape. */
function rows(text: string): { offset: number; at: number }[] {
  expect(text).toMatch(/^(\d+ \d+\.\d{3}\n)*$/)
  return text
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split(' ').map(Number))
    .map(([offset, at]) => ({ offset: offset!, at: at! }))
}

test('two UARTs of a real machine are kept byte for byte, all 256 values, however much is said on the one that nobody looks at', async () => {
  const order = await bareOrder([
    { say: allBytes, times: 400, on: 'uart1' },
    { say: allBytes, times: 400 },
    { end: 'off' },
  ])
  const { consoles } = await bootQemu(order, {}, new AbortController().signal)
  const said = Buffer.concat(Array.from({ length: 400 }, () => allBytes))
  expect(consoles.map(({ name, worlds, bytes }) => ({ name, worlds, bytes }))).toEqual([
    { name: 'uart0', worlds: ['EL3', 'NS'], bytes: said.length },
    { name: 'uart1', worlds: ['S-EL1'], bytes: said.length },
  ])
  for (const { rawPath } of consoles) expect(sha256(await readFile(rawPath))).toBe(sha256(said))
})

test('5 MB that come as fast as they can are kept byte for byte, and are on disk before anybody reads them', async () => {
  const folder = await tempFolder()
  const said = Buffer.concat(
    Array.from({ length: 20_000 }, (_, n) => allBytes.map((value) => (value * (2 * n + 1)) & 255)),
  )
  await writeFile(join(folder, 'said'), said)
  const before = performance.timeOrigin + performance.now()
  const guarded = startGuarded('sh', ['-c', 'cat said >&4'], { cwd: folder, channels: 1 })
  const read = createHash('sha256')
  let chunks = 0
  let late = 0
  const kept = capture(folder, 'uart0', guarded.channels[0]!, (chunk) => {
    read.update(chunk)
    // The file's end is looked at for some chunks only: reading all of it each time would be all that this test does.
    if (chunks++ % 16 === 0 && !readFileSync(kept.rawPath).subarray(-chunk.length).equals(chunk)) late++
  })
  await kept.closed
  const raw = await readFile(kept.rawPath)
  expect(said.length).toBe(5_120_000)
  expect(kept.bytes).toBe(said.length)
  expect(sha256(raw)).toBe(sha256(said))
  expect(read.digest('hex')).toBe(sha256(said))
  expect(late).toBe(0)
  const index = rows(await readFile(kept.timesPath, 'utf8'))
  expect(index[0]!.offset).toBe(0)
  expect(index.length).toBeGreaterThan(1)
  expect(index.length).toBeLessThanOrEqual(chunks)
  expect(index.map(({ offset }) => offset)).toEqual(index.map(({ offset }) => offset).toSorted((a, b) => a - b))
  expect(index.map(({ at }) => at)).toEqual(index.map(({ at }) => at).toSorted((a, b) => a - b))
  expect(index[0]!.at).toBeGreaterThanOrEqual(before)
  expect(index.at(-1)!.at).toBeLessThanOrEqual(performance.timeOrigin + performance.now())
  expect(index.at(-1)!.offset).toBeLessThan(said.length)
})

test('the time index says when a byte came', async () => {
  const folder = await tempFolder()
  const guarded = startGuarded('sh', ['-c', 'printf one >&4; read -r _ <&4; printf two >&4'], { channels: 1 })
  let answered = 0
  const kept = capture(folder, 'c', guarded.channels[0]!, (chunk) => {
    if (chunk.toString() !== Buffer.from('one').toString()) return
    // The next millisecond begins before the answer is sent.
    for (const from = performance.now(); performance.now() < from + 2;);
    answered = performance.timeOrigin + performance.now()
    kept.write('go\n')
  })
  await kept.closed
  const [one, two, ...more] = rows(await readFile(kept.timesPath, 'utf8'))
  expect(more).toEqual([])
  expect([one!.offset, two!.offset]).toEqual([0, 3])
  expect(one!.at).toBeLessThan(answered)
  expect(two!.at).toBeGreaterThanOrEqual(answered)
})

test('a reader that throws ends the capture with its error, and what it was given is on disk', async () => {
  const folder = await tempFolder()
  const guarded = startGuarded('sh', ['-c', 'echo hello >&4; cat <&4'], { channels: 1 })
  const kept = capture(folder, 'c', guarded.channels[0]!, () => {
    throw new Error('reader is broken')
  })
  await expect(kept.closed).rejects.toThrow('reader is broken')
  expect(await readFile(kept.rawPath, 'utf8')).toBe('hello\n')
  await guarded.ended
})

test('bytes that cannot be kept end the capture with one clear sentence', async () => {
  const folder = await tempFolder()
  const sources = join(import.meta.dirname, '../../..')
  const script = `
    import { capture } from ${JSON.stringify(join(sources, 'targets/capture.ts'))}
    import { startGuarded } from ${JSON.stringify(join(sources, 'host/guarded-process.ts'))}
    const guarded = startGuarded('sh', ['-c', 'cat /dev/zero >&4'], { channels: 1 })
    const kept = capture(${JSON.stringify(folder)}, 'uart0', guarded.channels[0], () => {})
    await kept.closed.catch((error) => console.log(error.code, error.message))
    await guarded.ended
  `
  // A limit on the size of files stands for a disk with no room: both refuse the write.
  const limited = [
    '-c',
    'ulimit -f 64; exec "$0" "$@"',
    process.execPath,
    '--input-type=module-typescript',
    '-e',
    script,
  ]
  const { stdout } = await execa('sh', limited)
  expect(stdout).toMatch(
    /^DiskFull A console could not be kept in .*uart0\.raw \(EFBIG.*\): make room and boot again\.$/,
  )
})

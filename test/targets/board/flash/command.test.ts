import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sha256 } from '../../../../host/sha256.ts'
import { commandFlash } from '../../../../targets/board/flash/command.ts'
import { ownFolder } from '../../../../targets/board/flash/own-folder.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { hereLink } from './here-link.ts'

/** The folder of the same attempt, as each of its steps finds it. */
const own = () => ownFolder(hereLink(), 'lab-board-1.1.1')
const never = new AbortController().signal

async function setup() {
  const folder = await tempFolder()
  vi.stubEnv('TMPDIR', join(folder, 'tmp'))
  onTestFinished(() => void vi.unstubAllEnvs())
  await mkdir(join(folder, 'tmp'))
  const files = { image: join(folder, 'kernel'), initrd: join(folder, 'ramdisk'), cmdline: 'quiet "a b" $x' }
  await writeFile(files.image, 'the kernel')
  await writeFile(files.initrd, 'the initrd')
  const out = join(folder, 'out')
  const left = () => readdir(join(folder, 'tmp'))
  return { folder, files, out, left }
}

test('a command is run with files of its host and the whole command line in its words, and no shell reads them', async () => {
  const { files, out, left } = await setup()
  const script = `cat "$1" >${out}; printf ' %s' "$2" >>${out}`
  const flash = commandFlash(
    { kind: 'command', run: ['sh', '-c', script, 'sh', '{image}', 'bootargs={cmdline}'] },
    hereLink(),
    own(),
  )
  const { files: written, remarks } = await flash.flash(files, never)
  expect(await readFile(out, 'utf8')).toBe('the kernel bootargs=quiet "a b" $x')
  expect(written).toEqual([{ name: 'image', sha256: sha256('the kernel'), written: true }])
  expect(remarks).toEqual([expect.stringContaining('Nothing was read back')])
  await flash.clear()
  expect(await left()).toEqual([])
})

test('a command that fails is told with its own words, and nothing is left', async () => {
  const { files, left } = await setup()
  const flash = commandFlash({ kind: 'command', run: ['sh', '-c', 'echo no board >&2; exit 4'] }, hereLink(), own())
  await expect(flash.flash(files, never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: 'Host here could not flash the board: sh ended with code 4 and said "no board".',
  })
  expect(await left()).toEqual([])
})

test('firmware that a command does not take, and one that it wants and does not get, are refused', async () => {
  const { files } = await setup()
  const without = commandFlash({ kind: 'command', run: ['true', '{image}'] }, hereLink(), own())
  await expect(without.flash({ ...files, firmware: files.image }, never)).rejects.toThrow(/no word \{firmware\}/)
  const wanting = commandFlash({ kind: 'command', run: ['true', '{firmware}'] }, hereLink(), own())
  await expect(wanting.flash(files, never)).rejects.toThrow(/wants \{firmware\}, and this cell has none/)
})

test('cancel ends the command and leaves nothing', async () => {
  const { files, left } = await setup()
  const abort = new AbortController()
  const reason = new Error('cancelled')
  setTimeout(() => abort.abort(reason), 100)
  const flash = commandFlash({ kind: 'command', run: ['sleep', '1000'] }, hereLink(), own())
  await expect(flash.flash(files, abort.signal)).rejects.toBe(reason)
  expect(await left()).toEqual([])
})

test('what an attempt left is removed by whoever puts it away, and replaced by the next one of that name', async () => {
  const { files, out, left } = await setup()
  const way = { kind: 'command' as const, run: ['cp', '{image}', out] }
  await commandFlash(way, hereLink(), own()).flash(files, never)
  expect(await left()).toHaveLength(1)
  await writeFile(files.image, 'another kernel')
  await commandFlash(way, hereLink(), own()).flash(files, never)
  expect([await readFile(out, 'utf8'), (await left()).length]).toEqual(['another kernel', 1])
  await commandFlash(way, hereLink(), own()).clear()
  await commandFlash(way, hereLink(), own()).clear()
  expect(await left()).toEqual([])
})

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePorts } from '../../../../host/free-port.ts'
import { fastbootFlash } from '../../../../targets/board/flash/fastboot.ts'
import { ownFolder } from '../../../../targets/board/flash/own-folder.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { startFastbootStandIn } from '../../../rack/fastboot-stand-in.ts'
import { hereLink } from './here-link.ts'

/** The folder of the same attempt, as each of its steps finds it. */
const own = () => ownFolder(hereLink(), 'lab-board-1.1.1')
const never = new AbortController().signal

async function setup(fails: Record<string, string> = {}) {
  const folder = await tempFolder()
  vi.stubEnv('TMPDIR', join(folder, 'tmp'))
  onTestFinished(() => void vi.unstubAllEnvs())
  await mkdir(join(folder, 'tmp'))
  const files = { image: join(folder, 'kernel'), initrd: join(folder, 'ramdisk'), cmdline: 'quiet rdinit=/init' }
  await writeFile(files.image, randomBytes(100_000))
  await writeFile(files.initrd, randomBytes(50_000))
  const [port] = await freePorts(1)
  const board = await startFastbootStandIn(port!, fails)
  onTestFinished(() => board.stop())
  const left = () => readdir(join(folder, 'tmp'))
  return { files, board, device: `tcp:127.0.0.1:${port}`, left }
}

test("a board that listens is told by the real client to boot kernel, initrd and command line in Android's form", async () => {
  const { files, board, device, left } = await setup()
  const flash = fastbootFlash({ kind: 'fastboot', device }, hereLink(), own())
  expect(flash.board).toBe('on')
  const { offer } = await flash.flash(files, never)
  expect(offer).toBeUndefined()
  expect(board.commands.at(-1)).toBe('boot')
  expect(board.received.toString('latin1', 0, 8)).toBe('ANDROID!')
  expect(board.received.includes(await readFile(files.image))).toBe(true)
  expect(board.received.includes(await readFile(files.initrd))).toBe(true)
  expect(board.received.includes('quiet rdinit=/init\0')).toBe(true)
  await flash.clear()
  expect(await left()).toEqual([])
})

test('a U-Boot that is told to listen is sent one file for each command, and goes on', async () => {
  const { files, board, device, left } = await setup()
  const flash = fastbootFlash({ kind: 'fastboot', device, listen: 'udp' }, hereLink(), own())
  expect(flash.board).toBe('off')
  const { offer } = await flash.flash(files, never)
  expect(board.commands).toEqual([])
  expect(offer).toMatchObject({ kernel: { command: 'fastboot -l {address} udp', size: 100_000 } })
  // The boot is another step than flashing, and may be another process.
  const booting = fastbootFlash({ kind: 'fastboot', device, listen: 'udp' }, hereLink(), own())
  await booting.serve!(offer!.initrd, never)
  expect(board.received).toEqual(await readFile(files.initrd))
  expect(board.commands.at(-1)).toBe('continue')
  await fastbootFlash({ kind: 'fastboot', device, listen: 'udp' }, hereLink(), own()).clear()
  expect(await left()).toEqual([])
})

test("a board that refuses is told with fastboot's words, and nothing is left", async () => {
  const { files, device, left } = await setup({ boot: 'image is not signed' })
  const flash = fastbootFlash({ kind: 'fastboot', device }, hereLink(), own())
  await expect(flash.flash(files, never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(
      /could not have the board boot by fastboot: fastboot ended with code 1.*image is not signed/,
    ),
  })
  expect(await left()).toEqual([])
})

test('a board that does not listen is not waited for without an end', async () => {
  const { files, left } = await setup()
  const [port] = await freePorts(1)
  const flash = fastbootFlash({ kind: 'fastboot', device: `tcp:127.0.0.1:${port}` }, hereLink(), own(), 1)
  await expect(flash.flash(files, never)).rejects.toThrow(/did not answer fastboot at tcp:.* within 1 s/)
  const none = fastbootFlash({ kind: 'fastboot', device: 'no-such-serial' }, hereLink(), own(), 0.5)
  await expect(none.flash(files, never)).rejects.toThrow(
    /The board did not answer fastboot at no-such-serial within 0\.5 s/,
  )
  expect(await left()).toEqual([])
})

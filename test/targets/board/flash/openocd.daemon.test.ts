import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { Openocd } from '../../../../domain/lab/flash-spec.ts'
import { freePorts } from '../../../../host/free-port.ts'
import { sha256 } from '../../../../host/sha256.ts'
import type { Flash } from '../../../../targets/board/flash/flash.ts'
import { besideOpenocd, openocdFlash } from '../../../../targets/board/flash/openocd.ts'
import { ownFolder } from '../../../../targets/board/flash/own-folder.ts'
import { tftpFlash } from '../../../../targets/board/flash/tftp.ts'
import { sshLink } from '../../../../targets/hosts/ssh-link.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { memorySize, startJtagBoard, type JtagBoard } from '../../../rack/jtag/jtag-board.ts'
import { blockSize } from '../../../rack/jtag/nor-flash.ts'
import { startSshd } from '../../../rack/sshd.ts'
import { debianLoader } from '../loader/booted-board.ts'
import { hereLink } from './here-link.ts'

const never = new AbortController().signal
/** Patient, for a loaded host. */
const soon = { timeout: 20_000 }
const self = { ...debianLoader, kind: 'self' as const }

interface Setup {
  folder: string
  board: JtagBoard
  /** What the board's outlet was told. */
  switched: string[]
  files: { image: string; initrd: string; firmware: string; cmdline: string }
  content: Record<'image' | 'initrd' | 'firmware', Buffer>
  host: ReturnType<typeof hereLink>
  way: Openocd
  flash(more?: Partial<Openocd>): Flash
  left: () => Promise<string[]>
}

let all: Setup
beforeEach(async () => {
  const folder = await tempFolder()
  const tmp = join(folder, 'tmp')
  await mkdir(tmp)
  vi.stubEnv('TMPDIR', tmp)
  onTestFinished(() => void vi.unstubAllEnvs())
  const board = await startJtagBoard(folder)
  onTestFinished(() => board.stop())
  const content = { image: randomBytes(300), initrd: randomBytes(133), firmware: randomBytes(500) }
  for (const [name, bytes] of Object.entries(content)) await writeFile(join(folder, name), bytes)
  const path = (name: string): string => join(folder, name)
  const files = { image: path('image'), initrd: path('initrd'), firmware: path('firmware'), cmdline: '' }
  const switched: string[] = []
  const power = { on: async () => switched.push('on'), off: async () => switched.push('off') }
  const host = hereLink()
  const at = (block: number): number => board.flashAt + block * blockSize
  const addresses = { firmwareAt: at(2), kernelAt: at(10), initrdAt: at(20) }
  const way = { config: board.config, arguments: [], begin: ['reset init'], images: [], within: 60, ...addresses }
  const flash: Setup['flash'] = (more = {}) =>
    openocdFlash({ way: { ...way, ...more }, host, power }, self, ownFolder(host, '1.1.1'))
  all = { folder, board, switched, files, content, host, way, flash, left: () => readdir(tmp) }
})

/** What the board's flash holds from a block on. */
function flashed({ board: { flash } }: Setup, block: number, size: number): Buffer {
  return flash.subarray(block * blockSize, block * blockSize + size)
}

const writes = ({ host }: Setup): string[] =>
  host.ran.flatMap((words) => words.filter((word) => word.startsWith('hyplab_write')))

test('each file is written where it belongs in flash while the board is on, and a second time only what differs', async () => {
  const { files, content, switched, left } = all
  const first = await all.flash().flash(files, never)
  expect(first.files).toEqual(
    (['firmware', 'image', 'initrd'] as const).map((name) => ({
      name: name === 'image' ? 'kernel' : name,
      sha256: sha256(content[name]),
      written: true,
      readBack: true,
    })),
  )
  expect(flashed(all, 2, 500).equals(content.firmware)).toBe(true)
  expect(flashed(all, 10, 300).equals(content.image)).toBe(true)
  expect(flashed(all, 20, 133).equals(content.initrd)).toBe(true)
  expect(switched).toEqual(['on', 'off'])
  const before = writes(all).length
  await writeFile(files.initrd, 'another')
  const second = await all.flash().flash(files, never)
  expect(second.files.map(({ written }) => written)).toEqual([false, false, true])
  expect(writes(all).length - before).toBe(1)
  expect(String(flashed(all, 20, 7))).toBe('another')
  await all.flash().clear()
  expect(await left()).toEqual([])
})

test('a bit that a kernel changed in flash is found and written back', async () => {
  await all.flash().flash(all.files, never)
  all.board.flash[2 * blockSize + 77]! ^= 4
  const again = await all.flash().flash(all.files, never)
  expect(again.files.map(({ written }) => written)).toEqual([true, false, false])
  expect(flashed(all, 2, 500).equals(all.content.firmware)).toBe(true)
})

test("images of the lab's own are held in flash, too", async () => {
  const { folder, way } = all
  const file = join(folder, 'as it was set up {1}.img')
  const bytes = randomBytes(200)
  await writeFile(file, bytes)
  const more = { images: [{ file, at: way.firmwareAt! + 30 * blockSize }] }
  const { files } = await all.flash(more).flash(all.files, never)
  expect(files.at(-1)).toEqual({
    name: 'as it was set up {1}.img',
    sha256: sha256(bytes),
    written: true,
    readBack: true,
  })
  expect(flashed(all, 32, 200).equals(bytes)).toBe(true)
})

test('an image that goes over two banks is written and read in both, also where another target is the current one', async () => {
  const { folder, way, content, board } = all
  const more = join(folder, 'more.cfg')
  const text = await readFile(way.config[1]!, 'utf8')
  await writeFile(more, `${text}target create board.other mem_ap -dap board.dap -ap-num 0\ntargets board.other\n`)
  const firmwareAt = board.flashAt + memorySize - 256
  const config = [way.config[0]!, more]
  const first = await all.flash({ config, firmwareAt }).flash(all.files, never)
  expect(first.files.map(({ written }) => written)).toEqual([true, true, true])
  expect(board.flash.subarray(memorySize - 256, memorySize + 244).equals(content.firmware)).toBe(true)
  const again = await all.flash({ config, firmwareAt }).flash(all.files, never)
  expect(again.files.map(({ written }) => written)).toEqual([false, false, false])
})

test('what OpenOCD says of flash that is locked is told in its own words, and the board is off', async () => {
  all.board.faults.locked = true
  await expect(all.flash().flash(all.files, never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    retryable: true,
    message: expect.stringMatching(
      /^Host here could not write the board's flash: OpenOCD ended with code 1 and said ".*Block Lock-Bit Detected.*failed erasing sectors \d+ to \d+"\.$/,
    ),
  })
  expect(all.switched).toEqual(['on', 'off'])
  expect(await all.left()).toEqual([])
})

test('flash that forgets what it was told is found, though OpenOCD itself calls it written and ends with code 0', async () => {
  await all.flash().flash(all.files, never)
  all.board.faults.worn = true
  await writeFile(all.files.firmware, randomBytes(500))
  await expect(all.flash().flash(all.files, never)).rejects.toThrow(
    /^firmware at 0x08000200 in the board's flash was written with sha256 .* and is read back with sha256 .*: the flash is failing or protected/,
  )
})

test('an image that shares a block with another one is not lost without a word', async () => {
  const kernelAt = all.way.firmwareAt! + 500
  await all
    .flash({ kernelAt })
    .flash(all.files, never)
    .catch(() => undefined)
  const { firmware, image } = all.content
  firmware.copy(all.board.flash, 2 * blockSize)
  image.copy(all.board.flash, 2 * blockSize + 500)
  await writeFile(all.files.image, randomBytes(300))
  await expect(all.flash({ kernelAt }).flash(all.files, never)).rejects.toThrow(
    /^firmware at 0x08000200 in the board's flash was there and is no longer, since kernel was written: they share a block/,
  )
})

test('an address where no flash is, and files that OpenOCD cannot read, are told', async () => {
  await expect(all.flash({ firmwareAt: 0x10 }).flash(all.files, never)).rejects.toThrow(
    /could not read the board's flash: .*no flash bank at 0x00000010 is known to these files/,
  )
  const config = [...all.way.config, 'interface/none.cfg']
  await expect(all.flash({ config }).flash(all.files, never)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringMatching(/OpenOCD ended with code 1 and said "Can't find interface\/none\.cfg"/),
  })
  expect(all.switched).toEqual(['on', 'off', 'on', 'off'])
  expect(await all.left()).toEqual([])
})

test('a board that answers a moment after its power came is waited for', async () => {
  all.board.faults.dead = true
  const flashing = all.flash().flash(all.files, never)
  await expect.poll(() => all.board.connections, soon).toEqual({ came: 1, open: 0 })
  all.board.faults.dead = false
  await flashing
  expect(flashed(all, 2, 500).equals(all.content.firmware)).toBe(true)
})

test('an adapter that hangs is not waited for without an end, and its OpenOCD is gone', async () => {
  all.board.faults.stuck = true
  await expect(all.flash({ within: 1 }).flash(all.files, never)).rejects.toThrow(
    /^OpenOCD on host here did not come to its end within 1 s, and was ended; it said ".+"\.$/,
  )
  await expect.poll(() => all.board.connections, soon).toEqual({ came: 1, open: 0 })
  expect(all.switched).toEqual(['on', 'off'])
  expect(await all.left()).toEqual([])
})

test('cancel ends OpenOCD and leaves nothing, with the board off', async () => {
  all.board.faults.stuck = true
  const abort = new AbortController()
  const reason = new Error('cancelled')
  const flashing = all.flash().flash(all.files, abort.signal)
  await expect.poll(() => all.board.connections.open, soon).toBe(1)
  abort.abort(reason)
  await expect(flashing).rejects.toBe(reason)
  await expect.poll(() => all.board.connections.open, soon).toBe(0)
  expect(all.switched).toEqual(['on', 'off'])
  expect(await all.left()).toEqual([])
})

test("on a host that is reached by ssh it does the same, and a cancel leaves nothing of OpenOCD's there", async () => {
  const { board, content, files, folder } = all
  const [port] = await freePorts(1)
  const sshd = await startSshd({ folder: join(folder, 'sshd'), port: port! })
  onTestFinished(() => sshd.stop())
  const host = sshLink(sshd.host('bench'))
  onTestFinished(() => host.close())
  const power = { on: async () => undefined, off: async () => undefined }
  const attempt = `test-${process.pid}`
  const flash = openocdFlash({ way: all.way, host, power }, self, ownFolder(host, attempt))
  expect((await flash.flash(files, never)).files.map(({ written }) => written)).toEqual([true, true, true])
  expect(flashed(all, 2, 500).equals(content.firmware)).toBe(true)
  await flash.clear()
  board.faults.stuck = true
  const abort = new AbortController()
  const flashing = flash.flash(files, abort.signal)
  await expect.poll(() => board.connections.open, soon).toBe(1)
  abort.abort(new Error('cancelled'))
  await expect(flashing).rejects.toThrow('cancelled')
  await expect.poll(() => board.connections.open, soon).toBe(0)
  const { stdout } = await host.run(['sh', '-c', 'ls "${TMPDIR:-/tmp}" | grep -c -- "-$1$"', 'sh', attempt], never)
  expect(stdout.trim()).toBe('0')
})

test('a stack without an address in flash is refused before anything is switched', async () => {
  const { firmwareAt: _, ...way } = all.way
  const power = { on: async () => all.switched.push('on'), off: async () => all.switched.push('off') }
  const flash = openocdFlash({ way, host: all.host, power }, self, ownFolder(all.host, '1.1.1'))
  await expect(flash.flash(all.files, never)).rejects.toThrow(/does not say where in the board's flash firmware lies/)
  expect(all.switched).toEqual([])
})

test('beside TFTP it writes the firmware alone, before kernel and initrd are served', async () => {
  const { folder, files, content, board, host, switched } = all
  const tftp = join(folder, 'tftp')
  await mkdir(tftp)
  const other = tftpFlash({ kind: 'tftp', folder: tftp, server: '10.0.2.2', network: ['dhcp'] }, host, '1.1.1')
  const { kernelAt: _k, initrdAt: _i, ...way } = all.way
  const power = { on: async () => switched.push('on'), off: async () => switched.push('off') }
  const flash = besideOpenocd({ way, host, power }, other, ownFolder(host, '1.1.1-openocd'))
  const done = await flash.flash(files, never)
  expect(done.files.map(({ name, readBack }) => [name, readBack])).toEqual([
    ['firmware', true],
    ['kernel', undefined],
    ['initrd', undefined],
  ])
  expect(done.offer?.kernel.command).toMatch(/^tftpboot/)
  expect(board.flash.subarray(2 * blockSize, 2 * blockSize + 500).equals(content.firmware)).toBe(true)
  expect(switched).toEqual(['on', 'off'])
  await flash.clear()
  expect([...(await all.left()), ...(await readdir(tftp))]).toEqual([])
})

test('kernel and initrd without an address in flash are put into memory when U-Boot asks, also by another process', async () => {
  const { board, host, files, content } = all
  const { kernelAt: _k, initrdAt: _i, firmwareAt: _f, ...way } = all.way
  const loader = { ...debianLoader, kernelAddress: board.memoryAt, initrdAddress: board.memoryAt + 0x4000 }
  const power = { on: async () => undefined, off: async () => undefined }
  const open = () => openocdFlash({ way, host, power }, loader, ownFolder(host, '1.1.1'))
  const { firmware: _, ...rest } = files
  const { offer, files: told } = await open().flash(rest, never)
  expect(told.map(({ name, readBack }) => [name, readBack])).toEqual([
    ['kernel', undefined],
    ['initrd', undefined],
  ])
  expect(offer!.kernel).toMatchObject({ command: `setenv filesize ${(300).toString(16)}`, servedBefore: true })
  expect(board.connections.came).toBe(0)
  const later = open()
  await later.serve!(offer!.kernel, never)
  await later.serve!(offer!.initrd, never)
  expect(board.memory.subarray(0, 300).equals(content.image)).toBe(true)
  expect(board.memory.subarray(0x4000, 0x4000 + 133).equals(content.initrd)).toBe(true)
  board.faults.dead = true
  await expect(later.serve!(offer!.kernel, never)).rejects.toThrow(
    /could not put the kernel into the board's memory: OpenOCD ended with code 1 and said "JTAG scan chain interrogation failed: all ones/,
  )
  await later.clear()
  expect(await all.left()).toEqual([])
})

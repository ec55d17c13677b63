/** A card that U-Boot lends by USB. The gadget and its U-Boot are a stand-in; the host writes with what it has for any card. */
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { FlashWay } from '../../../../domain/lab/flash-spec.ts'
import { freePorts } from '../../../../host/free-port.ts'
import { awaitPath } from '../../../../targets/board/flash/await-path.ts'
import { borrower } from '../../../../targets/board/flash/borrower.ts'
import { ownFolder } from '../../../../targets/board/flash/own-folder.ts'
import { umsFlash } from '../../../../targets/board/flash/ums.ts'
import { startLoader } from '../../../../targets/board/loader/start-loader.ts'
import { sshLink } from '../../../../targets/hosts/ssh-link.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { muxCard } from '../../../rack/mux.ts'
import { startSshd } from '../../../rack/sshd.ts'
import { beforeFileSystem, onCard, umsBoard, type UmsBoard, type UmsWays } from '../../../rack/ums-board.ts'
import { debianLoader } from '../loader/booted-board.ts'
import { hereLink } from './here-link.ts'

const never = new AbortController().signal
const megabyte = 1 << 20
const megabytes = 16

type UmsWay = Extract<FlashWay, { kind: 'ums' }>

async function setup() {
  const folder = await tempFolder()
  const tmp = join(folder, 'tmp')
  await mkdir(tmp)
  vi.stubEnv('TMPDIR', tmp)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { medium: base } = await muxCard(folder, megabytes)
  const card = join(folder, 'card.img')
  await copyFile(base, card)
  const device = join(folder, 'by-id/usb-Linux_UMS_disk_0-0:0')
  const files = { image: join(folder, 'kernel'), initrd: join(folder, 'initrd'), cmdline: 'quiet' }
  await writeFile(files.image, randomBytes(300_000))
  await writeFile(files.initrd, randomBytes(100_001))
  const host = hereLink()
  const way: UmsWay = { kind: 'ums', controller: 0, medium: 'mmc 0', device, partition: 1, within: 20 }
  const told: [file: string, words: string][] = []

  /** Flashes, powers the board on, and has its loader start the kernel, each by an object of its own as an attempt does. */
  async function boot(
    more: Partial<UmsWay> = {},
    ways: UmsWays = {},
    { signal = never, meanwhile }: { signal?: AbortSignal; meanwhile?: (board: UmsBoard) => void } = {},
  ) {
    await mkdir(join(folder, 'by-id'), { recursive: true })
    const open = () => umsFlash({ ...way, ...more }, host, ownFolder(host, '1.1.1'))
    const flashed = await open().flash(files, signal)
    const board = umsBoard(card, device, ways)
    onTestFinished(() => void board.console.destroy())
    const loader = { ...debianLoader, kind: 'u-boot' as const }
    const start = startLoader(loader, 'quiet', JSON.parse(JSON.stringify(flashed)), open(), {
      loaded: () => undefined,
      medium: (file, words) => told.push([file, words]),
    })!
    const line = { stream: board.console } as unknown as Parameters<typeof start>[0]
    const started = start(line, signal)
    board.powerOn()
    meanwhile?.(board)
    try {
      return { fault: await started, board, flashed }
    } finally {
      await open().clear()
      expect(await readdir(tmp)).toEqual([])
    }
  }
  return { folder, base, card, device, files, told, boot, left: () => readdir(tmp) }
}

/** Whether this user may make loop devices. */
async function hasLoopDevices(): Promise<boolean> {
  const file = join(await mkdtemp(join(tmpdir(), 'hyplab-loop-')), 'disk')
  await writeFile(file, Buffer.alloc(4096))
  const { exitCode, stdout } = await execa('losetup', ['-f', '--show', file], { reject: false })
  if (exitCode === 0) await execa('losetup', ['-d', stdout])
  await rm(dirname(file), { recursive: true })
  return exitCode === 0
}

/** Changes bytes of a file. */
async function write(path: string, at: number, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.write(bytes, 0, bytes.length, at)
  } finally {
    await file.close()
  }
}

test('a card is lent, made what it was set up as with kernel and initrd, given back by ^C, and booted from', async () => {
  const all = await setup()
  await write(all.card, 0, randomBytes(512))
  await write(all.card, 13 * megabyte + 77, Buffer.from('left behind'))
  const { fault, board, flashed } = await all.boot({ base: all.base })
  expect(fault).toBeUndefined()
  expect(flashed.files).toMatchObject([{ name: 'medium' }])
  expect(beforeFileSystem(all.card).equals(beforeFileSystem(all.base))).toBe(true)
  expect(onCard(all.card, 'Image').equals(await readFile(all.files.image))).toBe(true)
  expect(onCard(all.card, 'initrd.img').equals(await readFile(all.files.initrd))).toBe(true)
  expect((await readFile(all.card)).includes('left behind')).toBe(false)
  const loads = board.ran.filter((command) => /^(ums|load|booti)/.test(command))
  expect(loads).toEqual([
    'ums 0 mmc 0',
    'load mmc 0:1 ${kernel_addr_r} Image',
    'load mmc 0:1 ${ramdisk_addr_r} initrd.img',
    expect.stringMatching(/^booti /),
  ])
  const remark = `Before its file system the medium ${all.device} was not as ${all.base} has it: the table or the boot loader had been changed, and was written back.`
  expect(all.told).toEqual([['medium', `sha256 ${flashed.files[0]!.sha256}. ${remark}`]])
  await all.boot({ base: all.base })
  expect(all.told.at(-1)).toEqual(['medium', `sha256 ${flashed.files[0]!.sha256}, as it was there already`])
})

test.skipIf(!(await hasLoopDevices()))('a card that the host sees as a block device is written just so', async () => {
  const all = await setup()
  await write(all.card, 13 * megabyte + 77, Buffer.from('left behind'))
  await all.boot({ base: all.base }, { asBlockDevice: true })
  expect((await readFile(all.card)).includes('left behind')).toBe(false)
  expect(onCard(all.card, 'Image').equals(await readFile(all.files.image))).toBe(true)
  await writeFile(all.files.initrd, 'another')
  await all.boot({}, { asBlockDevice: true })
  expect(String(onCard(all.card, 'initrd.img'))).toBe('another')
})

test.skipIf(!(await hasLoopDevices()))('a medium that the host has mounted by itself is not written', async () => {
  const folder = await tempFolder()
  const [card, mounted] = [join(folder, 'card.img'), join(folder, 'mounted')]
  await writeFile(card, Buffer.alloc(megabyte))
  await execa('mkfs.ext2', ['-q', card])
  const { stdout: device } = await execa('losetup', ['-f', '--show', card])
  onTestFinished(async () => void (await execa('losetup', ['-d', device])))
  let written = 0
  const write = async () => ({ files: [], remarks: [], written: written++ })
  const borrow = () => borrower({ medium: 'mmc 0', device, within: 1 }, hereLink(), write).write(megabyte / 512, never)
  await borrow()
  expect(written).toBe(1)
  await mkdir(mounted)
  await execa('mount', [device, mounted])
  onTestFinished(async () => void (await execa('umount', [mounted])))
  await expect(borrow()).rejects.toThrow(
    `Host here has mounted the medium ${device} at ${mounted}: nothing was written.`,
  )
  expect(written).toBe(1)
})

test('without a copy of the card files alone are written, and only those that differ', async () => {
  const all = await setup()
  await all.boot()
  await writeFile(all.files.initrd, 'another')
  await all.boot()
  expect(String(onCard(all.card, 'initrd.img'))).toBe('another')
  const again = (words: string) => words.endsWith('as it was there already')
  expect(all.told.map(([file, words]) => [file, again(words)])).toEqual([
    ['Image', false],
    ['initrd.img', false],
    ['Image', true],
    ['initrd.img', false],
  ])
})

test('what is at its place before the card is lent is another one, and the card is not asked for', async () => {
  const all = await setup()
  await mkdir(join(all.folder, 'by-id'))
  await symlink(all.base, all.device)
  const board: UmsBoard[] = []
  await expect(all.boot({}, {}, { meanwhile: (one) => board.push(one) })).rejects.toThrow(
    /^Something is at .*by-id\/usb-Linux_UMS_disk_0-0:0 on host here before the board lends its medium/,
  )
  expect(board[0]!.ran.filter((command) => command.startsWith('ums'))).toEqual([])
})

test('what comes to its place with another size is another one, nothing is written, and the command is ended', async () => {
  const all = await setup()
  const before = await readFile(all.card)
  const board: UmsBoard[] = []
  const booted = all.boot({}, { blocks: 0x2000 }, { meanwhile: (one) => board.push(one) })
  await expect(booted).rejects.toThrow(
    /has 16777216 bytes, and the board lends a medium of 4194304: it is another one, and nothing was written/,
  )
  expect((await readFile(all.card)).equals(before)).toBe(true)
  expect(board[0]!.typed().endsWith('\x03')).toBe(true)
})

test('a medium that nobody sees is not waited for without an end', async () => {
  const all = await setup()
  await expect(all.boot({ within: 0.3 }, { unplugged: true })).rejects.toMatchObject({
    code: 'PlaceBroken',
    retryable: true,
    message: expect.stringMatching(
      /lends its medium, and nothing came to .* on host here within 0\.3 s: look at the USB/,
    ),
  })
})

test.each([
  ["Unknown command 'ums' - try 'help'", 1, /no such command: build it with CONFIG_CMD_USB_MASS_STORAGE/, false],
  ["Couldn't init USB controller.", 1, /no such USB device controller: name another one/, false],
  [
    '\rUSB cable not detected.\r\nCommand exit.',
    0,
    /sees no USB cable\. It said of `ums 0 mmc 0`: .*Command exit/,
    true,
  ],
  ['** Bad device specification mmc 0 **', 1, /did not lend its medium\. It said .*Bad device specification/, true],
])('a U-Boot that lends nothing and says %j is told in a sentence', async (says, code, message, retryable) => {
  const all = await setup()
  await expect(all.boot({}, { refuses: { says, code } })).rejects.toMatchObject({
    code: 'PlaceBroken',
    retryable,
    message: expect.stringMatching(message),
  })
})

test('a cable that is pulled while the host waits or writes ends the work, in the words of U-Boot', async () => {
  const all = await setup()
  const meanwhile = (board: UmsBoard): void => {
    board.console.on('data', (chunk: Buffer) => {
      if (chunk.includes('UMS: LUN 0')) setImmediate(() => board.pullCable())
    })
  }
  await expect(all.boot({}, { unplugged: true }, { meanwhile })).rejects.toThrow(
    /went on lending its medium no longer: it sees no USB cable\. .*Check USB cable connection/,
  )
})

test('^C that U-Boot did not see is typed again', async () => {
  const all = await setup()
  const { fault, board } = await all.boot({}, { deafTo: 1 })
  expect(fault).toBeUndefined()
  expect(board.typed().match(/\x03{2}/)).not.toBeNull()
})

test('cancel ends the waiting, and leaves nothing', async () => {
  const all = await setup()
  const abort = new AbortController()
  const reason = new Error('cancelled')
  const meanwhile = (board: UmsBoard): void => {
    board.console.on('data', (chunk: Buffer) => void (chunk.includes('UMS: LUN 0') && abort.abort(reason)))
  }
  await expect(all.boot({}, { unplugged: true }, { signal: abort.signal, meanwhile })).rejects.toBe(reason)
  expect(await all.left()).toEqual([])
})

test('firmware is written where the lab says, and a stack without such a place is refused', async () => {
  const all = await setup()
  const firmware = join(all.folder, 'firmware')
  await writeFile(firmware, randomBytes(70_001))
  Object.assign(all.files, { firmware })
  await expect(all.boot()).rejects.toThrow(/does not say where on its medium firmware lies/)
  for (const base of [undefined, all.base]) {
    await write(all.card, 32_768, Buffer.alloc(100))
    await all.boot({ firmwareAt: 32_768, ...(base !== undefined && { base }) })
    expect((await readFile(all.card)).subarray(32_768, 32_768 + 70_001).equals(await readFile(firmware))).toBe(true)
  }
})

test('a path is waited for while its folder is not there yet, and on a host behind ssh, too', async () => {
  const folder = await tempFolder()
  const path = join(folder, 'disk/by-id/card')
  let there = false
  const waiting = awaitPath(hereLink(), path, never).then(() => (there = true))
  for (const step of ['disk', 'disk/by-id']) {
    await mkdir(join(folder, step))
    await new Promise(setImmediate)
  }
  await symlink('nowhere', path)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(there).toBe(false)
  await rm(path)
  await writeFile(path, 'x')
  await waiting
  const [port] = await freePorts(1)
  const sshd = await startSshd({ folder: join(folder, 'sshd'), port: port! })
  onTestFinished(() => sshd.stop())
  const host = sshLink(sshd.host('bench'))
  onTestFinished(() => host.close())
  await awaitPath(host, path, never)
  const far = awaitPath(host, join(folder, 'far'), never)
  await writeFile(join(folder, 'far'), 'x')
  await far
  const abort = new AbortController()
  const cut = awaitPath(host, join(folder, 'none'), abort.signal)
  abort.abort(new Error('cancelled'))
  await expect(cut).rejects.toThrow('cancelled')
})

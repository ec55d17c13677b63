import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { muxFlash } from '../../../../targets/board/flash/mux.ts'
import { commandFlash } from '../../../../targets/board/flash/command.ts'
import { extlinuxConfig } from '../../../../targets/board/flash/extlinux.ts'
import { ownFolder } from '../../../../targets/board/flash/own-folder.ts'
import { tftpFlash } from '../../../../targets/board/flash/tftp.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { muxCard, type MuxCard } from '../../../rack/mux.ts'
import { tinyKernel } from '../../../rack/tiny-kernel.ts'
import { startUBoot } from '../../../rack/u-boot.ts'
import { hereLink } from './here-link.ts'

const never = new AbortController().signal
const megabyte = 1 << 20

/** A card with a boot loader before its file system and a file of the vendor's in it, and the copy that was made of it. */
const own = () => ownFolder(hereLink(), `untrusted-${process.pid}`)

async function setUpCard() {
  const folder = await tempFolder()
  const card = await muxCard(folder, 64)
  await write(card.medium, 8192, randomBytes(100_000))
  await writeFile(join(folder, 'config.txt'), 'enable_uart=1\n')
  await execa('mcopy', ['-i', `${card.medium}@@${megabyte}`, join(folder, 'config.txt'), '::/config.txt'])
  const base = join(folder, 'as-set-up.img')
  await copyFile(card.medium, base)
  const files = { image: await tinyKernel(folder), initrd: join(folder, 'initrd'), cmdline: 'console=ttyAMA0 right' }
  await writeFile(files.initrd, randomBytes(100_001))
  const host = hereLink()
  const way = { kind: 'mux', control: card.control, device: card.atHost, partition: 1 } as const
  const flash = (more: { base?: string; firmwareAt?: number } = {}) =>
    muxFlash({ ...way, ...more }, host, own(), async () => 'off')
  return { folder, card, base, files, host, flash }
}

async function write(path: string, at: number, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.write(bytes, 0, bytes.length, at)
  } finally {
    await file.close()
  }
}

/** What a kernel can do to the medium that it runs from: another partition is made the one that U-Boot boots. */
async function hijack(folder: string, card: MuxCard): Promise<void> {
  const [from, sectors] = [40 * 2048, 20 * 2048]
  const entry = Buffer.alloc(16)
  entry.set([0x80, 0, 0, 0, 0x0c, 0, 0, 0])
  entry.writeUInt32LE(from, 8)
  entry.writeUInt32LE(sectors, 12)
  await write(card.medium, 446, Buffer.from([0]))
  await write(card.medium, 446 + 16, entry)
  const config = join(folder, 'hijack.conf')
  await writeFile(config, extlinuxConfig('/Image', '/initrd.img', 'console=ttyAMA0 hijacked'))
  const at = `${card.medium}@@${from * 512}`
  await execa('mformat', ['-i', at, '-T', String(sectors), '::'])
  await execa('mmd', ['-i', at, '::/extlinux'])
  await execa('mcopy', ['-i', at, config, '::/extlinux/extlinux.conf'])
  await execa('mcopy', ['-i', at, join(folder, 'Image'), '::/Image'])
  await execa('mcopy', ['-i', at, join(folder, 'initrd'), '::/initrd.img'])
}

async function saidByBoard(folder: string, card: MuxCard): Promise<string> {
  const board = startUBoot({ disk: card.atBoard }, join(folder, 'qemu.log'))
  onTestFinished(() => board.stop())
  let said = ''
  for await (const chunk of board.console as AsyncIterable<Buffer>) said += chunk.toString('latin1')
  return said
}

test('whatever a kernel left on the medium, the next attempt boots its own files from the medium as it was set up', async () => {
  const { folder, card, base, files, flash } = await setUpCard()
  const first = await flash({ base }).flash(files, never)
  expect(first).toMatchObject({ files: [{ name: 'medium', written: true }], remarks: [] })
  const wanted = await readFile(card.medium)
  await hijack(folder, card)
  const again = await flash({ base }).flash(files, never)
  expect(again.files).toEqual(first.files)
  expect(again.remarks).toEqual([
    `Before its file system the medium ${card.atHost} was not as ${base} has it: the table or the boot loader had been changed, and was written back.`,
  ])
  expect((await readFile(card.medium)).equals(wanted)).toBe(true)
  expect(await saidByBoard(folder, card)).toContain('TINY cmdline=console=ttyAMA0 right\r\n')
  expect((await flash({ base }).flash(files, never)).files).toMatchObject([{ name: 'medium', written: false }])
})

test('without a copy of the medium only the files are put right, and a board can be made to boot others', async () => {
  const { folder, card, files, flash } = await setUpCard()
  await flash().flash(files, never)
  await hijack(folder, card)
  expect((await flash().flash(files, never)).files.map(({ written }) => written)).toEqual([false, false, false])
  expect(await saidByBoard(folder, card)).toContain('TINY cmdline=console=ttyAMA0 hijacked\r\n')
})

test('a medium without a table or a file system is made what it was, and only pieces that differ are written', async () => {
  const { card, base, files, host, flash } = await setUpCard()
  await flash({ base }).flash(files, never)
  const wanted = await readFile(card.medium)
  await write(card.medium, 0, Buffer.alloc(5 * megabyte))
  await write(card.medium, 50 * megabyte + 77, Buffer.from('left behind'))
  const before = host.ran.length
  await flash({ base }).flash(files, never)
  expect((await readFile(card.medium)).equals(wanted)).toBe(true)
  const written = host.ran.slice(before).filter((words) => words.includes(`of=${card.atHost}`))
  const places = written.map((words) => words.filter((word) => /^(seek|count)=/.test(word)))
  expect(places.at(-1)).toEqual(['seek=12', 'count=1'])
  expect(places.length).toBeLessThan(4)
})

test('firmware is part of the whole medium, and changing it is no surprise', async () => {
  const { folder, card, base, files, flash } = await setUpCard()
  const firmware = join(folder, 'firmware')
  await writeFile(firmware, randomBytes(70_001))
  const done = await flash({ base, firmwareAt: 8192 }).flash({ ...files, firmware }, never)
  expect(done.remarks).toEqual([])
  expect((await readFile(card.medium)).subarray(8192, 8192 + 70_001)).toEqual(await readFile(firmware))
})

test('a medium that is smaller than its copy, and a copy that is not there, are told', async () => {
  const { folder, card, base, files, flash } = await setUpCard()
  await truncate(card.medium, 60 * megabyte)
  await expect(flash({ base }).flash(files, never)).rejects.toThrow(
    `${card.atHost} on host here ends before ${64 * megabyte} bytes, or cannot be read to there.`,
  )
  await expect(flash({ base: join(folder, 'none') }).flash(files, never)).rejects.toThrow(
    /could not copy .*none: cp ended with code 1 and said ".*No such file or directory"/,
  )
  expect(await readdir(folder)).not.toContain('medium')
})

test('by TFTP and by a command files are brought anew for each attempt, whatever became of the last ones', async () => {
  const { folder, files } = await setUpCard()
  const tftp = join(folder, 'tftp')
  await mkdir(tftp)
  const way = { kind: 'tftp' as const, folder: tftp, server: '10.0.2.2', network: ['dhcp'] }
  const served = async (): Promise<Buffer> => {
    const { offer } = await tftpFlash(way, hereLink(), '1.1.1').flash(files, never)
    return readFile(join(tftp, offer!.kernel.command.split(' ').at(-1)!))
  }
  expect(await served()).toEqual(await readFile(files.image))
  await writeFile(join(tftp, 'hyplab-1.1.1/k'), 'what a board may put there where the server lets it')
  expect(await served()).toEqual(await readFile(files.image))
  const medium = join(folder, 'by-command')
  const command = { kind: 'command', run: ['cp', '{image}', medium] } as const
  for (let attempts = 0; attempts < 2; attempts++) {
    const flash = commandFlash({ ...command, run: [...command.run] }, hereLink(), own())
    expect((await flash.flash(files, never)).files).toMatchObject([{ name: 'image', written: true }])
    expect(await readFile(medium)).toEqual(await readFile(files.image))
    await flash.clear()
    await writeFile(medium, 'changed by the kernel that ran')
  }
})

import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { foldersFrom } from '../../../../host/folders.ts'
import { mmcFlash } from '../../../../targets/board/flash/mmc.ts'
import { ownFolder } from '../../../../targets/board/flash/own-folder.ts'
import { startByUBoot } from '../../../../targets/board/loader/start-u-boot.ts'
import { writeMedium } from '../../../../targets/board/loader/write-medium.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { muxCard } from '../../../rack/mux.ts'
import { orangePiArguments, writeOrangePiUBoot } from '../../../rack/orangepi.ts'
import { bootBoard, debianLoader } from '../loader/booted-board.ts'
import { hereLink } from './here-link.ts'

const never = new AbortController().signal
const megabyte = 1 << 20
/** QEMU's card is slow, and its size a power of two. */
const megabytes = 16
const size = megabytes * megabyte

/** A board whose U-Boot is on its own card, and a copy of that card as it was set up. */
async function setup() {
  const folder = await tempFolder()
  const { medium: base } = await muxCard(folder, megabytes)
  await writeOrangePiUBoot(base, folder, foldersFrom())
  const card = join(folder, 'card.img')
  await copyFile(base, card)
  const tftp = join(folder, 'tftp')
  await mkdir(tftp)
  const files = { image: join(folder, 'kernel'), initrd: join(folder, 'initrd'), cmdline: 'quiet' }
  await writeFile(files.image, randomBytes(300_000))
  await writeFile(files.initrd, randomBytes(100_001))
  const server = { folder: tftp, server: '10.0.2.2', network: ['dhcp'] }
  const way = { kind: 'mmc' as const, device: 0, base, partition: 1, ...server }
  const flash = mmcFlash(way, hereLink(), '1.1.1', ownFolder(hereLink(), `mmc-${process.pid}-1`))
  const boot = () => bootBoard(folder, { machine: orangePiArguments(card, tftp) })
  return { folder, base, card, tftp, files, way, flash, boot }
}

/** What a board's card should be: the base, with the files in it as mtools finds them. */
async function expectCard({ card, base, files }: Awaited<ReturnType<typeof setup>>): Promise<void> {
  const [now, before] = await Promise.all([readFile(card), readFile(base)])
  expect(now.subarray(0, megabyte).equals(before.subarray(0, megabyte))).toBe(true)
  for (const [name, from] of [
    ['Image', files.image],
    ['initrd.img', files.initrd],
  ] as const) {
    const words = ['-n', '-i', `${card}@@${megabyte}`, `::/${name}`, '-']
    const { stdout } = await execa('mcopy', words, { encoding: 'buffer', stripFinalNewline: false })
    expect(Buffer.from(stdout).equals(await readFile(from))).toBe(true)
  }
}

test("a board's own card becomes what it was set up as, with kernel and initrd, and only pieces that differ are written", async () => {
  const all = await setup()
  const { offer } = await all.flash.flash(all.files, never)
  // What a kernel has left there.
  const card = await open(all.card, 'r+')
  await card.write(Buffer.from('left behind'), 0, 11, 13 * megabyte + 77)
  await card.close()
  const board = all.boot()
  const { dialogue } = board
  const read: string[] = []
  const told = {
    loaded: ({ name }: { name: string }) => void read.push(name),
    medium: (file: string, words: string) => void read.push(`${file}: ${words}`),
  }
  const end = await startByUBoot(dialogue, { loader: debianLoader, offer: offer!, cmdline: 'quiet', told })
  // All but the last: this U-Boot is of 32 bits.
  expect(end).toMatchObject({
    started: false,
    fault: expect.stringMatching(/refused `booti .*Unknown command 'booti'/),
  })
  const entered = (what: string) =>
    dialogue.entered.flatMap((line) => line.split(/; | && /)).filter((command) => command.startsWith(what))
  const writes = ['mmc write ${kernel_addr_r} 0x0 0x2000', 'mmc write ${kernel_addr_r} 0x6000 0x2000']
  expect(entered('mmc write')).toEqual(writes)
  expect(entered('load mmc')).toHaveLength(2)
  expect(read).toEqual(['medium: 2 of 4 pieces had to be written', 'kernel', 'initrd'])
  expect(await writeMedium(dialogue, offer!.medium!, '0x42000000')).toEqual({ written: 0, of: 4 })
  expect(entered('mmc write')).toEqual(writes)
  await board.kill()
  await expectCard(all)
  await all.flash.clear()
  expect(await readdir(all.tftp)).toEqual([])
}, 300_000)

test('pieces are served with what proves each, and a card that is not there is told', async () => {
  const all = await setup()
  const { offer, files } = await all.flash.flash(all.files, never)
  const { medium } = offer!
  expect(medium).toMatchObject({ device: 0, pieceSize: 4 * megabyte, size })
  expect(files).toMatchObject([{ name: 'medium' }])
  const names = (await readdir(join(all.tftp, 'hyplab-1.1.1'))).toSorted()
  expect(names).toHaveLength(4)
  for (const [n, name] of names.entries()) {
    const bytes = await readFile(join(all.tftp, 'hyplab-1.1.1', name))
    expect(crc32(bytes).toString(16).padStart(8, '0')).toBe(medium!.crc32[n])
  }
  const board = all.boot()
  const other = { ...offer!, medium: { ...medium!, device: 1 } }
  await expect(startByUBoot(board.dialogue, { loader: debianLoader, offer: other, cmdline: '' })).rejects.toMatchObject(
    { code: 'PlaceBroken', message: expect.stringMatching(/could not do `mmc dev 1` with its medium/) },
  )
})

test('a base that is no medium, and a stack that has no place on it, end it, and nothing is left', async () => {
  const all = await setup()
  const odd = join(all.folder, 'odd.img')
  await copyFile(all.base, odd)
  const file = await open(odd, 'r+')
  await file.truncate(size + 100)
  await file.close()
  const flash = mmcFlash({ ...all.way, base: odd }, hereLink(), '1.1.2', ownFolder(hereLink(), `mmc-${process.pid}-2`))
  await expect(flash.flash(all.files, never)).rejects.toThrow(
    /odd\.img has 16777316 bytes, and cannot be a board's medium/,
  )
  const firmware = join(all.folder, 'firmware')
  await writeFile(firmware, 'x')
  await expect(all.flash.flash({ ...all.files, firmware }, never)).rejects.toThrow(
    /does not say where on its medium firmware lies/,
  )
  expect(await readdir(all.tftp)).toEqual([])
})

import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, readlink, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { FlashWay } from '../../../../domain/lab/flash-spec.ts'
import { awaitMedium } from '../../../../targets/board/flash/medium.ts'
import { muxFlash } from '../../../../targets/board/flash/mux.ts'
import { ownFolder } from '../../../../targets/board/flash/own-folder.ts'
import { whyLoadFailed } from '../../../../targets/board/loader/load-failure.ts'
import { startByUBoot } from '../../../../targets/board/loader/start-u-boot.ts'
import type { OutletState } from '../../../../targets/board/power/power.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { muxCard, type MuxCard } from '../../../rack/mux.ts'
import { startUBoot } from '../../../rack/u-boot.ts'
import { tinyKernel } from '../../../rack/tiny-kernel.ts'
import { bootBoard, debianLoader } from '../loader/booted-board.ts'
import { hereLink } from './here-link.ts'

const never = new AbortController().signal
const start = 1 << 20

interface Setup {
  folder: string
  card: MuxCard
  files: { image: string; initrd: string; cmdline: string }
  host: ReturnType<typeof hereLink>
  flash(power?: OutletState, way?: Partial<Extract<FlashWay, { kind: 'mux' }>>): ReturnType<typeof muxFlash>
}

async function setup(megabytes = 64): Promise<Setup> {
  const folder = await tempFolder()
  const card = await muxCard(folder, megabytes)
  const files = { image: join(folder, 'kernel'), initrd: join(folder, 'initrd'), cmdline: 'console=ttyAMA0 quiet' }
  await writeFile(files.image, randomBytes(300_000))
  await writeFile(files.initrd, randomBytes(100_001))
  const host = hereLink()
  const way = { kind: 'mux', control: card.control, device: card.atHost, partition: 1 } as const
  const own = ownFolder(host, `mux-${process.pid}`)
  const flash: Setup['flash'] = (power = 'off', more = {}) =>
    muxFlash({ ...way, ...more }, host, own, async () => power)
  return { folder, card, files, host, flash }
}

/** What mtools finds on the card itself. */
async function onCard({ card }: Setup, name: string): Promise<Buffer> {
  const { stdout } = await execa('mcopy', ['-n', '-i', `${card.medium}@@${start}`, `::/${name}`, '-'], {
    encoding: 'buffer',
    stripFinalNewline: false,
  })
  return Buffer.from(stdout)
}

const side = async ({ card }: Setup): Promise<string> => readlink(card.atHost)

test('kernel, initrd and command line are written, and a second time only what differs', async () => {
  const all = await setup()
  const first = await all.flash().flash(all.files, never)
  expect(first.files.map(({ name, written }) => ({ name, written }))).toEqual([
    { name: 'Image', written: true },
    { name: 'initrd.img', written: true },
    { name: 'extlinux/extlinux.conf', written: true },
  ])
  expect(await onCard(all, 'Image')).toEqual(await readFile(all.files.image))
  expect(String(await onCard(all, 'extlinux/extlinux.conf'))).toContain('  append console=ttyAMA0 quiet\n')
  await writeFile(all.files.initrd, 'another')
  const before = all.host.ran.length
  const second = await all.flash().flash({ ...all.files, cmdline: 'debug' }, never)
  expect(second.files.map(({ written }) => written)).toEqual([false, true, true])
  expect(String(await onCard(all, 'extlinux/extlinux.conf'))).toContain('  append debug\n')
  expect(all.host.ran.slice(before).filter((words) => words[0] === 'put')).toHaveLength(2)
  expect(String(await onCard(all, 'initrd.img'))).toBe('another')
  const { stdout } = await execa('mdir', ['-b', '-i', `${all.card.medium}@@${start}`, '::'])
  expect(stdout).not.toMatch(/\.part/i)
  expect(await side(all)).toBe('no-medium/none')
})

test('a bit that flipped on the medium is found, and the file is written again', async () => {
  const all = await setup()
  await all.flash().flash(all.files, never)
  const medium = await readFile(all.card.medium)
  const at = medium.indexOf((await readFile(all.files.image)).subarray(0, 64))
  expect(at).toBeGreaterThan(start)
  const card = await open(all.card.medium, 'r+')
  await card.write(Buffer.from([medium[at + 20_000]! ^ 4]), 0, 1, at + 20_000)
  await card.close()
  const again = await all.flash().flash(all.files, never)
  expect(again.files.map(({ written }) => written)).toEqual([true, false, false])
  expect(await onCard(all, 'Image')).toEqual(await readFile(all.files.image))
})

test.each(['on', 'unknown'] as const)('a board whose power is %s keeps its medium', async (power) => {
  const all = await setup()
  await expect(all.flash(power).flash(all.files, never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringContaining(`whose power is ${power}: switch the board off first`),
  })
  expect(all.host.ran).toEqual([])
})

test('a mux that does not obey is found by asking it, and one that cannot be asked for by its words', async () => {
  const all = await setup()
  const control = { ...all.card.control, toHost: ['true'] } as typeof all.card.control
  await expect(all.flash('off', { control }).flash(all.files, never)).rejects.toThrow(
    /switched to the host by true on host here, and it stands at the board/,
  )
  const missing = { program: 'usbsdmux', id: '/dev/sg0' } as const
  await expect(all.flash('off', { control: missing }).flash(all.files, never)).rejects.toThrow(
    'Host here could not switch the medium to the host: it has no command usbsdmux; install it there.',
  )
})

test('the stand-in itself gives nothing to write to on the other side', async () => {
  const { card } = await setup()
  const before = createHash('sha256')
    .update(await readFile(card.medium))
    .digest('hex')
  const { exitCode } = await execa('dd', ['if=/dev/zero', `of=${card.atHost}`, 'bs=512', 'count=1'], { reject: false })
  expect(exitCode).toBe(1)
  expect(
    createHash('sha256')
      .update(await readFile(card.medium))
      .digest('hex'),
  ).toBe(before)
})

test('a medium that is full says so, keeps the old file, and goes back to the board', async () => {
  const all = await setup(40)
  await all.flash().flash(all.files, never)
  const old = await readFile(all.files.initrd)
  await truncate(all.files.initrd, 60 << 20)
  await expect(all.flash().flash(all.files, never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(/could not write initrd\.img onto .*at-host.*Disk full/),
  })
  expect(await onCard(all, 'initrd.img')).toEqual(old)
  await writeFile(all.files.initrd, randomBytes(10 << 20))
  expect((await all.flash().flash(all.files, never)).files[1]).toMatchObject({ written: true })
  expect(await side(all)).toBe('no-medium/none')
})

test('a file that is read back as something else than was written is said to be the medium', async () => {
  const all = await setup()
  const bin = join(all.folder, 'bin')
  await mkdir(bin)
  // A medium that forgets is one whose file system holds another file after the write.
  const script = `#!/bin/sh\nfor last; do :; done\n[ "$last" = - ] || { echo damaged >"${bin}/other"; exec /usr/bin/mcopy -o -i "$3" "${bin}/other" "$last"; }\nexec /usr/bin/mcopy "$@"\n`
  await writeFile(join(bin, 'mcopy'), script)
  await chmod(join(bin, 'mcopy'), 0o755)
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`)
  const flashed = all.flash().flash(all.files, never)
  await expect(flashed).rejects.toThrow(
    /Image was written onto .* and is read back with sha256 .*: the medium or its reader is failing/,
  )
  vi.unstubAllEnvs()
  expect(await side(all)).toBe('no-medium/none')
})

test('firmware is written where the board looks for it, read back, and left alone the next time', async () => {
  const all = await setup()
  const firmware = join(all.folder, 'firmware')
  await writeFile(firmware, randomBytes(70_001))
  const files = { ...all.files, firmware }
  await expect(all.flash().flash(files, never)).rejects.toThrow(/does not say where on its medium firmware lies/)
  const flash = () => all.flash('off', { firmwareAt: 32_768 }).flash(files, never)
  expect((await flash()).files.at(-1)).toMatchObject({ name: 'firmware', written: true })
  expect((await readFile(all.card.medium)).subarray(32_768, 32_768 + 70_001)).toEqual(await readFile(firmware))
  expect((await flash()).files.map(({ written }) => written)).toEqual([false, false, false, false])
})

test('cancel ends it with its reason, the medium goes back to the board, and no file is left', async () => {
  const all = await setup()
  vi.stubEnv('TMPDIR', join(all.folder, 'tmp'))
  await mkdir(join(all.folder, 'tmp'))
  const abort = new AbortController()
  const reason = new Error('cancelled')
  const put = all.host.put.bind(all.host)
  all.host.put = async (...args) => {
    abort.abort(reason)
    return put(...args)
  }
  await expect(all.flash().flash(all.files, abort.signal)).rejects.toBe(reason)
  expect(await side(all)).toBe('no-medium/none')
  expect(await readdir(join(all.folder, 'tmp'))).toEqual([])
  vi.unstubAllEnvs()
})

test('a medium that is there a moment after the switch is waited for', async () => {
  const folder = await tempFolder()
  const device = join(folder, 'card')
  await symlink('no-medium', device)
  await writeFile(join(folder, 'medium'), 'x')
  setTimeout(() => void rm(device).then(() => symlink('medium', device)), 100)
  await awaitMedium(hereLink(), device, never)
  const abort = new AbortController()
  setTimeout(() => abort.abort(new Error('cancelled')), 50)
  await expect(awaitMedium(hereLink(), join(folder, 'none'), abort.signal)).rejects.toThrow('cancelled')
})

test('a board that starts by itself boots what was flashed, with its command line', async () => {
  const all = await setup()
  const image = await tinyKernel(all.folder)
  const cmdline = 'console=ttyAMA0 dyndbg="file a.c +p; file b.c +p"'
  await all.flash().flash({ ...all.files, image, cmdline }, never)
  const board = startUBoot({ disk: all.card.atBoard }, join(all.folder, 'qemu.log'))
  onTestFinished(() => board.stop())
  let said = ''
  for await (const chunk of board.console as AsyncIterable<Buffer>) said += chunk.toString('latin1')
  expect(said).toContain(`TINY cmdline=${cmdline}\r\n`)
  expect(said).toContain('TINY off')
})

test('a boot loader is told to load from the medium, and reads back what was flashed', async () => {
  const all = await setup()
  const image = await tinyKernel(all.folder)
  const { offer, files } = await all.flash('off', { loadFrom: 'virtio 0:1' }).flash({ ...all.files, image }, never)
  expect(files.map(({ name }) => name)).toEqual(['Image', 'initrd.img'])
  const board = bootBoard(all.folder, { disk: all.card.atBoard })
  const end = await startByUBoot(board.dialogue, { loader: debianLoader, offer: offer!, cmdline: 'quiet' })
  await board.off
  expect(end).toMatchObject({ started: true, loaded: [{ name: 'kernel' }, { size: 100_001 }] })
  expect(board.said()).toContain('TINY cmdline=quiet\r\n')
})

test('what U-Boot says of a medium that it cannot load from is understood', async () => {
  const all = await setup()
  const board = bootBoard(all.folder, { disk: all.card.medium })
  await board.dialogue.toPrompt()
  const why = async (from: string) => {
    const { code, output } = await board.dialogue.ask(`load ${from} \${kernel_addr_r} Image`)
    expect(code).toBe(1)
    return whyLoadFailed(output)?.why
  }
  expect(await why('virtio 0:1')).toBe("the file is not on the board's medium (Failed to load 'Image')")
  expect(await why('virtio 0:2')).toMatch(/cannot read its medium \(\*\* Invalid partition 2 \*\*\)/)
  expect(await why('mmc 0:1')).toMatch(/cannot read its medium \(\*\* Bad device specification mmc 0 \*\*\)/)
})

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { crc32 } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { uefiHttpFlash } from '../../../../targets/board/flash/uefi-http.ts'
import type { ConsoleLine } from '../../../../targets/board/console/console-source.ts'
import { EfiShell } from '../../../../targets/board/loader/efi-shell.ts'
import { startLoader } from '../../../../targets/board/loader/start-loader.ts'
import { startByUefi } from '../../../../targets/board/loader/start-uefi.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { edk2Arguments, newVariables } from '../../../rack/edk2.ts'
import { tinyEfi } from '../../../rack/tiny-efi.ts'
import { startUBoot } from '../../../rack/u-boot.ts'
import { startWebServer } from '../../../rack/web-server.ts'
import { hereLink } from '../flash/here-link.ts'

const never = new AbortController().signal

/** Powers a board with EDK2 on; its shell is told what a test says. */
function boot(folder: string, network: boolean, silence = 60) {
  const board = startUBoot({ machine: edk2Arguments(folder, network) }, join(folder, 'qemu.log'))
  onTestFinished(() => board.stop())
  const write = (text: string): void => void board.console.write(text)
  const shell = new EfiShell(write, { silence, echo: 3 }, never)
  let said = ''
  board.console.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1')
    shell.feed(chunk)
  })
  return { shell, said: () => said, board }
}

/** What a lab's file with `loader: uefi` becomes. */
const loader = { kind: 'uefi', prompt: '', autoboot: { says: '', key: '' }, deviceTree: '' } as const

/** A console that loses a character of one of the pieces that are typed. */
function losingOnce(console: Duplex, piece: number): ConsoleLine {
  let count = 0
  const stream = Object.create(console, {
    write: { value: (typed: string) => console.write(++count === piece ? typed.slice(1) : typed) },
  }) as Duplex
  return { stream, broken: new Promise(() => undefined), greeting: Buffer.alloc(0), close: () => Promise.resolve() }
}

async function setup() {
  const folder = await tempFolder()
  await newVariables(folder)
  const web = join(folder, 'web')
  await mkdir(web)
  const server = await startWebServer(web)
  onTestFinished(() => server.stop())
  const initrd = join(folder, 'initrd')
  await writeFile(initrd, randomBytes(123_457))
  const way = { kind: 'uefi-http' as const, folder: web, url: `http://10.0.2.2:${server.port}` }
  const flash = uefiHttpFlash(way, hereLink(), '1.1.1')
  // As an admin does once: without anything else to boot, the shell becomes the first that firmware starts.
  const alone = boot(folder, false)
  await alone.shell.toPrompt()
  await alone.board.stop()
  return { folder, web, server, files: { image: await tinyEfi(folder), initrd, cmdline: '' }, flash }
}

test('a kernel and its initrd are booted by HTTP, with a command line that a shell would take for its own', async () => {
  const { folder, web, server, files, flash } = await setup()
  const cmdline = `console=ttyAMA0 dyndbg="file a.c +p" a=%path% b=^c d=#e f=g>h|i ${'parameter.number=7919 '.repeat(20)}end`
  const flashed = await flash.flash({ ...files, cmdline }, never)
  expect(flashed.files.map(({ name }) => name)).toEqual(['EFI/BOOT/BOOTAA64.EFI', 'initrd.img'])
  const { said, board } = boot(folder, true)
  const start = startLoader(loader, cmdline, flashed, flash)!
  expect(await start(losingOnce(board.console, 9), never)).toBeUndefined()
  await board.ended
  expect(server.asked).toEqual(['HEAD /hyplab-1.1.1/boot.img', 'GET /hyplab-1.1.1/boot.img'])
  const sum = crc32(await readFile(files.initrd))
    .toString(16)
    .padStart(8, '0')
  expect(said()).toContain(`TINY cmdline=initrd=\\initrd.img ${cmdline}\r\n`)
  expect(said()).toContain(`TINY initrd=0001e241 ${sum}\r\nTINY off`)
  await flash.clear()
  expect(await readdir(web)).toEqual([])
}, 300_000)

test('an image that is not served is the fault of the lab', async () => {
  const { folder, server, files, flash } = await setup()
  const { uefi } = await flash.flash(files, never)
  const { shell } = boot(folder, true, 15)
  const gone = { ...uefi!, uri: uefi!.uri.replace('boot.img', 'none.img') }
  await expect(startByUefi(shell, gone, 'quiet')).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(/could not boot http:.*none\.img; check that the web server .*It said ".*Error: /),
  })
  expect(server.asked[0]).toBe('HEAD /hyplab-1.1.1/none.img')
}, 300_000)

test('a kernel without an EFI stub, a stack, and a file that is not there are refused, and nothing is left', async () => {
  const folder = await tempFolder()
  const files = { image: join(folder, 'kernel'), initrd: join(folder, 'initrd'), cmdline: '' }
  await writeFile(files.image, 'no kernel')
  const way = { kind: 'uefi-http' as const, folder: join(folder, 'web'), url: 'http://10.0.2.2' }
  const flash = uefiHttpFlash(way, hereLink(), '1.1.1')
  await expect(flash.flash(files, never)).rejects.toThrow(/is no EFI application.* build the kernel with CONFIG_EFI=y/)
  await expect(flash.flash({ ...files, firmware: 'x' }, never)).rejects.toThrow(/brings kernel and initrd only/)
  const image = await tinyEfi(folder)
  await expect(flash.flash({ ...files, image }, never)).rejects.toThrow(/initrd cannot be flashed/)
  expect(await readdir(way.folder)).toEqual([])
})

/** A real U-Boot on QEMU, whose memory the real OpenOCD writes: its JTAG is a stand-in, its memory a file that both have. */
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openocdFlash } from '../../../../targets/board/flash/openocd.ts'
import { ownFolder } from '../../../../targets/board/flash/own-folder.ts'
import { lendMedium } from '../../../../targets/board/loader/lend-medium.ts'
import { startByUBoot } from '../../../../targets/board/loader/start-u-boot.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { startJtagBoard } from '../../../rack/jtag/jtag-board.ts'
import type { BusDevice } from '../../../rack/jtag/nor-flash.ts'
import { tinyKernel } from '../../../rack/tiny-kernel.ts'
import { uBootArguments } from '../../../rack/u-boot.ts'
import { bootBoard, debianLoader } from '../loader/booted-board.ts'
import { hereLink } from './here-link.ts'

const never = new AbortController().signal
const megabytes = 256
/** Where QEMU's machine has its memory. */
const memoryAt = 0x40000000

/** Memory that is a file. */
function fileMemory(path: string, size: number): BusDevice {
  const file = openSync(path, 'r+')
  onTestFinished(() => closeSync(file))
  const bytesOf = Buffer.alloc(4)
  return {
    size,
    read(address, bytes) {
      readSync(file, bytesOf, 0, bytes, address)
      return bytesOf.readUIntLE(0, bytes)
    },
    write(address, value, bytes) {
      bytesOf.writeUIntLE(value, 0, bytes)
      writeSync(file, bytesOf, 0, bytes, address)
    },
  }
}

test('kernel and initrd that OpenOCD puts into memory at the prompt are proven by U-Boot, and start', async () => {
  const folder = await tempFolder()
  vi.stubEnv('TMPDIR', join(folder, 'tmp'))
  onTestFinished(() => void vi.unstubAllEnvs())
  mkdirSync(join(folder, 'tmp'))
  const memory = join(folder, 'memory')
  await writeFile(memory, '')
  await truncate(memory, megabytes << 20)
  const jtag = await startJtagBoard(folder, [{ at: memoryAt, device: fileMemory(memory, megabytes << 20) }])
  onTestFinished(() => jtag.stop())
  const files = { image: await tinyKernel(folder), initrd: join(folder, 'initrd'), cmdline: 'quiet' }
  await writeFile(files.initrd, randomBytes(3001))
  const loader = { ...debianLoader, kernelAddress: 0x40400000, initrdAddress: 0x41000000 }
  const way = { config: jtag.config, arguments: [], begin: ['reset init'], images: [], within: 120 }
  const host = hereLink()
  const power = { on: async () => undefined, off: async () => undefined }
  const flash = openocdFlash({ way, host, power }, loader, ownFolder(host, '1.1.1'))
  const { offer } = await flash.flash(files, never)
  const backend = `memory-backend-file,id=ram,size=${megabytes}M,mem-path=${memory},share=on`
  const machine = uBootArguments({ memory: megabytes }).map((word) =>
    word === 'virt' ? 'virt,memory-backend=ram' : word,
  )
  const board = bootBoard(folder, { machine: ['-object', backend, ...machine] })
  const serve = (file: Parameters<NonNullable<typeof flash.serve>>[0]) => flash.serve!(file, never)
  const end = await startByUBoot(board.dialogue, { loader, offer: offer!, cmdline: 'quiet', serve })
  expect(end).toMatchObject({
    started: true,
    loaded: [{ address: '0x40400000' }, { address: '0x41000000', size: 3001 }],
  })
  await board.off
  expect(board.said()).toContain('TINY cmdline=quiet\r\n')
  await flash.clear()
}, 300_000)

test('a real U-Boot that lends nothing says so in the words that are looked for', async () => {
  const folder = await tempFolder()
  const board = bootBoard(folder, {})
  await board.dialogue.toPrompt()
  const borrower = { ready: async () => undefined, write: () => Promise.reject(new Error('nothing is lent')) }
  const lent = { command: 'ums 0 mmc 0', content: { partition: 1, files: [] } }
  await expect(lendMedium(board.dialogue, lent, borrower)).rejects.toMatchObject({
    code: 'PlaceBroken',
    retryable: false,
    message: expect.stringMatching(
      /did not lend its medium: it has no such command: build it with CONFIG_CMD_USB_MASS/,
    ),
  })
  expect(await board.dialogue.ask('echo still here')).toEqual({ code: 0, output: 'still here\n' })
}, 120_000)

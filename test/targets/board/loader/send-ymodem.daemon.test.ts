import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { consoleOffer, sendYmodem } from '../../../../targets/board/loader/send-ymodem.ts'
import { startByUBoot } from '../../../../targets/board/loader/start-u-boot.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { tinyKernel } from '../../../rack/tiny-kernel.ts'
import { bootBoard, debianLoader } from './booted-board.ts'

const never = new AbortController().signal

test('kernel and initrd are sent over the console itself, also those that end in what XMODEM takes for padding', async () => {
  const folder = await tempFolder()
  const image = await tinyKernel(folder)
  const initrd = join(folder, 'initrd')
  await writeFile(initrd, Buffer.concat([randomBytes(2_001), Buffer.alloc(700, 0x1a)]))
  const offer = await consoleOffer({ image, initrd }, never)
  const board = bootBoard(folder, {})
  const serve = ({ name }: { name: string }) => sendYmodem(name === 'kernel' ? image : initrd, board.console, 20, never)
  const end = await startByUBoot(board.dialogue, { loader: debianLoader, offer, cmdline: 'quiet', serve })
  await board.off
  expect(end).toMatchObject({ started: true, loaded: [{ name: 'kernel' }, { size: 2_701 }] })
  expect(board.said()).toContain(`TINY initrd=00000a8d ${offer.initrd.crc32}`)
})

test('a board that does not answer is given up, cancel ends it, and a file that is not there is told', async () => {
  const folder = await tempFolder()
  const file = join(folder, 'file')
  await writeFile(file, 'x')
  await expect(sendYmodem(file, new PassThrough(), 0.3, never)).rejects.toThrow(/could not be sent over the console/)
  const abort = new AbortController()
  const reason = new Error('cancelled')
  setTimeout(() => abort.abort(reason), 100)
  const deaf = Object.assign(new PassThrough(), { write: () => true })
  await expect(sendYmodem(file, deaf, 60, abort.signal)).rejects.toBe(reason)
  await expect(sendYmodem(join(folder, 'none'), deaf, 20, never)).rejects.toThrow(/sb ended with code/)
  await expect(sendYmodem(file, deaf, 0.3, never)).rejects.toThrow('the board said nothing for 0.3 s')
})

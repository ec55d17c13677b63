import { randomBytes } from 'node:crypto'
import { mkdir, writeFile, chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownNetwork } from '../../../../host/own-network.ts'
import { describeFile } from '../../../../targets/board/flash/describe-file.ts'
import type { Flash } from '../../../../targets/board/flash/flash.ts'
import { tftpFlash } from '../../../../targets/board/flash/tftp.ts'
import { startByUBoot } from '../../../../targets/board/loader/start-u-boot.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { tftpdAddress, withTftpd } from '../../../rack/tftpd.ts'
import { tinyKernel } from '../../../rack/tiny-kernel.ts'
import { hereLink } from '../flash/here-link.ts'
import { bootBoard, debianLoader } from './booted-board.ts'
import { lossyWire } from './lossy-wire.ts'

const never = new AbortController().signal
/** slirp's own server; `ethact` is set by U-Boot when it finds the card. */
const slirp = { kind: 'tftp', server: '10.0.2.2', network: ['dhcp'] } as const

type Order = Parameters<typeof startByUBoot>[1]

interface Setup {
  folder: string
  tftp: string
  image: string
  initrd: string
  flash: Flash
}

async function setup(server: string = slirp.server, network: string[] = ['dhcp']): Promise<Setup> {
  const folder = await tempFolder()
  const tftp = join(folder, 'tftp')
  await mkdir(tftp)
  await chmod(folder, 0o755)
  const image = await tinyKernel(folder, 200_000)
  const initrd = join(folder, 'initrd')
  await writeFile(initrd, randomBytes(123_457))
  const flash = tftpFlash({ kind: 'tftp', folder: tftp, server, network }, hereLink(), '1.1.1')
  return { folder, tftp, image, initrd, flash }
}

/** As long as a kernel takes, with everything in it that a shell may take for its own. */
function longCmdline(length: number): string {
  const special = `console=ttyAMA0 dyndbg="file a.c +p; file b.c +p" a=$x b=\${filesize} c='d e' f=\\n g=\\\\ h="i'j" k=#l m=*?[n] o=p&q|r<s>t `
  let text = special
  for (let n = 0; text.length < length; n++) text += `parameter.number_${n}=${n * 7919} `
  return text.slice(0, length - 1) + '.'
}

test('a kernel is loaded by TFTP, read back, and started with its initrd and a command line of 1,500 characters', async () => {
  const { folder, tftp, image, initrd, flash } = await setup()
  const cmdline = longCmdline(1_500)
  const { offer } = await flash.flash({ image, initrd, cmdline }, never)
  const board = bootBoard(folder, { tftp })
  const end = await startByUBoot(board.dialogue, { loader: debianLoader, offer: offer!, cmdline })
  await board.off
  const proof = await describeFile(initrd, never)
  expect(end).toMatchObject({
    started: true,
    loaded: [{ name: 'kernel' }, { name: 'initrd', size: 123_457, crc32: proof.crc32 }],
    remarks: [],
  })
  expect(board.said()).toContain(`TINY cmdline=${cmdline}\r\n`)
  expect(board.said()).toContain(`TINY initrd=0001e241 ${proof.crc32}\r\nTINY off`)
})

test.each([
  [
    'a file that is not served',
    (order: Order) => void (order.offer.kernel.command = 'tftpboot {address} none'),
    /TFTP server refused it \("File not found"\)/i,
  ],
  [
    'a file that would run into memory that U-Boot keeps',
    (order: Order) => void (order.loader.kernelAddress = 0x4ffe_0000),
    /ran into memory that U-Boot keeps/,
  ],
  [
    'a server that is not there',
    (order: Order) => void order.offer.prepare.push('setenv serverip 10.0.2.77'),
    /nobody has the address of its server|server does not answer/,
  ],
  [
    'a network that was not brought up',
    (order: Order) => void (order.offer.prepare = []),
    /the board has no network|TFTP server/,
  ],
  [
    'an unknown command',
    (order: Order) => void (order.offer.kernel.command = 'wget {address} x'),
    /has no command wget/,
  ],
  [
    'a preparation that fails',
    (order: Order) => void order.offer.prepare.push('false'),
    /`false`, which has to come before the first load, failed with code 1/,
  ],
])('%s: the load says why, and nothing is booted', async (_, spoil, message) => {
  const { folder, tftp, image, initrd, flash } = await setup()
  const { offer } = await flash.flash({ image, initrd, cmdline: '' }, never)
  const order: Order = { loader: { ...debianLoader }, offer: offer!, cmdline: 'quiet' }
  spoil(order)
  const board = bootBoard(folder, { tftp })
  await expect(startByUBoot(board.dialogue, order)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(message),
  })
  expect(board.said()).not.toContain('booti')
})

test('a file that changed on its way to the board is loaded once more, and not booted', async () => {
  const { folder, tftp, image, initrd, flash } = await setup()
  const { offer } = await flash.flash({ image, initrd, cmdline: '' }, never)
  const board = bootBoard(folder, { tftp })
  const other = { ...offer!, initrd: { ...offer!.initrd, crc32: '12345678' } }
  const order = { loader: debianLoader, offer: other, cmdline: 'quiet' }
  await expect(startByUBoot(board.dialogue, order)).rejects.toThrow(
    /loaded as initrd is not the file: its memory holds 123457 bytes/,
  )
  expect(board.said().match(/tftpboot \S+ \S+\/i/g)).toHaveLength(2)
  expect(board.said()).not.toContain('booti')
})

test('a board that is reset in mid-dialogue, and an image that is no kernel, are given back as what firmware did', async () => {
  const { folder, tftp, initrd, flash } = await setup()
  const { offer } = await flash.flash({ image: initrd, initrd, cmdline: '' }, never)
  const resetting = bootBoard(folder, { tftp })
  const prepared = { ...offer!, prepare: ['reset'] }
  const reset = await startByUBoot(resetting.dialogue, { loader: debianLoader, offer: prepared, cmdline: 'quiet' })
  expect(reset).toMatchObject({
    started: false,
    fault: expect.stringMatching(/reset under us during `[^`]*&& reset`.*"U-Boot 20/),
  })
  await resetting.kill()
  const board = bootBoard(folder, { tftp })
  const end = await startByUBoot(board.dialogue, { loader: debianLoader, offer: offer!, cmdline: 'quiet' })
  expect(end).toMatchObject({
    started: false,
    fault: expect.stringMatching(/refused `booti .*Bad Linux ARM64 Image magic!/),
  })
})

test('a board whose power goes in mid-dialogue is told as silent', async () => {
  const { folder, tftp, image, initrd, flash } = await setup()
  const { offer } = await flash.flash({ image, initrd, cmdline: '' }, never)
  const board = bootBoard(folder, { tftp }, { silence: 2 })
  const order = { loader: debianLoader, offer: offer!, cmdline: 'quiet' }
  const ended = startByUBoot(board.dialogue, order)
  await board.says('dhcp && ')
  await board.kill()
  expect(await ended).toMatchObject({ started: false, fault: expect.stringMatching(/fell silent/) })
})

test('cancel in mid-dialogue ends it with its reason', async () => {
  const { folder, tftp, image, initrd, flash } = await setup()
  const { offer } = await flash.flash({ image, initrd, cmdline: '' }, never)
  const abort = new AbortController()
  const reason = new Error('cancelled')
  const board = bootBoard(folder, { tftp }, { signal: abort.signal })
  const ended = startByUBoot(board.dialogue, { loader: debianLoader, offer: offer!, cmdline: 'quiet' })
  await board.says('dhcp && ')
  abort.abort(reason)
  await expect(ended).rejects.toBe(reason)
})

test.each([
  [1e-3, 1],
  [1e-3, 2],
  [5e-3, 3],
  [1e-2, 4],
  [1e-2, 5],
  [3e-2, 6],
])(
  'a wire that drops and doubles typed characters at %f (seed %i): the right files are booted, or it is said',
  async (rate, seed) => {
    const { folder, tftp, image, initrd, flash } = await setup()
    const cmdline = longCmdline(600)
    const { offer } = await flash.flash({ image, initrd, cmdline }, never)
    const { wire, damage } = lossyWire(rate, seed)
    const board = bootBoard(folder, { tftp }, { wire, echo: 0.3 })
    const end = await startByUBoot(board.dialogue, { loader: debianLoader, offer: offer!, cmdline }).catch(
      (error: unknown) => error,
    )
    expect(damage.dropped + damage.doubled).toBeGreaterThan(0)
    if (rate <= 5e-3) expect(end).toMatchObject({ started: true })
    if (end instanceof Error) {
      expect(end).toMatchObject({ code: 'PlaceBroken', message: expect.stringMatching(/lost characters of/) })
      expect(board.said()).not.toContain('TINY')
      return
    }
    await board.off
    const { crc32 } = await describeFile(initrd, never)
    expect(end).toMatchObject({ started: true, remarks: [expect.stringMatching(/^\d+ lines were typed again/)] })
    expect(board.said()).toContain(`TINY cmdline=${cmdline}\r\n`)
    expect(board.said()).toContain(`TINY initrd=0001e241 ${crc32}\r\n`)
  },
)

const network = await ownNetwork()

test.skipIf('refused' in network)(
  'tftpd-hpa serves what was flashed, and its refusals are told in its own words',
  async () => {
    const through = 'through' in network ? network.through : []
    const gateway = ['setenv autoload no', 'dhcp', 'setenv gatewayip 10.0.2.2']
    const { folder, tftp, image, initrd, flash } = await setup(tftpdAddress, gateway)
    const { offer } = await flash.flash({ image, initrd, cmdline: '' }, never)
    const words = withTftpd(through, tftp)
    const order = { loader: debianLoader, offer: offer!, cmdline: 'quiet' }
    const board = bootBoard(folder, {}, { through: words })
    expect(await startByUBoot(board.dialogue, order)).toMatchObject({ started: true })
    await board.off
    expect(board.said()).toContain('TINY cmdline=quiet')
    await chmod(join(tftp, offer!.kernel.command.split(' ').at(-1)!), 0o600)
    const refused = bootBoard(folder, {}, { through: words })
    await expect(startByUBoot(refused.dialogue, order)).rejects.toThrow(/TFTP server refused it/)
    await rm(tftp, { recursive: true })
  },
)

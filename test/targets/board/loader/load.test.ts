import { expect, test } from 'vitest'
import type { LoadFile } from '../../../../targets/board/flash/flash.ts'
import { LoaderDialogue } from '../../../../targets/board/loader/dialogue.ts'
import { findChecksum, loadFile } from '../../../../targets/board/loader/load-file.ts'
import { startByUBoot } from '../../../../targets/board/loader/start-u-boot.ts'
import { ShellStandIn, type Reply } from './shell-stand-in.ts'

const kernel: LoadFile = {
  name: 'kernel',
  command: 'tftpboot {address} f/k',
  size: 16,
  crc32: '0badcafe',
  sha256: 'aa11',
}
const initrd: LoadFile = { ...kernel, name: 'initrd', command: 'tftpboot {address} f/i' }
const noHash = { output: "Unknown command 'hash' - try 'help'\r\n", code: 1 }
const right = { output: 'crc32 for 40400000 ... 4040000f ==> 0badcafe\r\n' }

function talk(reply: (command: string) => Reply | undefined) {
  const say = (text: string) => setImmediate(() => dialogue.feed(Buffer.from(text, 'latin1')))
  const answers = (command: string): Reply => {
    const own = reply(command)
    if (own) return own
    if (command.startsWith('env export')) return { code: 1 }
    if (command.startsWith('crc32')) return right
    if (command.startsWith('hash')) return noHash
    if (command.startsWith('printenv bootargs')) return { output: 'bootargs=quiet\r\n' }
    if (command.startsWith('booti')) return { instead: 'Starting kernel ...\r\n' }
    return {}
  }
  const shell = new ShellStandIn(say, answers)
  const options = { prompt: '=> ', autoboot: { says: 'Hit any key', key: ' ' }, limits: { silence: 0.4, echo: 0.1 } }
  const dialogue = new LoaderDialogue((text) => shell.type(text), options, new AbortController().signal)
  const load = () => loadFile(dialogue, kernel, '0x40400000')
  const start = () => {
    say('Hit any key: 2 ')
    setTimeout(() => say('\r\n=> '), 20)
    const loader = { deviceTree: 'fdtcontroladdr' }
    return startByUBoot(dialogue, { loader, offer: { prepare: ['dhcp'], kernel, initrd }, cmdline: 'quiet' })
  }
  return { load, start, shell, dialogue }
}

test('the size that the last load left is cleared before each load, and what lies in memory is read back', async () => {
  const { load, shell } = talk(() => undefined)
  const said = `${right.output.trim()}\n${noHash.output.trim()}`.replaceAll('\r', '')
  expect(await load()).toEqual({ name: 'kernel', address: '0x40400000', size: 16, crc32: '0badcafe', said })
  expect(shell.ran).toEqual([
    'setenv filesize',
    'tftpboot 0x40400000 f/k',
    'crc32 0x40400000 ${filesize}',
    'hash sha256 0x40400000 ${filesize}',
  ])
})

test("the lab's part comes while the command runs, or before it is typed where it says so", async () => {
  const order = async (more: Partial<LoadFile>): Promise<string[]> => {
    const { dialogue, shell } = talk(() => undefined)
    let ran: string[] = []
    const serve = async (): Promise<void> => void (ran = [...shell.ran])
    await loadFile(dialogue, { ...kernel, ...more }, '0x40400000', { serve, hash: false })
    return ran
  }
  expect(await order({})).toContain('setenv filesize')
  expect(await order({ servedBefore: true })).toEqual([])
})

test('a U-Boot that has `hash` must agree by sha256, too', async () => {
  const said = (digest: string) => ({ output: `sha256 for 40400000 ... 4040000f ==> ${digest}\r\n` })
  const agrees = talk((command) => (command.startsWith('hash') ? said('aa11') : undefined))
  expect(await agrees.load()).toMatchObject({ sha256: 'aa11' })
  const differs = talk((command) => (command.startsWith('hash') ? said('bb22') : undefined))
  await expect(differs.load()).rejects.toThrow(/is not the file: its memory holds sha256 bb22/)
})

test('a wire that has lost characters gets the checksums in lines of their own, for they are short', async () => {
  const { load, shell, dialogue } = talk(() => undefined)
  dialogue.feed(Buffer.from('=> '))
  let lost = true
  const type = shell.type.bind(shell)
  shell.type = (text) => type(lost && text.includes('setenv') ? ((lost = false), text.slice(1)) : text)
  expect(await load()).toMatchObject({ crc32: '0badcafe' })
  expect(dialogue.lost).toBe(1)
  expect(shell.lines).toEqual([
    'setenv filesize; tftpboot 0x40400000 f/k && crc32 0x40400000 ${filesize}',
    'hash sha256 0x40400000 ${filesize}',
  ])
})

test.each([
  ["TFTP error: 'File not found' (1)\r\nNot retrying...\r\n", /TFTP server refused it \("File not found"\)/, true],
  ["TFTP error: 'Permission denied' (0)\r\nStarting again\r\n", /TFTP server refused it \("Permission denied"\)/, true],
  ['T T T T \r\nRetry count exceeded; starting again\r\n', /the server does not answer/, true],
  ['ARP Retry count exceeded; starting again\r\n', /nobody has the address of its server/, true],
  ['TFTP error: trying to overwrite reserved memory...\r\n', /ran into memory that U-Boot keeps/, false],
  ['** Reading file would overwrite reserved memory **\r\n', /ran into memory that U-Boot keeps/, false],
  ["*** ERROR: `serverip' not set\r\n", /the board has no network \(\*\*\* ERROR: `serverip' not set\)/, true],
  ['Card did not respond to voltage select! : -110\r\n', /cannot read its medium.*mux is on the board's side/, true],
  ["Failed to load 'f/k'\r\n", /not on the board's medium/, true],
  ["Unknown command 'tftpboot' - try 'help'\r\n", /has no command tftpboot/, false],
  ['Something new\r\n', /no reason that is known.*"Something new"/, true],
])(
  'a load that failed with %j says so in a sentence, and nothing is read back or booted',
  async (output, message, retryable) => {
    const { start, shell } = talk((command) => (command.startsWith('tftpboot') ? { output, code: 1 } : undefined))
    const error: unknown = await start().catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'PlaceBroken', retryable, message: expect.stringMatching(message) })
    expect((error as Error).message).toContain('It said of `tftpboot')
    expect(shell.ran.filter((command) => /^(crc32|booti)/.test(command))).toEqual([])
  },
)

test.each([
  ['other bytes', 'crc32 for 40400000 ... 4040000f ==> 00000000\r\n', /holds 16 bytes with crc32 00000000/],
  ['fewer bytes', 'crc32 for 40400000 ... 40400007 ==> 0badcafe\r\n', /holds 8 bytes/],
  ['no bytes', 'usage: crc32\r\n', /holds "usage: crc32"/],
])('%s in memory than the file has are loaded once more and then not booted', async (_, output, message) => {
  const { start, shell } = talk((command) => (command.startsWith('crc32') ? { output } : undefined))
  await expect(start()).rejects.toMatchObject({ code: 'PlaceBroken', message: expect.stringMatching(message) })
  expect(shell.ran.filter((command) => command.startsWith('tftpboot'))).toHaveLength(2)
  expect(shell.ran.filter((command) => command.startsWith('booti'))).toEqual([])
})

test('a checksum whose digits the wire changed is asked for again', async () => {
  let wrong = 1
  const { load, shell } = talk((command) => {
    return command.startsWith('crc32') && wrong-- > 0 ? { output: right.output.replace('cafe', 'cafd') } : undefined
  })
  expect(await load()).toMatchObject({ crc32: '0badcafe' })
  expect(shell.ran.filter((command) => command.startsWith('tftpboot'))).toHaveLength(1)
})

test('a start ends with the boot command, typed with the sizes that were proven', async () => {
  const { start, shell } = talk(() => undefined)
  const command = 'booti ${kernel_addr_r} ${ramdisk_addr_r}:10 ${fdtcontroladdr}'
  expect(await start()).toMatchObject({ started: true, command, remarks: [] })
  expect(shell.ran.at(-1)).toBe(command)
  expect(shell.ran.slice(0, 4)).toEqual([
    'printenv kernel_addr_r ramdisk_addr_r fdtcontroladdr',
    'dhcp',
    "setenv bootargs 'quiet'",
    'printenv bootargs',
  ])
  // It said of the kernel that it has none.
  expect(shell.ran.filter((one) => one.startsWith('hash'))).toHaveLength(1)
})

test('a variable of U-Boot that is needed and not set is named, before anything is loaded', async () => {
  const { start } = talk((command) => (/^printenv .*ramdisk_addr_r/.test(command) ? { code: 1 } : undefined))
  await expect(start()).rejects.toThrow('no variable ramdisk_addr_r: set initrdAddress in the lab file')
})

test('a network that does not come up ends it with what U-Boot said', async () => {
  const reply = { output: 'BOOTP broadcast 17\r\n\r\nRetry time exceeded; starting again\r\n', code: 1 }
  const { start, dialogue } = talk((command) => (command === 'dhcp' ? reply : undefined))
  await expect(start()).rejects.toThrow(/`dhcp`.*failed with code 1: it said.*Retry time exceeded/)
  // Whether the TFTP server was ever asked for a file.
  expect(dialogue.entered.at(-1)).toBe('dhcp')
})

test('of several preparations the one that fails is named', async () => {
  const { dialogue, shell } = talk((command) => (command === 'dhcp' ? { code: 1, output: 'no cable\r\n' } : undefined))
  setImmediate(() => dialogue.feed(Buffer.from('=> ')))
  const loader = { deviceTree: '0x1', kernelAddress: 1, initrdAddress: 2 }
  const offer = { prepare: ['setenv autoload no', 'dhcp', 'setenv serverip 10.0.2.2'], kernel, initrd }
  const started = startByUBoot(dialogue, { loader, offer, cmdline: '' })
  await expect(started).rejects.toThrow("U-Boot's `dhcp`, which has to come before the first load, failed with code 1")
  expect(shell.ran).not.toContain('setenv serverip 10.0.2.2')
})

test('what firmware does is given back as data, not thrown', async () => {
  const reset = talk((command) =>
    command.startsWith('tftpboot') ? { instead: '\r\nU-Boot SPL 2023.01\r\n' } : undefined,
  )
  expect(await reset.start()).toEqual({
    started: false,
    fault:
      'The board was reset under us during `setenv filesize; tftpboot ${kernel_addr_r} f/k && crc32 ${kernel_addr_r} ${filesize} && hash sha256 ${kernel_addr_r} ${filesize}`, by its firmware or by its power: it said "U-Boot SPL 2023.01" again.',
  })
  const refused = talk((command) =>
    command.startsWith('booti') ? { instead: 'Bad Linux ARM64 Image magic!\r\n=> ' } : undefined,
  )
  expect(await refused.start()).toMatchObject({ fault: expect.stringContaining('Bad Linux ARM64 Image magic!') })
})

test('a command line that U-Boot does not keep as it is boots nothing', async () => {
  const { start, shell } = talk((command) =>
    command === 'printenv bootargs' ? { output: 'bootargs=quie\r\n' } : undefined,
  )
  await expect(start()).rejects.toThrow(/could not be set at the boot loader: U-Boot has "bootargs=quie/)
  expect(shell.ran.filter((command) => command.startsWith('booti'))).toEqual([])
})

test('a checksum says over how many bytes it goes', () => {
  expect(findChecksum('crc32 for 40400000 ... 4040000f ==> 0badcafe\n')).toEqual({ size: 16, digest: '0badcafe' })
  expect(findChecksum('crc32 for 40400000 ... 4040000f ==> \n')).toBeUndefined()
})

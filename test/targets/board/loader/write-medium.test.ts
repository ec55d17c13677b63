import { expect, test } from 'vitest'
import { LoaderDialogue } from '../../../../targets/board/loader/dialogue.ts'
import { writeMedium } from '../../../../targets/board/loader/write-medium.ts'
import { ShellStandIn, type Reply } from './shell-stand-in.ts'

const medium = {
  device: 0,
  load: 'tftpboot {address} f/p{number}',
  pieceSize: 4096,
  size: 6144,
  crc32: ['aaaa0000', 'bbbb0000'],
  sha256: ['a5', 'b5'],
}

/** A stand-in for a U-Boot whose medium has one sum for each piece, and may keep what is written or not. */
function board(there: string[], { keeps = true, hash = (sum: string) => `${sum.slice(0, 1)}5` } = {}) {
  const card = [...there]
  let memory = ''
  const sum = (name: string, digest: string): Reply => ({ output: `${name} for 1000 ... 1fff ==> ${digest}\r\n` })
  const reply = (command: string): Reply => {
    const [, what, block] = /^mmc (read|write) 0x1000 (0x\w+) /.exec(command) ?? []
    const piece = block === '0x8' ? 1 : 0
    if (what === 'read') memory = card[piece]!
    else if (what === 'write' && keeps) card[piece] = memory
    else if (command.startsWith('mw.l')) memory = 'filled'
    else if (command.startsWith('tftpboot')) memory = medium.crc32[Number(command.at(-1))]!
    else if (command === 'crc32 0x1000 ${filesize}') {
      const last = memory === medium.crc32[1] ? '17ff' : '1fff'
      return { output: `crc32 for 1000 ... ${last} ==> ${memory}\r\n` }
    } else if (command.startsWith('crc32')) return sum('crc32', memory)
    else if (command.startsWith('hash')) return sum('sha256', hash(memory))
    return {}
  }
  const say = (text: string) => setImmediate(() => dialogue.feed(Buffer.from(text, 'latin1')))
  const shell = new ShellStandIn(say, reply)
  const options = { prompt: '=> ', autoboot: { says: 'Hit any key', key: ' ' }, limits: { silence: 0.4, echo: 0.1 } }
  const dialogue = new LoaderDialogue((text) => shell.type(text), options, new AbortController().signal)
  return { shell, card, write: () => writeMedium(dialogue, medium, '0x1000') }
}

test('memory is filled before each read of the medium, and a shorter last piece is read by its own size', async () => {
  const { shell, card, write } = board(['aaaa0000', 'eeee0000'])
  expect(await write()).toEqual({ written: 1, of: 2 })
  expect(card).toEqual(medium.crc32)
  expect(shell.ran.filter((command) => !/^(setenv|crc32|hash)/.test(command))).toEqual([
    'mmc dev 0',
    'mw.l 0x1000 5a17c0de 0x400',
    'mmc read 0x1000 0x0 0x8',
    'mw.l 0x1000 5a17c0de 0x200',
    'mmc read 0x1000 0x8 0x4',
    'tftpboot 0x1000 f/p0001',
    'mmc write 0x1000 0x8 0x4',
    'mw.l 0x1000 5a17c0de 0x200',
    'mmc read 0x1000 0x8 0x4',
  ])
})

test('a medium that does not keep what is written to it is written twice, and told', async () => {
  const { shell, write } = board(['aaaa0000', 'eeee0000'], { keeps: false })
  await expect(write()).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(
      /piece 1 of the medium was written and is not read back: the board says ".*eeee0000"/,
    ),
  })
  expect(shell.ran.filter((command) => command.startsWith('mmc write'))).toHaveLength(2)
})

test('a piece that was made to have the right crc32 is found by its sha256', async () => {
  let asked = 0
  const { shell, write } = board([...medium.crc32], { hash: (sum) => (asked++ < 2 ? 'f0' : `${sum.slice(0, 1)}5`) })
  expect(await write()).toEqual({ written: 1, of: 2 })
  expect(shell.ran).toContain('tftpboot 0x1000 f/p0000')
})

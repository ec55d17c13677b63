import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { Duplex } from 'node:stream'
import { crc32 } from 'node:zlib'
import { ShellStandIn, type Reply } from '../targets/board/loader/shell-stand-in.ts'

/** A stand-in for a board whose U-Boot lends its card by USB: QEMU gives no guest a USB device controller. */
export interface UmsBoard {
  /** Its UART. It says nothing before power-on. */
  console: Duplex
  /** Every command that its shell ran, in order. */
  ran: string[]
  /** What was typed at it. */
  typed(): string
  powerOn(): void
  /** The cable is pulled out while the card is lent. */
  pullCable(): void
}

/** What its `ums` does. */
export interface UmsWays {
  /** It says this at once and lends nothing; its code then. */
  refuses?: { says: string; code: number }
  /** It says that its card is another one's size, blocks. */
  blocks?: number
  /** The card never comes to the host: nobody has plugged in a cable. */
  unplugged?: boolean
  /** What it lends is a block device, a loop device of this machine; for root alone. */
  asBlockDevice?: boolean
  /** ^C is looked for only so often, as U-Boot does between turns of its sign; how often it is typed until it is seen. */
  deafTo?: number
}

const banner = 'U-Boot 2025.01 (Jan 06 2025 - 20:29:34 +0000)\r\n\r\nDRAM:  2 GiB\r\nHit any key to stop autoboot:  2 '
const aborted = '\rCTRL+C - Operation aborted\r\n'
const block = 512
/** Its FAT file system begins there, bytes. */
const start = 1 << 20

/**
 * Speaks the words of U-Boot 2025.01 (cmd/usb_mass_storage.c, drivers/usb/gadget/f_mass_storage.c): what it lends is a link to the
 * card's file, which is there for that long. `load` reads the card itself, by mtools.
 * @param card its card, a file
 * @param atHost where the host finds it while it is lent
 */
export function umsBoard(card: string, atHost: string, ways: UmsWays = {}): UmsBoard {
  const { refuses, blocks = statSync(card).size / block, unplugged = false, asBlockDevice = false, deafTo = 0 } = ways
  let memory = Buffer.alloc(0)
  let typed = ''
  let sign: NodeJS.Timeout | undefined
  let deaf = deafTo
  let stopped = false
  const say = (text: string): void => void setImmediate(() => console.push(Buffer.from(text, 'latin1')))

  function lend(): Reply {
    if (refuses) return { output: `${refuses.says}\r\n`, code: refuses.code }
    const loop = asBlockDevice
      ? execFileSync('losetup', ['-f', '--show', card], { encoding: 'utf8' }).trim()
      : undefined
    if (!unplugged) symlinkSync(loop ?? card, atHost)
    let turn = 0
    sign = setInterval(() => say(`\r${'|/-\\'[turn++ % 4]}`), 20)
    return {
      goesOn: `UMS: LUN 0, dev mmc 0, hwpart 0, sector 0, count 0x${blocks.toString(16)}\r\n`,
      atInterrupt: aborted,
      over: () => {
        clearInterval(sign)
        rmSync(atHost, { force: true })
        if (loop !== undefined) execFileSync('losetup', ['-d', loop])
      },
    }
  }

  function reply(command: string): Reply {
    if (command === 'ums 0 mmc 0') return lend()
    const [, name] = /^load mmc 0:1 \S+ (\S+)$/.exec(command) ?? []
    if (name !== undefined) return load(name)
    const sum = crc32(memory).toString(16).padStart(8, '0')
    if (command.startsWith('crc32'))
      return { output: `crc32 for 40400000 ... ${(0x40400000 + memory.length - 1).toString(16)} ==> ${sum}\r\n` }
    if (command.startsWith('hash')) return { output: "Unknown command 'hash' - try 'help'\r\n", code: 1 }
    if (command.startsWith('printenv bootargs')) return { output: 'bootargs=quiet\r\n' }
    if (command.startsWith('booti')) return { instead: 'Starting kernel ...\r\n' }
    return {}
  }

  function load(name: string): Reply {
    try {
      memory = execFileSync('mcopy', ['-n', '-i', `${card}@@${start}`, `::/${name}`, '-'], { maxBuffer: 1 << 26 })
    } catch {
      return { output: `Failed to load '${name}'\r\n`, code: 1 }
    }
    return { output: `${memory.length} bytes read in 12 ms\r\n` }
  }

  const shell = new ShellStandIn(say, reply)
  const console: Duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      const text = chunk.toString('latin1')
      typed += text
      if (!stopped) {
        stopped = true
        say('\b\b\b 0 \r\n=> ')
      } else if (text === '\x03' && sign !== undefined && deaf > 0) deaf--
      else shell.type(text)
      done()
    },
    destroy(error, done) {
      clearInterval(sign)
      done(error)
    },
  })
  return {
    console,
    ran: shell.ran,
    typed: () => typed,
    powerOn: () => say(banner),
    pullCable: () => shell.endIt('\rCheck USB cable connection\r\n'),
  }
}

/** What lies on a card as a file, by mtools. */
export function onCard(card: string, name: string): Buffer {
  return execFileSync('mcopy', ['-n', '-i', `${card}@@${start}`, `::/${name}`, '-'], { maxBuffer: 1 << 26 })
}

/** All that lies before its file system. */
export function beforeFileSystem(card: string): Buffer {
  return readFileSync(card).subarray(0, start)
}

import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { DebugPort, type Mapped } from './debug-port.ts'
import { norFlash, ram, type FlashFaults } from './nor-flash.ts'
import { Tap } from './tap.ts'

/** A stand-in for a board with JTAG: no core, 64 KiB of memory, and two chips of NOR flash, one behind the other. */
export interface JtagBoard {
  /** OpenOCD's files for its adapter and for the board. */
  config: string[]
  /** Where its flash begins, and what it holds; it outlives its power. */
  flashAt: number
  flash: Buffer
  memoryAt: number
  memory: Buffer
  faults: FlashFaults & {
    /** Nothing drives TDO, as on a board without power. */
    dead: boolean | (() => boolean)
    /** It answers the next clocks no more, as one whose adapter hangs. */
    stuck: boolean
  }
  /** How many have come to its adapter, and how many are there. */
  connections: { came: number; open: number }
  stop(): Promise<void>
}

/** How large its memory is, and each chip of flash, bytes. */
export const memorySize = 1 << 16
const flashAt = 0x08000000
const memoryAt = 0x40000000

/**
 * Starts a board whose JTAG is reached by OpenOCD's `remote_bitbang` (its doc/manual/jtag/drivers/remote_bitbang.txt): the real
 * OpenOCD drives every edge of TCK.
 * @param folder gets its files for OpenOCD
 * @param more further devices of its bus, in place of its own where they overlap
 */
export async function startJtagBoard(folder: string, more: Mapped[] = []): Promise<JtagBoard> {
  const flash = Buffer.alloc(2 * memorySize, 0xff)
  const memory = Buffer.alloc(memorySize)
  const faults: JtagBoard['faults'] = { locked: false, worn: false, dead: false, stuck: false }
  const bus = [
    ...more,
    { at: flashAt, device: norFlash(flash.subarray(0, memorySize), faults) },
    { at: flashAt + memorySize, device: norFlash(flash.subarray(memorySize), faults) },
    { at: memoryAt, device: ram(memory) },
  ]
  const obey = wires(new Tap(new DebugPort(bus)))
  const sockets = new Set<Socket>()
  const connections = { came: 0, open: 0 }
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    connections.came++
    connections.open++
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      connections.open--
    })
    socket.on('data', (chunk: Buffer) => {
      const answer = faults.stuck ? '' : obey(chunk, typeof faults.dead === 'function' ? faults.dead() : faults.dead)
      if (answer !== '') socket.write(answer, 'latin1')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const config = [join(folder, 'adapter.cfg'), join(folder, 'board.cfg')]
  await writeFile(
    config[0]!,
    `adapter driver remote_bitbang\nremote_bitbang host 127.0.0.1\nremote_bitbang port ${port}\n`,
  )
  await writeFile(config[1]!, boardConfig)
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise((closed) => server.close(closed))
  }
  return { config, flashAt, flash, memoryAt, memory, faults, connections, stop }
}

const boardConfig = `jtag newtap board cpu -irlen 4 -ircapture 0x1 -irmask 0xf -expected-id 0x4ba00477
dap create board.dap -chain-position board.cpu
target create board.bus mem_ap -dap board.dap -ap-num 0
${[0, 1].map((chip) => `flash bank board.nor${chip} cfi 0x${(flashAt + chip * memorySize).toString(16)} 0x${memorySize.toString(16)} 2 2 board.bus`).join('\n')}
`

/**
 * Obeys the letters of remote_bitbang, each of which is one change of the wires or one question.
 * @returns a function that takes them and gives the answers
 */
function wires(tap: Tap): (letters: Buffer, dead: boolean) => string {
  let tck = 0
  return (letters, dead) => {
    let answer = ''
    for (const letter of letters) {
      // '0' to '7': TCK, TMS and TDI.
      if (letter >= 0x30 && letter <= 0x37) {
        if ((letter & 4) !== 0 && tck === 0) tap.clock((letter >> 1) & 1, letter & 1)
        tck = letter & 4
      } else if (letter === 0x52) answer += dead ? '1' : String(tap.tdo)
      // 't' and 'u' assert TRST.
      else if (letter === 0x74 || letter === 0x75) tap.reset()
    }
    return answer
  }
}

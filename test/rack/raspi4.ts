import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '../../host/free-port.ts'
import type { Folders } from '../../host/folders.ts'
import { VirtualBoard } from './board.ts'
import type { LabToAddTo } from './lab-to-add-to.ts'
import { muxCard, type MuxCard } from './mux.ts'
import type { OutletCommands } from './outlets.ts'
import type { RackPart } from './part.ts'
import { raspi4Files } from './raspi4-files.ts'
import { startSer2net } from './ser2net.ts'
import { startUartWire } from './uart-wire.ts'

/** The lab's host that its mux and its outlet hang on. */
const bench = 'bench'

/** Megabytes, a power of two: QEMU takes no other card. */
const cardSize = 64

/** A virtual Raspberry Pi 4 with what hangs on it: its SD card behind a mux, and ser2net at its console. */
export interface Raspi4 extends RackPart {
  board: VirtualBoard
  card: MuxCard
  /** It as a lab's file has it; its outlet is to be added. */
  place: object
}

/**
 * Starts one in a folder, with its power off. Firmware is in the machine: Debian's U-Boot, which boots by itself what the
 * card has. It runs at EL2 without PSCI, so a power-off only halts it.
 */
export async function startRaspi4(folder: string, folders: Folders): Promise<Raspi4> {
  await mkdir(folder, { recursive: true })
  const files = await raspi4Files(join(folder, 'files'), folders)
  const card = await muxCard(folder, cardSize)
  const wire = await startUartWire(folder, 'uart1')
  try {
    const [port = 0] = await freePorts(1)
    const ser2net = await startSer2net(folder, [{ port, tty: wire.tty, protocol: 'raw' }])
    const board = new VirtualBoard({
      name: 'raspi4',
      folder,
      machine: [
        ['-machine', 'raspi4b', '-kernel', files.uBoot, '-dtb', files.deviceTree],
        ['-drive', `if=sd,format=raw,file=${card.atBoard}`],
        // The PL011 is the board's first UART; its console is the second, the mini-UART.
        ['-serial', 'null'],
      ].flat(),
      uarts: [{ name: 'uart1', socket: wire.socket }],
    })
    return {
      board,
      card,
      place: placeOf(card, port),
      async stop() {
        try {
          await board.set('off')
          await ser2net.stop()
        } finally {
          await wire.stop()
        }
      },
    }
  } catch (error) {
    await wire.stop()
    throw error
  }
}

function placeOf({ control, atHost }: MuxCard, port: number): object {
  if (control.program !== 'commands') throw new Error('a stand-in is switched by commands')
  const { toHost, toBoard, state } = control
  return {
    class: 'raspi4',
    firmware: 'installed',
    host: bench,
    consoles: { uart1: { raw: `127.0.0.1:${port}`, worlds: ['NS'] } },
    flash: { mux: { commands: { 'to-host': toHost, 'to-board': toBoard, state }, device: atHost } },
  }
}

/** The class of such boards. */
const raspi4Class = {
  kind: 'board',
  cmdline: 'console=ttyS1 earlycon',
  limits: { 'off-silence': '1 s', 'shortest-off': '500 ms' },
  loader: 'self',
}

/** A lab with the board as `board-3`, on outlet 3 of a rail that commands on the host `bench` switch. */
export function withRaspi4(lab: LabToAddTo, { place }: Raspi4, { set, state }: OutletCommands): LabToAddTo {
  const rail = {
    command: {
      host: bench,
      on: [...set, '{outlet}', 'on'],
      off: [...set, '{outlet}', 'off'],
      state: { run: [...state, '{outlet}'], on: '^on$', off: '^off$' },
    },
  }
  return {
    ...lab,
    pdus: { ...lab.pdus, rail },
    classes: { ...lab.classes, raspi4: raspi4Class },
    places: { ...lab.places, 'board-3': { ...place, power: { pdu: 'rail', outlet: 3 } } },
  }
}

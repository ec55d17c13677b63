import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '../../host/free-port.ts'
import type { Folders } from '../../host/folders.ts'
import { VirtualBoard } from './board.ts'
import { startConserver } from './conserver.ts'
import type { LabToAddTo } from './lab-to-add-to.ts'
import type { RackPart } from './part.ts'
import { RackParts } from './parts.ts'
import { startPythonWebServer } from './python-web-server.ts'
import { startUartWire } from './uart-wire.ts'
import { uefiMachine, variablesWithShell, type UefiFirmware } from './uefi-machine.ts'

/** A virtual board with UEFI firmware, with what hangs on it: conserver at its consoles, and a web server that it boots from. */
export interface UefiBoard extends RackPart {
  board: VirtualBoard
  /** It as a lab's file has it; its outlet is to be added. */
  place: object
}

/** Starts one in a folder, with its power off and the UEFI shell as the first that its firmware boots. */
export async function startUefiBoard(folder: string, firmware: UefiFirmware, folders: Folders): Promise<UefiBoard> {
  await mkdir(join(folder, 'web'), { recursive: true })
  const parts = new RackParts()
  try {
    const machine = uefiMachine(firmware, await variablesWithShell(firmware, folder, folders))
    const [port = 0, basePort = 0, webPort = 0] = await freePorts(3)
    const uart0 = await parts.add('uart0', () => startUartWire(folder, 'uart0'))
    const uart1 = await parts.add('uart1', () => startUartWire(folder, 'uart1'))
    await parts.add('conserver', () => startConserver(folder, port, basePort, { uart0: uart0.tty, uart1: uart1.tty }))
    await parts.add('web', () => startPythonWebServer(join(folder, 'web'), webPort))
    const board = new VirtualBoard({
      name: 'uefi',
      folder,
      machine: [...machine, ...network],
      uarts: [
        { name: 'uart0', socket: uart0.socket },
        { name: 'uart1', socket: uart1.socket },
      ],
    })
    return {
      board,
      place: placeOf(join(folder, 'web'), webPort, port),
      async stop() {
        await board.set('off')
        await parts.stopAll()
      },
    }
  } catch (error) {
    await parts.stopAll()
    throw error
  }
}

/** Of the MAC only that it is another than those of the other boards matters. */
const network = ['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile=,mac=06:00:00:00:00:01']

function placeOf(web: string, webPort: number, conserver: number): object {
  const on = (console: string) => ({ conserver: { server: `127.0.0.1:${conserver}`, console } })
  return {
    class: 'virt-uefi',
    firmware: 'installed',
    consoles: {
      uart0: { ...on('uart0'), worlds: ['EL3', 'NS'] },
      uart1: { ...on('uart1'), worlds: ['S-EL1'] },
    },
    flash: { 'uefi-http': { folder: web, url: `http://10.0.2.2:${webPort}` } },
  }
}

/** The class of such boards. */
const uefiClass = {
  kind: 'board',
  cmdline: 'console=ttyAMA0',
  limits: { 'first-byte': '10 s', 'off-silence': '1 s', 'shortest-off': '500 ms' },
  loader: 'uefi',
}

/** A lab with the board as `board-4`, on an outlet of a PDU that the lab has. */
export function withUefiBoard(
  lab: LabToAddTo,
  { place }: UefiBoard,
  power: { pdu: string; outlet: number },
): LabToAddTo {
  return {
    ...lab,
    classes: { ...lab.classes, 'virt-uefi': uefiClass },
    places: { ...lab.places, 'board-4': { ...place, power } },
  }
}

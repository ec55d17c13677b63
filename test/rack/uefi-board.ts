import { copyFile, mkdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '../../host/free-port.ts'
import { EfiShell } from '../../targets/board/loader/efi-shell.ts'
import { VirtualBoard } from './board.ts'
import type { BuiltBl33 } from './built-bl33.ts'
import { startConserver } from './conserver.ts'
import type { LabToAddTo } from './lab-to-add-to.ts'
import type { RackPart } from './part.ts'
import { RackParts } from './parts.ts'
import { startPythonWebServer } from './python-web-server.ts'
import { startUBoot } from './u-boot.ts'
import { startUartWire } from './uart-wire.ts'

/** Bytes of the flash that QEMU's virt machine has for variables; it takes no smaller file. */
const flashSize = 64 << 20

/** A virtual board with UEFI firmware, with what hangs on it: conserver at its consoles, and a web server that it boots from. */
export interface UefiBoard extends RackPart {
  board: VirtualBoard
  /** It as a lab's file has it; its outlet is to be added. */
  place: object
}

export interface UefiBoardOptions {
  folder: string
  /** TF-A and OP-TEE, as `qemu_fw.bios`. */
  firmware: string
  edk2: BuiltBl33
}

/** Starts one, with its power off and the UEFI shell as the first that its firmware boots. */
export async function startUefiBoard({ folder, firmware, edk2 }: UefiBoardOptions): Promise<UefiBoard> {
  await mkdir(join(folder, 'web'), { recursive: true })
  const parts = new RackParts()
  try {
    const variables = join(folder, 'variables.fd')
    await copyFile(edk2.files['variables']!, variables)
    await truncate(variables, flashSize)
    const machine = machineOf(firmware, edk2, variables)
    const [port = 0, basePort = 0, webPort = 0] = await freePorts(3)
    await shellFirst(machine, folder)
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

/** QEMU's arguments but for network and consoles. Without ACPI tables EDK2 hands the device tree on, as TF-A gave it. */
function machineOf(firmware: string, { files, at }: BuiltBl33, variables: string): string[] {
  return [
    ['-machine', 'virt,secure=on,virtualization=on,gic-version=3,acpi=off'],
    ['-cpu', 'max,sme=off,pauth-impdef=on', '-smp', '2', '-m', '1024', '-bios', firmware],
    ['-device', `loader,file=${files['bl33']!},addr=0x${at.toString(16)},force-raw=on`],
    ['-drive', `if=pflash,unit=1,format=raw,file=${variables}`],
    // Nobody is to be waited for who would want the firmware's menu.
    ['-boot', 'menu=on,splash-time=0'],
  ].flat()
}

/**
 * Does what an admin does once (docs/running-a-lab.md): the shell becomes the first that the firmware boots. Started once with
 * nothing else to boot, it keeps that order.
 */
async function shellFirst(machine: string[], folder: string): Promise<void> {
  const bare = ['-nodefaults', '-no-user-config', '-display', 'none']
  const board = startUBoot({ machine: [...bare, ...machine] }, join(folder, 'set-up.log'))
  try {
    const write = (text: string): void => void board.console.write(text)
    const shell = new EfiShell(write, { silence: 60, echo: 3 }, new AbortController().signal)
    board.console.on('data', (chunk: Buffer) => shell.feed(chunk))
    await shell.toPrompt()
  } finally {
    await board.stop()
  }
}

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

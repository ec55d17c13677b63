import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { foldersFrom } from '../../host/folders.ts'
import { freePorts } from '../../host/free-port.ts'
import type { SshAccess } from '../../domain/lab/inventory.ts'
import { VirtualBoard } from './board.ts'
import type { BuiltBl33 } from './built-bl33.ts'
import { startConserver } from './conserver.ts'
import type { RackPart } from './part.ts'
import { RackParts } from './parts.ts'
import { startPdudaemon } from './pdudaemon.ts'
import { startRail, type Rail } from './rail.ts'
import { startRaspi4, withRaspi4 } from './raspi4.ts'
import { startSer2net } from './ser2net.ts'
import { startSnmpd } from './snmpd.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { startUartWire, type UartWire } from './uart-wire.ts'
import { debianUBoot } from './u-boot.ts'
import { startUefiBoard, withUefiBoard } from './uefi-board.ts'

/** The stand-in of Arm's model. */
const standIn = join(import.meta.dirname, '../stand-ins/fvp/FVP_Base_RevC-2xAEMvA')

/** A virtual rack that runs: three or four boards and a model, and the daemons of a lab around them. */
export interface Rack {
  /** The lab's file. */
  labFile: string
  boards: Record<'board-1' | 'board-2' | 'board-3', VirtualBoard> & { 'board-4'?: VirtualBoard }
  rail: Rail
  /** The sshd as it runs now. */
  sshd(): Sshd | undefined
  /** The daemons, by name: to be stopped and started by tests that break them. */
  parts: RackParts
  /** Ends all of it; nothing is left. */
  stop(): Promise<void>
}

export interface RackOptions {
  folder: string
  /** What the boards have in their flash: TF-A and OP-TEE, as `qemu_fw.bios`; where absent they are small ones with U-Boot alone. */
  firmware?: string
  /** What board-4 has behind them; absent where there is to be none. */
  edk2?: BuiltBl33
}

/**
 * Starts the rack in a folder. board-1: SNMP power, two ser2net consoles (telnet and raw). board-2: pdudaemon power, conserver and
 * an ssh tty. Both load by TFTP from slirp's own server, and have Debian's U-Boot, behind TF-A and OP-TEE where there is firmware.
 * board-3: another kind of machine, a Raspberry Pi 4 with power by commands, a raw ser2net console and an SD card behind a mux.
 * board-4: SNMP power, both consoles by a conserver of its own, and EDK2, which boots from a web server.
 */
export async function startRack({ folder, firmware, edk2 }: RackOptions): Promise<Rack> {
  await mkdir(join(folder, 'tftp'), { recursive: true })
  const parts = new RackParts()
  const add = <Part extends RackPart>(name: string, start: () => Promise<Part>): Promise<Part> => parts.add(name, start)
  try {
    const [snmp = 0, pdud = 0, ser1 = 0, ser2 = 0, cons = 0, consoleBase = 0, ssh = 0] = await freePorts(7)
    const wires = await Promise.all(
      ['b1u0', 'b1u1', 'b2u0', 'b2u1'].map((name) => add(`wire ${name}`, () => startUartWire(folder, name))),
    )
    const [b1u0, b1u1, b2u0, b2u1] = wires as [UartWire, UartWire, UartWire, UartWire]
    const board = (name: string, mac: string, uarts: UartWire[]): VirtualBoard =>
      new VirtualBoard({
        name,
        folder,
        machine: machineOf(firmware, join(folder, 'tftp'), mac),
        uarts: uarts.map(({ socket }, index) => ({ name: `uart${index}`, socket })),
      })
    const pi = await add('board-3', () => startRaspi4(join(folder, 'board-3'), foldersFrom()))
    const uefi =
      firmware === undefined || edk2 === undefined
        ? undefined
        : await add('board-4', () => startUefiBoard(join(folder, 'board-4'), { firmware, edk2 }, foldersFrom()))
    const boards = {
      'board-1': board('board-1', '02', [b1u0, b1u1]),
      'board-2': board('board-2', '04', [b2u0, b2u1]),
      'board-3': pi.board,
      ...(uefi && { 'board-4': uefi.board }),
    }
    const outlets = Object.fromEntries(Object.values(boards).map((one, index) => [index + 1, one]))
    const count = Object.keys(outlets).length
    const rail = await add('rail', () => startRail(folder, outlets))
    await add('snmpd', () => startSnmpd({ folder: join(folder, 'snmpd'), port: snmp, count, outlets: rail }))
    await add('pdudaemon', () => startPdudaemon({ folder: join(folder, 'pdud'), port: pdud, pdus: { rack: rail } }))
    await add('ser2net', () =>
      startSer2net(folder, [
        { port: ser1, tty: b1u0.tty, protocol: 'telnet', nodelay: true },
        { port: ser2, tty: b1u1.tty, protocol: 'raw', nodelay: true },
      ]),
    )
    await add('conserver', () => startConserver(folder, cons, consoleBase, { b2u0: b2u0.tty }))
    const sshd = await add('sshd', () => startSshd({ folder: join(folder, 'sshd'), port: ssh }))
    const labFile = join(folder, 'rack.yaml')
    const lab = labOfRack({ folder, snmp, pdud, ser1, ser2, cons, bench: sshd.host('bench').ssh!, tty: b2u1.tty })
    const withPi = withRaspi4(lab, pi, rail)
    const whole = uefi ? withUefiBoard(withPi, uefi, { pdu: 'snmp', outlet: 4 }) : withPi
    await writeFile(labFile, stringify(whole))
    return {
      labFile,
      boards,
      rail,
      sshd: () => parts.running('sshd') as Sshd | undefined,
      parts,
      stop: () => parts.stopAll(),
    }
  } catch (error) {
    await parts.stopAll()
    throw error
  }
}

function machineOf(firmware: string | undefined, tftp: string, mac: string): string[] {
  // U-Boot 2023.01 has of a MAC the first byte only, six times: it must differ between boards, and be even.
  const network = [
    ['-netdev', `user,id=net,tftp=${tftp}`],
    ['-device', `virtio-net-pci,netdev=net,romfile=,mac=${mac}:00:00:00:00:01`],
  ].flat()
  if (firmware === undefined)
    return ['-machine', 'virt', '-cpu', 'cortex-a57', '-m', '256', '-bios', debianUBoot, ...network]
  return [
    ['-machine', 'virt,secure=on,virtualization=on,gic-version=3', '-cpu', 'max,sme=off,pauth-impdef=on'],
    ['-smp', '2', '-m', '1024', '-bios', firmware],
    ['-device', `loader,file=${debianUBoot},addr=0x60000000,force-raw=on`],
    network,
  ].flat()
}

interface Wiring {
  folder: string
  snmp: number
  pdud: number
  ser1: number
  ser2: number
  cons: number
  bench: SshAccess
  /** board-2's second UART. */
  tty: string
}

/** The rack as a lab's file has it. */
function labOfRack({ folder, snmp, pdud, ser1, ser2, cons, bench, tty }: Wiring) {
  const key = 'file' in bench.key ? { file: bench.key.file } : 'agent'
  const { address, port, user, hostKey } = bench
  const tftp = { folder: join(folder, 'tftp'), server: '10.0.2.2', network: ['dhcp'] }
  const board = { class: 'virt', firmware: 'installed' }
  return {
    hosts: { bench: { ssh: { address, port, user, key, 'host-key': hostKey } } },
    pdus: {
      snmp: {
        snmp: { address: '127.0.0.1', port: snmp, version: '1', community: { text: 'private' }, profile: 'apc' },
      },
      pdud: { pdudaemon: { url: `http://127.0.0.1:${pdud}`, pdu: 'rack' } },
    },
    classes: {
      virt: {
        kind: 'board',
        cmdline: 'console=ttyAMA0',
        limits: { 'first-byte': '10 s', 'off-silence': '1 s', 'shortest-off': '500 ms' },
        loader: 'u-boot',
      },
      'base-revc': { kind: 'fvp', model: { binary: standIn } },
    },
    places: {
      'board-1': {
        ...board,
        tags: ['snmp'],
        power: { pdu: 'snmp', outlet: 1 },
        consoles: {
          uart0: { telnet: `127.0.0.1:${ser1}`, worlds: ['EL3', 'NS'] },
          uart1: { raw: `127.0.0.1:${ser2}`, worlds: ['S-EL1'] },
        },
        flash: { tftp },
      },
      'board-2': {
        ...board,
        tags: ['pdudaemon'],
        power: { pdu: 'pdud', outlet: 2 },
        consoles: {
          uart0: { conserver: { server: `127.0.0.1:${cons}`, console: 'b2u0' }, worlds: ['EL3', 'NS'] },
          uart1: { tty, host: 'bench', worlds: ['S-EL1'] },
        },
        flash: { tftp },
      },
      'model-1': { class: 'base-revc' },
    },
  }
}

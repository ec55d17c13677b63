import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePorts } from '../../host/free-port.ts'
import { VirtualBoard } from './board.ts'
import type { BuiltBl33 } from './built-bl33.ts'
import { muxCard } from './mux.ts'
import type { RackPart } from './part.ts'
import { RackParts } from './parts.ts'
import { startRail } from './rail.ts'
import { startSer2net } from './ser2net.ts'
import { startSnmpd } from './snmpd.ts'
import { startUartWire } from './uart-wire.ts'

/** Megabytes, a power of two: QEMU takes no other card. */
const cardSize = 32

/** A lab whose only board, `card-1`, has an SD card that nobody but its own U-Boot reaches. */
export interface MmcLab extends RackPart {
  labFile: string
  board: VirtualBoard
  /** The card, and the copy of it as it was set up: whole media with one FAT partition. */
  card: string
  base: string
}

export interface MmcLabOptions {
  folder: string
  /** TF-A and OP-TEE, as `qemu_fw.bios`. */
  firmware: string
  uBoot: BuiltBl33
}

/** Starts one: power by SNMP, consoles by ser2net, TFTP by slirp's own server. */
export async function startMmcLab({ folder, firmware, uBoot }: MmcLabOptions): Promise<MmcLab> {
  await mkdir(join(folder, 'tftp'), { recursive: true })
  const parts = new RackParts()
  try {
    const base = (await muxCard(folder, cardSize)).medium
    const card = join(folder, 'card.img')
    await copyFile(base, card)
    const [snmp = 0, ser0 = 0, ser1 = 0] = await freePorts(3)
    const uart0 = await parts.add('uart0', () => startUartWire(folder, 'uart0'))
    const uart1 = await parts.add('uart1', () => startUartWire(folder, 'uart1'))
    const board = new VirtualBoard({
      name: 'card-1',
      folder,
      machine: machineOf(firmware, uBoot, card, join(folder, 'tftp')),
      uarts: [
        { name: 'uart0', socket: uart0.socket },
        { name: 'uart1', socket: uart1.socket },
      ],
    })
    const rail = await parts.add('rail', () => startRail(folder, { 1: board }))
    await parts.add('snmpd', () => startSnmpd({ folder: join(folder, 'snmpd'), port: snmp, count: 1, outlets: rail }))
    await parts.add('ser2net', () =>
      startSer2net(folder, [
        { port: ser0, tty: uart0.tty, protocol: 'telnet' },
        { port: ser1, tty: uart1.tty, protocol: 'raw' },
      ]),
    )
    const labFile = join(folder, 'cards.yaml')
    await writeFile(labFile, stringify(labOf({ folder, base, snmp, ser0, ser1 })))
    return { labFile, board, card, base, stop: () => parts.stopAll() }
  } catch (error) {
    await parts.stopAll()
    throw error
  }
}

function machineOf(firmware: string, { at, files }: BuiltBl33, card: string, tftp: string): string[] {
  return [
    ['-machine', 'virt,secure=on,virtualization=on,gic-version=3', '-cpu', 'max,sme=off,pauth-impdef=on'],
    ['-smp', '2', '-m', '1024', '-bios', firmware],
    ['-device', `loader,file=${files['bl33']!},addr=0x${at.toString(16)},force-raw=on`],
    ['-drive', `if=none,id=card,format=raw,file=${card}`],
    ['-device', 'sdhci-pci', '-device', 'sd-card,drive=card'],
    ['-netdev', `user,id=net,tftp=${tftp}`, '-device', 'virtio-net-pci,netdev=net,romfile='],
  ].flat()
}

interface Wiring {
  folder: string
  base: string
  snmp: number
  ser0: number
  ser1: number
}

/** It as a lab's file has it. */
function labOf({ folder, base, snmp, ser0, ser1 }: Wiring): object {
  const agent = { address: '127.0.0.1', port: snmp, version: '1', community: { text: 'private' }, profile: 'apc' }
  const flash = { mmc: { device: 0, base, folder: join(folder, 'tftp'), server: '10.0.2.2', network: ['dhcp'] } }
  return {
    pdus: { snmp: { snmp: agent } },
    classes: {
      card: {
        kind: 'board',
        cmdline: 'console=ttyAMA0',
        limits: { 'first-byte': '10 s', 'off-silence': '1 s', 'shortest-off': '500 ms' },
        loader: 'u-boot',
      },
    },
    places: {
      'card-1': {
        class: 'card',
        firmware: 'installed',
        power: { pdu: 'snmp', outlet: 1 },
        consoles: {
          uart0: { telnet: `127.0.0.1:${ser0}`, worlds: ['EL3', 'NS'] },
          uart1: { raw: `127.0.0.1:${ser1}`, worlds: ['S-EL1'] },
        },
        flash,
      },
    },
  }
}

import type { Socket } from 'node:net'
import { startGuarded } from '../../host/guarded-process.ts'

/** A board in QEMU whose firmware is Debian's U-Boot, and how it is made. */
export interface UBootBoard {
  /** Megabytes. */
  memory?: number
  /** Files that slirp's own TFTP server has at 10.0.2.2. */
  tftp?: string
  /** More of slirp's `-netdev user` options, e.g. `hostfwd=udp:127.0.0.1:5554-:5554`. */
  network?: string
  /** A medium, raw. */
  disk?: string
  firmware?: string
  /** All of QEMU's arguments, for another machine than the one that the others describe. */
  machine?: string[]
}

export const debianUBoot = '/usr/lib/u-boot/qemu_arm64/u-boot.bin'

/** QEMU's arguments for a board, but for its console. */
export function uBootArguments({ memory = 256, tftp, network, disk, firmware = debianUBoot }: UBootBoard): string[] {
  const options = [
    'user',
    'id=net',
    ...(tftp === undefined ? [] : [`tftp=${tftp}`]),
    ...(network === undefined ? [] : [network]),
  ]
  // romfile: U-Boot needs no option ROM, and QEMU's is in a package of its own.
  const net = ['-netdev', options.join(','), '-device', 'virtio-net-pci,netdev=net,romfile=']
  const drive = ['-drive', `if=none,id=disk,format=raw,file=${disk}`, '-device', 'virtio-blk-pci,drive=disk']
  const machine = ['-nodefaults', '-display', 'none', '-machine', 'virt', '-cpu', 'cortex-a57', '-m', String(memory)]
  return [...machine, '-bios', firmware, ...net, ...(disk === undefined ? [] : drive)]
}

/** A board that runs. */
export interface RunningBoard {
  /** Its only UART. Everything that it says has to be read, or it stands still. */
  console: Socket
  ended: Promise<{ code: number }>
  stop(): Promise<void>
}

/**
 * Powers a board on.
 * @param logFile what QEMU itself says
 * @param through a command that runs QEMU, e.g. one that puts it into a network of its own
 */
export function startUBoot(board: UBootBoard, logFile: string, through: string[] = []): RunningBoard {
  const serial = ['-chardev', 'socket,id=uart,fd=4', '-serial', 'chardev:uart']
  const [command = '', ...args] = [
    ...through,
    'qemu-system-aarch64',
    ...(board.machine ?? uBootArguments(board)),
    ...serial,
  ]
  const guarded = startGuarded(command, args, { logFile, channels: 1 })
  const [console] = guarded.channels
  if (!console) throw new Error('QEMU could not be started')
  console.on('error', () => undefined)
  return {
    console,
    ended: guarded.ended,
    async stop() {
      guarded.kill('SIGKILL')
      await guarded.ended
    },
  }
}

import type { World } from '../../domain/world.ts'

/** A text channel of the machine: what it is called, which worlds speak on it, and QEMU's arguments for it. */
export interface QemuChannel {
  name: string
  /** Every world that speaks there; empty for the record channel, which is no console. */
  worlds: World[]
  /** Arguments that connect the device to the character device with the channel's own name. */
  device: string[]
}

/**
 * All text channels of the machine. On `virt,secure=on` the first UART is everybody's (TF-A prints there until Linux
 * does) and the second is in secure memory: OP-TEE's at S-EL1. The record channel is a port of virtio-console, found
 * by our init by its name.
 */
export const qemuChannels: QemuChannel[] = [
  { name: 'uart0', worlds: ['EL3', 'NS'], device: ['-serial', 'chardev:uart0'] },
  { name: 'uart1', worlds: ['S-EL1'], device: ['-serial', 'chardev:uart1'] },
  {
    name: 'records',
    worlds: [],
    device: ['-device', 'virtio-serial-device', '-device', 'virtserialport,chardev=records,name=hyplab.records'],
  },
]

/** The console on which init speaks when it finds no record channel. */
export const bootConsole = 'uart0'
export const recordChannel = 'records'

/**
 * QEMU's arguments for all channels and for QMP, each on a socket that QEMU inherits: connected before QEMU's first
 * instruction, and with no name in any file system that could be too long (108 bytes), stolen or left over.
 * @param firstFd the file descriptor of the first channel; the others follow, QMP is the last
 */
export function channelArguments(firstFd: number): string[] {
  const consoles = qemuChannels.flatMap(({ name, device }, n) => [...socket(name, firstFd + n), ...device])
  const qmp = [...socket('qmp', firstFd + qemuChannels.length), '-mon', 'chardev=qmp,mode=control']
  return [...consoles, ...qmp]
}

function socket(id: string, fd: number): string[] {
  return ['-chardev', `socket,id=${id},fd=${fd}`]
}

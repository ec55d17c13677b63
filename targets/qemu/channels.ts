import { join } from 'node:path'
import type { World } from '../../domain/world.ts'
import { optionValue } from './machine.ts'

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
 * QEMU's arguments for all channels and for QMP. The consoles are pipes, see FifoChannel; the record channel and QMP, which
 * say much at a time, are sockets that QEMU inherits: with no name in any file system that could be stolen or left over.
 * @param folder where the pipes of the consoles are, each with its channel's name
 * @param firstFd the file descriptor of the first socket; the others follow, QMP is the last
 */
export function channelArguments(folder: string, firstFd: number): string[] {
  const channels = qemuChannels.flatMap((channel) => [...connection(channel, folder, firstFd), ...channel.device])
  return [...channels, ...socket('qmp', firstFd + sockets.length), '-mon', 'chardev=qmp,mode=control']
}

/** The channels of which QEMU inherits a socket, in the order of their file descriptors. */
export const sockets = qemuChannels.filter((channel) => !isConsole(channel))

export function isConsole({ worlds }: QemuChannel): boolean {
  return worlds.length > 0
}

/** Whether the normal world is heard on a channel, perhaps among others. */
export function speaksNormalWorld(name: string): boolean {
  return (
    name === recordChannel || qemuChannels.some((channel) => channel.name === name && channel.worlds.includes('NS'))
  )
}

function connection(channel: QemuChannel, folder: string, firstFd: number): string[] {
  if (!isConsole(channel)) return socket(channel.name, firstFd + sockets.indexOf(channel))
  return ['-chardev', `pipe,id=${channel.name},path=${optionValue(join(folder, channel.name))}`]
}

function socket(id: string, fd: number): string[] {
  return ['-chardev', `socket,id=${id},fd=${fd}`]
}

import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { MachineSetup } from '../../domain/machine-setup.ts'
import { isConsole, recordChannel, type KeptLine } from '../lines.ts'
import { optionValue } from './machine.ts'

/**
 * The UARTs of `virt,secure=on` in the order of QEMU's `-serial` (hw/arm/virt.c, 10.0): the second is in secure memory. Who
 * speaks on them is for the stack to say.
 */
const uarts = ['uart0', 'uart1']

/**
 * The text channels of a machine: the UARTs on which the stack speaks, and the record channel, a port of virtio-console
 * that our init finds by its name.
 * @throws LabError BadInput for a UART that the machine has not
 */
export function channelsOf(consoles: MachineSetup['consoles']): KeptLine[] {
  const unknown = Object.keys(consoles).find((name) => !uarts.includes(name))
  if (unknown !== undefined) {
    const sentence = `The stack speaks on ${unknown}; a QEMU virt machine has ${uarts.join(' and ')}: correct consoles in its recipe.`
    throw new LabError('BadInput', sentence)
  }
  const named = uarts.flatMap((name) => (consoles[name] ? [{ name, worlds: consoles[name] }] : []))
  return [...named, { name: recordChannel, worlds: [] }]
}

/** The channels of which QEMU inherits a socket, in the order of their file descriptors. */
export const sockets = [recordChannel]

/**
 * QEMU's arguments for all channels and for QMP. The consoles are pipes, see FifoChannel; the record channel and QMP, which
 * say much at a time, are sockets that QEMU inherits: with no name in any file system that could be stolen or left over.
 * @param folder where the pipes of the consoles are, each with its channel's name
 * @param firstFd the file descriptor of the first socket; the others follow, QMP is the last
 */
export function channelArguments(channels: readonly KeptLine[], folder: string, firstFd: number): string[] {
  const pipes = channels.filter(isConsole).flatMap(({ name }) => ['-chardev', pipe(name, folder)])
  const serials = uarts.flatMap((name) => {
    const wired = channels.some((channel) => channel.name === name)
    return ['-serial', wired ? `chardev:${name}` : 'null']
  })
  const records = ['-device', 'virtio-serial-device', '-device', `virtserialport,chardev=records,name=hyplab.records`]
  const qmp = [...socket('qmp', firstFd + sockets.length), '-mon', 'chardev=qmp,mode=control']
  return [...pipes, ...serials, ...socket(recordChannel, firstFd), ...records, ...qmp]
}

function pipe(id: string, folder: string): string {
  return `pipe,id=${id},path=${optionValue(join(folder, id))}`
}

function socket(id: string, fd: number): string[] {
  return ['-chardev', `socket,id=${id},fd=${fd}`]
}

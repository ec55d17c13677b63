import { statSync } from 'node:fs'
import { LabError } from '../../domain/errors.ts'
import type { BootOrder } from './boot-order.ts'
import { bareArguments, machineArguments, qemu } from './machine.ts'

/** Where the second UART of a boot by hand goes: a file in the user's current folder. */
export const secureLog = 'uart1.log'

/**
 * One command line for a POSIX shell that boots the same machine by hand: uart0 on the terminal (Ctrl-A x ends QEMU), uart1
 * in a file. It has no record channel, because nobody would answer there: init says its records on the terminal
 * instead, waits 20 s for a host that does not come, and powers off.
 * @throws LabError BadInput when memory or command line do not fit, SourceMissing when the initrd has gone
 */
export function reproduceCommand({ target, files, cmdline }: Pick<BootOrder, 'target' | 'files' | 'cmdline'>): string {
  const machine = machineArguments(target, files, cmdline, initrdBytes(files.initrd))
  const consoles = ['-serial', 'mon:stdio', '-serial', `file:${secureLog}`]
  return [qemu, ...bareArguments, ...machine, ...consoles].map(quoted).join(' ')
}

/** A word as a POSIX shell takes it (XCU 2.2.2): in single quotes unless nothing in it is special. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

function initrdBytes(path: string): number {
  try {
    return statSync(path).size
  } catch (cause) {
    const sentence = `The attempt's initrd ${path} has gone: run the cell again to have it made again.`
    throw new LabError('SourceMissing', sentence, { cause })
  }
}

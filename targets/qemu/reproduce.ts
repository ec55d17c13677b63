import { statSync } from 'node:fs'
import { LabError } from '../../domain/errors.ts'
import { quoted } from '../quoted.ts'
import { bareArguments, machineArguments, qemu, type MachineOrder } from './machine.ts'
import { swtpmArguments, swtpmSetupArguments } from '../swtpm.ts'

/** Where the second UART of a boot by hand goes: a file in the user's current folder. */
export const secureLog = 'uart1.log'

/** Stands for the folder of a TPM in words that are quoted already. */
const tpmFolder = '@TPM@'

/**
 * One command line for a POSIX shell that boots the same machine by hand: uart0 on the terminal (Ctrl-A x ends QEMU), uart1
 * in a file. It has no record channel, because nobody would answer there: init says its records on the terminal
 * instead, waits 20 s for a host that does not come, and powers off. Where the machine has a TPM it makes a new one first,
 * in a folder that goes with the command, however it ends.
 * @param kept the files that the attempt kept, by name: ACPI tables are among them
 * @throws LabError BadInput when memory or command line do not fit, SourceMissing when the initrd has gone
 */
export function reproduceOnQemu(
  order: MachineOrder,
  kept: Record<string, string>,
): { command: string; advice: string } {
  const tables = Object.entries(kept).flatMap(([name, path]) => {
    const [, signature] = /^acpi\/(.+)$/.exec(name) ?? []
    return signature === undefined ? [] : [[signature, path]]
  })
  return { command: reproduceCommand(order, Object.fromEntries(tables)), advice }
}

const advice =
  'Ctrl-A x leaves QEMU; init powers off by itself when no host answers it. The secure world writes to ./uart1.log.'

/** As `reproduceOnQemu`, the command alone. @param acpiTables those that the attempt kept, by signature */
export function reproduceCommand(order: MachineOrder, acpiTables: Record<string, string> = {}): string {
  const { tpm } = order.setup
  const machineTpm = tpm && { channel: `path=${tpmFolder}/control`, acpiTables }
  const machine = machineArguments(order, initrdBytes(order.files.initrd), machineTpm)
  const consoles = ['-serial', 'mon:stdio', '-serial', `file:${secureLog}`]
  const boot = [qemu, ...bareArguments, ...machine, ...consoles].map(quoted).join(' ')
  return tpm ? withTpm(boot, tpm.banks) : boot
}

function withTpm(boot: string, banks: string[]): string {
  const make = ['swtpm_setup', ...swtpmSetupArguments(tpmFolder, banks)]
  const run = ['swtpm', ...swtpmArguments(tpmFolder, `path=${tpmFolder}/control`)]
  const steps = [
    't=$(mktemp -d)',
    // swtpm ends with QEMU, but not when QEMU never came.
    `trap 'kill $(cat "$t/pid" 2>/dev/null) 2>/dev/null; rm -rf "$t"' EXIT`,
    "trap 'exit 1' HUP INT TERM",
    `${make.map(quoted).join(' ')} >"$t/setup.log"`,
    [...run, '--daemon', '--pid', `file=${tpmFolder}/pid`].map(quoted).join(' '),
    boot,
  ]
  return `( ${steps.join(' && ').replaceAll(tpmFolder, '"$t"')} )`
}

function initrdBytes(path: string): number {
  try {
    return statSync(path).size
  } catch (cause) {
    const sentence = `The attempt's initrd ${path} has gone: run the cell again to have it made again.`
    throw new LabError('SourceMissing', sentence, { cause })
  }
}

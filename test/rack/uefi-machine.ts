import { existsSync } from 'node:fs'
import { copyFile, mkdir, rename, stat, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Folders } from '../../host/folders.ts'
import { sha256, sha256File } from '../../host/sha256.ts'
import { EfiShell } from '../../targets/board/loader/efi-shell.ts'
import type { BuiltBl33 } from './built-bl33.ts'
import { startUBoot } from './u-boot.ts'

/** Bytes of the flash that QEMU's virt machine has for variables; it takes no smaller file. */
const flashSize = 64 << 20

/** What a board with UEFI firmware has in its flash. */
export interface UefiFirmware {
  /** TF-A and OP-TEE, as `qemu_fw.bios`. */
  firmware: string
  edk2: BuiltBl33
}

/**
 * QEMU's arguments for a board with UEFI firmware, but for network and consoles. Without ACPI tables EDK2 hands the device tree
 * on, as it got it from TF-A.
 * @param variables the flash that keeps its EFI variables
 */
export function uefiMachine({ firmware, edk2: { files, at } }: UefiFirmware, variables: string): string[] {
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
 * Makes a flash with variables for a board, by which the UEFI shell is the first that its firmware boots. What that took is kept
 * in the cache, for the next board with this firmware.
 * @returns its path
 */
export async function variablesWithShell(from: UefiFirmware, folder: string, { cache }: Folders): Promise<string> {
  const digests = await Promise.all([from.firmware, from.edk2.files['bl33']!].map(sha256File))
  const kept = join(cache, 'rack', `variables-${sha256(digests.join(' ')).slice(0, 20)}.fd`)
  const empty = from.edk2.files['variables']!
  const isKept = existsSync(kept)
  const variables = join(folder, 'variables.fd')
  await copyFile(isKept ? kept : empty, variables)
  await truncate(variables, flashSize)
  if (isKept) return variables
  await bootToShell(uefiMachine(from, variables), join(folder, 'set-up.log'))
  await mkdir(dirname(kept), { recursive: true })
  const part = `${kept}.${process.pid}`
  await copyFile(variables, part)
  await truncate(part, (await stat(empty)).size)
  await rename(part, kept)
  return variables
}

/**
 * Does what an admin does once with such a board: its shell comes first from then on, since it was all that there was to boot
 * when its firmware looked for the first time.
 */
async function bootToShell(machine: string[], logFile: string): Promise<void> {
  const bare = ['-nodefaults', '-no-user-config', '-display', 'none']
  const board = startUBoot({ machine: [...bare, ...machine] }, logFile)
  try {
    const write = (text: string): void => void board.console.write(text)
    const shell = new EfiShell(write, { silence: 60, echo: 3 }, new AbortController().signal)
    board.console.on('data', (chunk: Buffer) => shell.feed(chunk))
    await shell.toPrompt()
  } finally {
    await board.stop()
  }
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { parseLab } from '../domain/lab/file/parse-lab.ts'
import type { Inventory } from '../domain/lab/inventory.ts'
import { formatError } from '../domain/yaml/located-error.ts'
import { labFiles } from '../host/lab-files.ts'
import { artifactPath } from '../store/artifacts.ts'
import { attemptDetail, type AttemptDetail } from '../store/details.ts'
import type { Store } from '../store/store.ts'

/** A boot of board-1 of the rack, as a script that knows nothing of hyplab is told of it. */
export interface BoardBoot {
  /** The PDU: SNMP v1, PowerNet-MIB. */
  snmp: { port: number; community: string; outlet: number }
  /** Ports of ser2net on 127.0.0.1: the normal world by telnet, the secure one raw. */
  consoles: { normal: number; secure: number }
  /** Where the TFTP server's files are, and its address for the board. */
  tftp: { folder: string; server: string }
  kernel: BootFile
  initrd: BootFile
  /** The kernel's whole command line. */
  cmdline: string
  /** Where the script may write what it read. */
  folder: string
}

export interface BootFile {
  path: string
  /** As U-Boot prints it. */
  crc32: string
}

/** Where the TFTP server has the files of the scripts. */
const byScript = 's'

/** The place of the rack that is measured. */
export const boardName = 'board-1'

/**
 * The boot of an attempt on board-1, to be done again by others with the same files.
 * @param labFile the rack's
 * @param run whose first attempt of its first cell it is
 * @param folder where others may write
 */
export async function boardBoot(store: Store, labFile: string, run: number, folder: string): Promise<BoardBoot> {
  const lab = parseLab(await readFile(labFile, 'utf8'), labFile, labFiles)
  if (!lab.ok) throw new Error(lab.errors.map(formatError).join('\n'))
  const { cell, attempt } = await attemptDetail(store, { run, cell: 1, number: 1 })
  return {
    ...placeOf(lab.lab),
    kernel: await fileOf(store, attempt, 'Image'),
    initrd: await fileOf(store, attempt, 'initrd'),
    cmdline: `${lab.lab.classes['virt']!.cmdline} ${cell.cell.cmdline}`,
    folder,
  }
}

/** Where a script puts the files for the TFTP server before it switches on: the folder, and each name's file. */
export function scriptFiles({ kernel, initrd, tftp }: BoardBoot): { folder: string; files: Record<string, string> } {
  return { folder: join(tftp.folder, byScript), files: { k: kernel.path, i: initrd.path } }
}

function placeOf({ pdus, places }: Inventory): Pick<BoardBoot, 'snmp' | 'consoles' | 'tftp'> {
  const place = places[boardName]
  const pdu = pdus['snmp']
  const [normal, secure] = Object.values(place?.consoles ?? {}).map(({ source }) => source)
  const flash = place?.flash
  if (pdu?.kind !== 'snmp' || normal?.kind !== 'tcp' || secure?.kind !== 'tcp' || flash?.kind !== 'tftp')
    throw new Error(`${boardName} of the rack is not as the benchmark knows it`)
  return {
    snmp: { port: pdu.port, community: 'private', outlet: Number(place?.power?.outlet) },
    consoles: { normal: normal.port, secure: secure.port },
    tftp: { folder: flash.folder, server: flash.server },
  }
}

async function fileOf(store: Store, { end }: AttemptDetail['attempt'], name: string): Promise<BootFile> {
  const kept = end?.artifacts.find((one) => one.name === name)
  if (!kept) throw new Error(`the attempt kept no ${name}`)
  const path = artifactPath(store, kept.sha256)
  return {
    path,
    crc32: crc32(await readFile(path))
      .toString(16)
      .padStart(8, '0'),
  }
}

/** What U-Boot is told, one command at a time. */
export interface BootSteps {
  /** Each has to end with code 0 and to say this. */
  commands: { command: string; says: string }[]
  /** The command that does not come back. */
  start: string
}

/** The steps that hyplab takes, too: network, both files, a checksum of each, the command line, the kernel. */
export function bootSteps({ kernel, initrd, tftp, cmdline }: BoardBoot): BootSteps {
  const step = (command: string, says = ''): BootSteps['commands'][number] => ({ command, says })
  return {
    commands: [
      step('setenv autoload no; dhcp'),
      step(`setenv serverip ${tftp.server}; tftpboot \${kernel_addr_r} ${byScript}/k`),
      step('crc32 ${kernel_addr_r} ${filesize}', kernel.crc32),
      step(`tftpboot \${ramdisk_addr_r} ${byScript}/i; setenv size \${filesize}`),
      step('crc32 ${ramdisk_addr_r} ${filesize}', initrd.crc32),
      step(`setenv bootargs '${cmdline}'`),
    ],
    start: 'booti ${kernel_addr_r} ${ramdisk_addr_r}:${size} ${fdtcontroladdr}',
  }
}

import { readFile, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Folders } from '../../host/folders.ts'
import { unpackUBoot } from './debian-u-boot.ts'

const uBoot = {
  package: 'u-boot-sunxi',
  version: '2023.01+dfsg-2+deb12u3',
  architecture: 'armhf',
  sha256: '7c173aa78ba2ca59d6f8a46904da2e3b31c3f08bb5fb58ae9e3cdd1a6555b94a',
}
/** Where the ROM of these chips looks for it on a card, bytes; it ends before the first megabyte. */
const romLooksAt = 8192

/** Puts Debian's U-Boot for the Orange Pi Zero onto a card's image, from which QEMU's orangepi-pc starts it. */
export async function writeOrangePiUBoot(image: string, folder: string, folders: Folders): Promise<void> {
  const file = join(await unpackUBoot(uBoot, folder, folders), 'orangepi_zero/u-boot-sunxi-with-spl.bin')
  const card = await open(image, 'r+')
  try {
    await card.write(await readFile(file), 0, undefined, romLooksAt)
  } finally {
    await card.close()
  }
}

/**
 * QEMU's arguments for a board with an SD card and a network of its own, but for its console. It is of 32 bits: what hyplab
 * boots does not run there, and `booti` is no command of its U-Boot.
 * @param card its image: U-Boot lies on it, too
 * @param tftp the folder that slirp's own server has at 10.0.2.2
 */
export function orangePiArguments(card: string, tftp: string): string[] {
  const machine = ['-nodefaults', '-display', 'none', '-machine', 'orangepi-pc', '-m', '1G']
  return [...machine, '-drive', `if=sd,format=raw,file=${card}`, '-nic', `user,tftp=${tftp}`]
}

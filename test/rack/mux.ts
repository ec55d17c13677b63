import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { MuxControl } from '../../domain/lab/flash-spec.ts'

const program = join(import.meta.dirname, 'mux-stand-in')
const sector = 512
const start = 2048
const megabyte = 1 << 20
const smallestFat32 = 36

/** A card behind a mux stand-in, on the board's side. */
export interface MuxCard {
  control: MuxControl
  /** As the host sees it; nothing is there while it is on the board's side. */
  atHost: string
  /** As the board sees it. */
  atBoard: string
  /** The card itself, for whoever wants to look or to damage it. */
  medium: string
}

/** Makes a card with one FAT partition (mtools), behind a mux. @param megabytes its size */
export async function muxCard(folder: string, megabytes: number): Promise<MuxCard> {
  const medium = join(folder, 'medium.img')
  await writeMbr(medium, megabytes)
  const sectors = ['-T', String((megabytes * megabyte) / sector - start)]
  // FAT32 has no fewer clusters than fit in these.
  const kind = megabytes < smallestFat32 ? [] : ['-F']
  await execa('mformat', ['-i', `${medium}@@${start * sector}`, ...sectors, ...kind, '::'])
  const switchTo = (side: string): string[] => [program, folder, side]
  await execa(program, [folder, 'board'])
  const state = { run: switchTo('get'), host: '^host$', board: '^board$' }
  return {
    control: { program: 'commands', toHost: switchTo('host'), toBoard: switchTo('board'), state },
    atHost: join(folder, 'at-host'),
    atBoard: join(folder, 'at-board'),
    medium,
  }
}

async function writeMbr(medium: string, megabytes: number): Promise<void> {
  const mbr = Buffer.alloc(sector)
  // Bootable, FAT32 by LBA: U-Boot's distro boot takes the first bootable partition.
  mbr.set([0x80, 0, 0, 0, 0x0c, 0, 0, 0], 446)
  mbr.writeUInt32LE(start, 446 + 8)
  mbr.writeUInt32LE((megabytes * megabyte) / sector - start, 446 + 12)
  mbr.writeUInt16LE(0xaa55, 510)
  const file = await open(medium, 'w')
  try {
    await file.write(mbr)
    await file.truncate(megabytes * megabyte)
  } finally {
    await file.close()
  }
}

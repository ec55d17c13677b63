import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { tempFolder } from './temp-folder.ts'

/** A file system of its own, in a file: ext4 behind a loop device. */
export interface SmallDisk {
  folder: string
  /** Takes so many bytes away, in place of what was taken before; the file is there but was never written. */
  fill: (bytes: number) => Promise<void>
  /** Writes until nothing more can be written. */
  fillUp: () => Promise<void>
  unmount(): Promise<void>
}

/** Whether this user may mount one. */
export async function canMountDisks(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false
  const { exitCode } = await execa('losetup', ['-f'], { reject: false })
  return exitCode === 0
}

/** Makes a disk of so many megabytes; to be called in a test, and unmounted by whoever made it. */
export async function smallDisk(megabytes: number, below?: string): Promise<SmallDisk> {
  const at = below ?? (await tempFolder())
  const [image, folder] = [join(at, 'disk.img'), join(at, 'disk')]
  await mkdir(folder, { recursive: true })
  await execa('truncate', ['-s', `${megabytes}M`, image])
  await execa('mkfs.ext4', ['-q', '-m', '0', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image])
  await execa('mount', ['-o', 'loop', image, folder])
  await rm(join(folder, 'lost+found'), { recursive: true })
  const filler = join(folder, 'filler')
  return {
    folder,
    fill: async (bytes) => {
      await rm(filler, { force: true })
      if (bytes > 0) await execa('fallocate', ['-l', String(Math.floor(bytes)), filler])
    },
    fillUp: async () => {
      const { stderr } = await execa('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], { reject: false })
      if (!stderr.includes('No space left on device')) throw new Error(stderr)
    },
    unmount: async () => {
      await execa('umount', ['-l', folder])
      await rm(image, { force: true })
    },
  }
}

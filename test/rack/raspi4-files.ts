import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { obtainingContext } from '../../builds/source/source.ts'
import { obtainSource } from '../../builds/source/obtain.ts'
import type { Folders } from '../../host/folders.ts'
import { runOrThrow } from '../../host/run.ts'
import { unpackUBoot } from './debian-u-boot.ts'

const uBoot = {
  package: 'u-boot-rpi',
  version: '2023.01+dfsg-2+deb12u3',
  architecture: 'arm64',
  sha256: '3722f286cfafca03f4cac7adade04fccf66158ad8467501b9deabd154162b5e8',
}

/** The kernel tree whose description of the board is used: the one that plans/raspi4.yaml builds, so it is there already. */
const linux = {
  kind: 'debian',
  package: 'linux',
  version: '6.18.5-1~bpo13+1',
  sha256: '69ac99a397e2e1d9e97f6ade0c01e4ab704ba999667932b6b35fec032700cb19',
} as const
const dts = 'arch/arm64/boot/dts/broadcom'

/** What the board has and QEMU 10.0 has not, below /soc: a kernel that touches it dies of an external abort. */
const missing = [
  'interrupt-controller@7ef00100',
  'clock@7ef00000',
  'i2c@7ef04500',
  'i2c@7ef09500',
  'hdmi@7ef00700',
  'hdmi@7ef05700',
  'vec@7ec13000',
]

/** What a Raspberry Pi 4 of QEMU starts from. */
export interface Raspi4Files {
  uBoot: string
  deviceTree: string
}

/** Makes them in a folder, from what the cache has or Debian's mirrors. */
export async function raspi4Files(folder: string, folders: Folders): Promise<Raspi4Files> {
  await mkdir(folder, { recursive: true })
  const [boards, deviceTree] = await Promise.all([unpackUBoot(uBoot, folder, folders), makeDeviceTree(folder, folders)])
  return { uBoot: join(boards, 'rpi_4/u-boot.bin'), deviceTree }
}

async function makeDeviceTree(folder: string, folders: Folders): Promise<string> {
  const tree = (await obtainSource([linux], [], obtainingContext({ folders }))).folder
  const [source, blob] = [join(folder, 'board.dts'), join(folder, 'board.dtb')]
  const include = ['scripts/dtc/include-prefixes', dts].flatMap((path) => ['-I', join(tree, path)])
  const cpp = ['-E', '-nostdinc', '-undef', '-D__DTS__', '-x', 'assembler-with-cpp', ...include]
  // As scripts/Makefile.dtbs does it.
  await runOrThrow('aarch64-linux-gnu-gcc', [...cpp, '-o', source, join(tree, dts, 'bcm2711-rpi-4-b.dts')])
  await runOrThrow('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-o', blob, source])
  for (const node of missing) await runOrThrow('fdtput', ['-t', 's', blob, `/soc/${node}`, 'status', 'disabled'])
  return blob
}

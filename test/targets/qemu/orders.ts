import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BootOrder } from '../../../targets/qemu/boot-order.ts'
import { bareGuest, type GuestStep } from './bare-guest.ts'
import { tempFolder } from '../../host/temp-folder.ts'

/** Order of a boot of a bare-metal guest, in folders of its own. */
export async function bareOrder(steps: GuestStep[], silence = 20): Promise<BootOrder> {
  const root = await tempFolder()
  const folder = join(root, 'attempt')
  await mkdir(folder)
  return {
    folder,
    machine: await bareGuest(root, steps),
    target: { kind: 'qemu', name: 'qemu-test', cpu: 'max', smp: 1, memory: 64 },
    files: { firmware: '', image: '', initrd: '' },
    cmdline: '',
    limits: { silence },
    place: { folder: join(root, 'place'), fence: 1, owner: 'test' },
  }
}

/** Every byte value once. */
export const allBytes = Uint8Array.from({ length: 256 }, (_, n) => n)

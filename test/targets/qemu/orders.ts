import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { MachineSetup } from '../../../domain/machine-setup.ts'
import type { QemuBoot } from './boot-qemu.ts'
import { bareFirmware, bareGuest, type GuestStep } from './bare-guest.ts'
import { tempFolder } from '../../host/temp-folder.ts'

/** Who speaks on a virt machine with OP-TEE. */
export const virtConsoles: MachineSetup['consoles'] = { uart0: ['EL3', 'NS'], uart1: ['S-EL1'] }

/** Order of a boot of a bare-metal guest, in folders of its own. */
export async function bareOrder(steps: GuestStep[], silence = 20): Promise<QemuBoot> {
  const root = await tempFolder()
  const folder = join(root, 'attempt')
  await mkdir(folder)
  return {
    folder,
    machine: await bareGuest(root, steps),
    target: { kind: 'qemu', name: 'qemu-test', cpu: 'max', smp: 1, memory: 64 },
    setup: { consoles: virtConsoles, boot: 'kernel', bl33: 0, services: [] },
    files: { firmware: '', image: '', initrd: '' },
    cmdline: '',
    limits: { silence },
    place: { folder: join(root, 'place'), fence: 1, owner: 'test' },
  }
}

/** Where the TPM's TIS device says who it is (TPM_DID_VID_0): IBM's 0x1014 and 1 (QEMU, hw/tpm/tpm_tis_common.c). */
export const tisIdentity = 0x0c00_0f00

/** Order of a boot of bare-metal firmware on a machine with a TPM. */
export async function tpmOrder(steps: GuestStep[], silence = 20): Promise<QemuBoot> {
  const { machine: _, ...order } = await bareOrder([{ end: 'sleep' }], silence)
  const firmware = await bareFirmware(dirname(order.folder), steps)
  return {
    ...order,
    target: { kind: 'qemu', name: 'qemu-test', cpu: 'max', smp: 1, memory: 1024 },
    setup: {
      consoles: virtConsoles,
      boot: 'efi',
      bl33: 0x60000000,
      services: ['tpm'],
      tpm: { banks: ['sha256'], partition: 0x8002 },
    },
    files: { firmware, bl33: firmware, image: firmware, initrd: firmware },
  }
}

/** Every byte value once. */
export const allBytes = Uint8Array.from({ length: 256 }, (_, n) => n)

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { onTestFinished } from 'vitest'
import type { Inventory, LabHost } from '../../../domain/lab/inventory.ts'
import type { MachineSetup } from '../../../domain/machine-setup.ts'
import type { OpenPlace } from '../../../targets/place/place.ts'
import { openPlace } from '../../../targets/place/open-place.ts'
import type { TargetOrder } from '../../../targets/target-order.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { standIn } from '../fvp/stand-in.ts'

/** How the stacks of these tests want a model to be set up. */
export const setup: MachineSetup = {
  consoles: { terminal_0: ['EL3', 'NS'], terminal_1: ['S-EL1'] },
  boot: 'kernel',
  bl33: 0x84000000,
  services: [],
  fvp: {
    parameters: { 'bp.flashloader0.fname': '${product:fip.bin}', 'cluster0.NUM_CORES': '4' },
    initrd: 0x880000000,
    deviceTree: { product: 'fvp.dtb', at: 0x8fe00000 },
  },
}

/** What an attempt on a model is told, with files of its own; the device tree has a command line already. */
export async function fvpOrder(changes: Partial<TargetOrder> = {}): Promise<TargetOrder> {
  const [folder, files] = [await tempFolder(), await tempFolder()]
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(files, name), text)
    return join(files, name)
  }
  const dtb = join(files, 'fvp.dtb')
  await execa('dtc', ['-o', dtb, '-'], {
    input: '/dts-v1/; / { chosen { bootargs = "old"; stdout-path = "serial0"; }; };',
  })
  return {
    folder,
    target: { kind: 'fvp', name: 'model', class: 'base-revc', tags: [] },
    setup,
    files: {
      image: await file('Image', 'a kernel'),
      initrd: await file('initrd', 'an initrd'),
      // The stack's device tree is called as the attempt calls its own.
      firmware: { 'firmware/fip.bin': await file('fip.bin', 'firmware'), 'firmware/fvp.dtb': dtb },
    },
    cmdline: 'kvm-arm.mode=protected panic=-1',
    limits: { silence: 60, boot: 60, stage: {} } as never,
    place: { folder: await tempFolder(), fence: 1, owner: 'a test' },
    ...changes,
  }
}

/** A place that is a model, open until the test has finished. */
export function fvpPlace({
  binary = standIn,
  host = 'here',
  hosts = {},
  mayCommand = () => Promise.resolve(),
}: {
  binary?: string
  host?: string
  hosts?: Record<string, LabHost>
  mayCommand?: () => Promise<void>
} = {}): OpenPlace {
  const limits = { firstByte: 30, offSilence: 5, shortestOff: 1 }
  const model = { binary, parameters: { 'bp.secure_memory': '1' } }
  const kind = { name: 'base-revc', at: 'x:1:1', kind: 'fvp' as const, limits, cmdline: 'class=1', model }
  const place = {
    name: 'model-1',
    at: 'x:2:1',
    class: 'base-revc',
    tags: [],
    host,
    firmware: 'takes' as const,
    consoles: {},
    limits,
  }
  const inventory: Inventory = {
    name: 'lab',
    file: '/lab.yaml',
    hosts: { here: { name: 'here', at: 'x:0:0' }, ...hosts },
    pdus: {},
    classes: { 'base-revc': kind },
    places: { 'model-1': place },
  }
  const open = openPlace({ inventory, place, folder: '/nowhere', attempt: '1.1.1', mayCommand })
  onTestFinished(() => open.close())
  return open
}

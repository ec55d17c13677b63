import { LabError } from '../../domain/errors.ts'
import type { PlaceClass } from '../../domain/lab/inventory.ts'
import { productIn, type BootWay } from '../../domain/machine-setup.ts'
import { cmdlineBytes, longestCmdline } from '../../domain/virt-machine.ts'
import { keptFile } from '../kept-files.ts'
import type { TargetOrder } from '../target-order.ts'
import { makeDeviceTree } from './device-tree.ts'
import { checkLayout, fwCfgName, makeEfiMemory } from './efi-memory.ts'
import type { FvpData, FvpOrder } from './fvp-order.ts'
import { productName } from './kept-model.ts'

/** The name by which an attempt keeps the device tree that its kernel was given. */
export const deviceTreeName = 'fvp.dtb'

/**
 * What the kernel is told last: the first UART of the Base platform, and our init. With `panic=0` a kernel that panics stands
 * still: a model has no switch that ends it in place of a reset.
 */
const ownCmdline = 'console=ttyAMA0 earlycon=pl011,0x1c090000 rdinit=/init panic=0'

/**
 * The whole command line of a kernel on a model: the class's, then the cell's, then what the target adds. EDK2 gives ACPI
 * tables and no device tree.
 */
export function fvpCmdline(kind: Pick<PlaceClass, 'cmdline'>, cell: string, boot: BootWay): string {
  const tables = boot === 'efi' ? 'acpi=force' : ''
  return [kind.cmdline, cell, ownCmdline, tables].filter((part) => part !== '').join(' ')
}

/**
 * What a model boots, of what any target boots. What is made for the attempt alone, the device tree of a kernel or what EDK2
 * reads, is made in its folder.
 * @param kind the class of the model's place
 * @throws LabError BadInput for a stack that is for no FVP, a command line that is too long, or files that do not fit beside
 *   each other; as makeDeviceTree
 */
export async function makeFvpOrder(order: TargetOrder, kind: PlaceClass, signal: AbortSignal): Promise<FvpOrder> {
  const { setup, files, target, folder } = order
  const { model } = kind
  if (setup?.fvp === undefined || model === undefined) {
    const sentence = `${target.name} is an FVP, and boots a stack that was made for one (fvp: in its recipe): choose another.`
    throw new LabError('BadInput', sentence)
  }
  const { fvp, boot, bl33, tpm } = setup
  const cmdline = fvpCmdline(kind, order.cmdline, boot)
  const over = cmdlineBytes(cmdline)
  if (over > longestCmdline) {
    const sentence = `The kernel command line for ${target.name} has ${over} characters, an arm64 kernel takes ${longestCmdline}: shorten the plan's cmdline.`
    throw new LabError('BadInput', sentence)
  }
  const product = (name: string): string => files.firmware[productName(name)] ?? missing(name)
  const names: Record<string, string> = {
    ...Object.fromEntries(Object.entries(files.firmware).map(([name, path]) => [path, name])),
    [files.image]: 'Image',
    [files.initrd]: 'initrd',
    [keptFile(folder, deviceTreeName)]: deviceTreeName,
    [keptFile(folder, fwCfgName)]: fwCfgName,
  }
  const parameters = Object.entries(fvp.parameters).map(([name, value]) => {
    const named = productIn(value)
    return [name, named === undefined ? value : product(named)] as const
  })
  const data = boot === 'kernel' ? await kernelData() : await efiData()
  await checkLayout(data, names)
  return {
    folder,
    model,
    recipe: { parameters: Object.fromEntries(parameters), data },
    names,
    terminals: Object.entries(setup.consoles).map(([name, worlds]) => ({ name, worlds })),
    ...(fvp.tpm !== undefined && tpm && { tpm: { terminal: fvp.tpm, banks: tpm.banks } }),
  }

  async function kernelData(): Promise<FvpData[]> {
    const tree = keptFile(folder, deviceTreeName)
    const chosen = { cmdline, initrd: { file: files.initrd, at: fvp!.initrd } }
    await makeDeviceTree(product(fvp!.deviceTree.product), tree, chosen, signal)
    return [
      { file: files.image, at: bl33 },
      { file: files.initrd, at: fvp!.initrd },
      { file: tree, at: fvp!.deviceTree.at },
    ]
  }

  async function efiData(): Promise<FvpData[]> {
    const tables = (fvp!.acpi ?? []).map(product)
    const { image, initrd } = files
    return [
      { file: files.firmware['bl33'] ?? missing('bl33'), at: bl33 },
      { file: product(fvp!.deviceTree.product), at: fvp!.deviceTree.at },
      ...(await makeEfiMemory(folder, fvp!, { image, initrd, cmdline, tables })),
    ]
  }
}

function missing(name: string): never {
  throw new LabError('SourceMissing', `The stack has no product ${name}: build it again.`)
}

import { LabError } from '../../domain/errors.ts'
import type { PlaceClass } from '../../domain/lab/inventory.ts'
import { productIn } from '../../domain/machine-setup.ts'
import { cmdlineBytes, longestCmdline } from '../../domain/virt-machine.ts'
import { keptFile } from '../kept-files.ts'
import type { TargetOrder } from '../target-order.ts'
import { makeDeviceTree } from './device-tree.ts'
import type { FvpOrder, FvpRecipe } from './fvp-order.ts'
import { productName } from './kept-model.ts'

/** The name by which an attempt keeps the device tree that its kernel was given. */
export const deviceTreeName = 'fvp.dtb'

/**
 * What the kernel is told last: the first UART of the Base platform, and our init. With `panic=0` a kernel that panics stands
 * still: a model has no switch that ends it in place of a reset.
 */
const ownCmdline = 'console=ttyAMA0 earlycon=pl011,0x1c090000 rdinit=/init panic=0'

/** The whole command line of a kernel on a model: the class's, then the cell's, then what the target adds. */
export function fvpCmdline(kind: Pick<PlaceClass, 'cmdline'>, cell: string): string {
  return [kind.cmdline, cell, ownCmdline].filter((part) => part !== '').join(' ')
}

/**
 * What a model boots, of what any target boots. The kernel's device tree is made in the attempt's folder.
 * @param kind the class of the model's place
 * @throws LabError BadInput for a stack that is for no FVP, or a command line that is too long; as makeDeviceTree
 */
export async function makeFvpOrder(order: TargetOrder, kind: PlaceClass, signal: AbortSignal): Promise<FvpOrder> {
  const { setup, files, target } = order
  const { model } = kind
  if (setup?.fvp === undefined || model === undefined) {
    const sentence = `${target.name} is an FVP, and boots a stack that was made for one (fvp: in its recipe): choose another.`
    throw new LabError('BadInput', sentence)
  }
  const { parameters, initrd, deviceTree } = setup.fvp
  const cmdline = fvpCmdline(kind, order.cmdline)
  const over = cmdlineBytes(cmdline)
  if (over > longestCmdline) {
    const sentence = `The kernel command line for ${target.name} has ${over} characters, an arm64 kernel takes ${longestCmdline}: shorten the plan's cmdline.`
    throw new LabError('BadInput', sentence)
  }
  const product = (name: string): string => files.firmware[productName(name)] ?? missing(name)
  const tree = keptFile(order.folder, deviceTreeName)
  await makeDeviceTree(
    product(deviceTree.product),
    tree,
    { cmdline, initrd: { file: files.initrd, at: initrd } },
    signal,
  )
  const recipe: FvpRecipe = {
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => {
        const named = productIn(value)
        return [name, named === undefined ? value : product(named)]
      }),
    ),
    data: [
      { file: files.image, at: setup.bl33 },
      { file: files.initrd, at: initrd },
      { file: tree, at: deviceTree.at },
    ],
  }
  return {
    folder: order.folder,
    model,
    recipe,
    names: {
      ...Object.fromEntries(Object.entries(files.firmware).map(([name, path]) => [path, name])),
      [files.image]: 'Image',
      [files.initrd]: 'initrd',
      [tree]: deviceTreeName,
    },
    terminals: Object.entries(setup.consoles).map(([name, worlds]) => ({ name, worlds })),
  }
}

function missing(name: string): never {
  throw new LabError('SourceMissing', `The stack has no product ${name}: build it again.`)
}

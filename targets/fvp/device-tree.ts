import { readFile, stat, writeFile } from 'node:fs/promises'
import { LabError } from '../../domain/errors.ts'
import { run } from '../../host/run.ts'

/** What a kernel is told by its device tree (Devicetree Specification 3.6; Documentation/arch/arm64/booting.rst). */
export interface Chosen {
  cmdline: string
  /** The initrd's file, and the physical address at which it lies. */
  initrd: { file: string; at: number }
}

/**
 * Makes the device tree of one boot: a stack's, with /chosen saying the command line and where the initrd lies.
 * @param from the stack's device tree, which stays as it is
 * @throws LabError ToolMissing without fdtput, BadInput for a file that is no device tree; the signal's reason when aborted
 */
export async function makeDeviceTree(from: string, to: string, chosen: Chosen, signal: AbortSignal): Promise<void> {
  const { file, at } = chosen.initrd
  const end = at + (await stat(file)).size
  // No copy: a product of a build is read-only, and a copy would be.
  await writeFile(to, await readFile(from))
  await put(to, ['-p', '-t', 's'], 'bootargs', [chosen.cmdline], from, signal)
  await put(to, ['-t', 'x'], 'linux,initrd-start', cells(at), from, signal)
  await put(to, ['-t', 'x'], 'linux,initrd-end', cells(end), from, signal)
}

/** Two cells, so that it does not matter where in memory it is: Linux takes one or two (drivers/of/fdt.c). */
function cells(address: number): string[] {
  return [Math.floor(address / 2 ** 32).toString(16), (address % 2 ** 32).toString(16)]
}

async function put(
  tree: string,
  options: string[],
  property: string,
  values: string[],
  from: string,
  signal: AbortSignal,
): Promise<void> {
  const { code, stderr } = await run('fdtput', [...options, tree, '/chosen', property, ...values], { signal })
  if (code === 0) return
  if (code === 127)
    throw new LabError('ToolMissing', 'There is no fdtput on this host: install the package device-tree-compiler.')
  const why = stderr.trim().split('\n').at(-1)
  throw new LabError('BadInput', `No device tree can be made of the stack's ${from}: ${why}`)
}

import { readFile, stat, writeFile } from 'node:fs/promises'
import { LabError } from '../../domain/errors.ts'
import type { FvpSetup } from '../../domain/machine-setup.ts'
import { keptFile } from '../kept-files.ts'
import { fileItems, fwCfgImage, kernelItems, tableFiles, type Piece } from './fw-cfg.ts'
import type { FvpData } from './fvp-order.ts'

/** The name by which an attempt keeps what its EDK2 was told. */
export const fwCfgName = 'fw-cfg'

/** What EDK2 is to start on a model, and with what. */
export interface EfiBoot {
  image: string
  initrd: string
  cmdline: string
  /** Paths of ACPI tables. */
  tables: string[]
}

/**
 * Writes what EDK2 reads in place of fw_cfg into the attempt's folder.
 * @param folder the attempt's
 * @returns what is to lie in memory of it, with the kernel and the initrd
 * @throws LabError BadInput for a stack that does not say where
 */
export async function makeEfiMemory(
  folder: string,
  { fwCfg, initrd }: Pick<FvpSetup, 'fwCfg' | 'initrd'>,
  boot: EfiBoot,
): Promise<FvpData[]> {
  if (!fwCfg)
    throw new LabError('BadInput', 'The stack has an EDK2 that is not told where its kernel is: build it again.')
  const [kernel, ramDisk] = await Promise.all([piece(boot.image, fwCfg.kernel), piece(boot.initrd, initrd)])
  const tables = await Promise.all(boot.tables.map((path) => readFile(path)))
  const items = [...kernelItems(kernel, ramDisk, boot.cmdline), ...fileItems(tableFiles(tables))]
  const file = keptFile(folder, fwCfgName)
  await writeFile(file, fwCfgImage(fwCfg.at, items))
  return [
    { file, at: fwCfg.at },
    { file: boot.image, at: fwCfg.kernel },
    { file: boot.initrd, at: initrd },
  ]
}

/**
 * Sees to it that nothing lies over something else in a model's memory, where one file would silently be a part of another.
 * @throws LabError BadInput, which says what does
 */
export async function checkLayout(data: readonly FvpData[], names: Record<string, string>): Promise<void> {
  const called = (file: string): string => names[file] ?? file
  const pieces = await Promise.all(data.map(async ({ file, at }) => ({ file, ...(await piece(file, at)) })))
  const inOrder = pieces.toSorted((a, b) => a.at - b.at)
  for (const [index, { file, at, size }] of inOrder.entries()) {
    const next = inOrder[index + 1]
    if (next === undefined || at + size <= next.at) continue
    const sentence =
      `${called(file)} lies at ${hex(at)} in the model's memory and reaches to ${hex(at + size)}, over ${called(next.file)} ` +
      `at ${hex(next.at)}: give the stack's recipe other addresses.`
    throw new LabError('BadInput', sentence)
  }
}

async function piece(file: string, at: number): Promise<Piece> {
  return { at, size: (await stat(file)).size }
}

function hex(address: number): string {
  return `0x${address.toString(16)}`
}

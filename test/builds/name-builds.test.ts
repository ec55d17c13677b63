/** The names of the builds of many cells: what they share is looked at once, and told as if each had been asked alone. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { BuildNamer } from '../../builds/name-builds.ts'
import { foldersFrom } from '../../host/folders.ts'
import { sampleCell } from '../store/samples.ts'
import { tempFolder } from '../host/temp-folder.ts'
import type { Cell } from '../../domain/cell.ts'

async function cells(): Promise<{ fragment: string; cells: Cell[] }> {
  const fragment = join(await tempFolder(), 'some.config')
  await writeFile(fragment, 'CONFIG_KVM=y\n')
  const one = sampleCell('protected')
  const kernel = {
    ...one.kernel,
    sources: [{ kind: 'tarball' as const, url: 'https://linux.invalid/linux.tar', sha256: '0'.repeat(64) }],
    fragments: [fragment],
  }
  const stack = { name: 'optee-sel1', recipe: resolve('stacks/optee-sel1.yaml') }
  const other = { ...kernel, symbols: { SMP: 'n' } }
  return { fragment, cells: [kernel, { ...kernel }, other].map((inputs) => ({ ...one, kernel: inputs, stack })) }
}

it('names equal kernels equally, others otherwise, and as they were when the first was asked', async () => {
  const { fragment, cells: all } = await cells()
  const namer = new BuildNamer({ folders: foldersFrom() })
  await namer.kernels(all)
  const before = await Promise.all(all.map((cell) => namer.kernel(cell)))
  expect(before[1]!.id).toBe(before[0]!.id)
  expect(before[2]!.id).not.toBe(before[0]!.id)
  await writeFile(fragment, 'CONFIG_KVM=n\n')
  expect((await Promise.all(all.map((cell) => namer.kernel(cell)))).map(({ id }) => id)).toEqual(
    before.map(({ id }) => id),
  )
  const later = await new BuildNamer({ folders: foldersFrom() }).kernel(all[0]!)
  expect(later.id).not.toBe(before[0]!.id)
})

it('names no firmware for a cell that takes what is installed', async () => {
  const [cell] = (await cells()).cells
  const namer = new BuildNamer({ folders: foldersFrom() })
  expect(await namer.firmware({ ...cell!, stack: { name: 'vendor' } })).toBeUndefined()
  expect((await namer.firmware(cell!))?.name).toBe('optee-sel1')
})

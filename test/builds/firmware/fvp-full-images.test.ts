import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readStack } from '../../../builds/firmware/recipe.ts'
import type { StackRecipe } from '../../../builds/firmware/stack-recipe.ts'
import { builtStack, fvpFull } from './built-stack.ts'
import { imagesIn } from './fip.ts'

// stacks/fvp-full.yaml, built for real. No machine that is not Arm's boots it, so that what its images say of themselves is
// looked at: what is in the FIP, where each part is loaded, and whether it fits there.

const minutes = 60_000
vi.setConfig({ testTimeout: minutes, hookTimeout: 30 * minutes })

let folder: string
let stack: StackRecipe
const products = new Map<string, Buffer>()
let fip: Map<string, Buffer>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-fvp-full-'))
  stack = await readStack(fvpFull)
  for (const [name, path] of await builtStack(fvpFull, folder)) products.set(name, await readFile(path))
  fip = imagesIn(products.get('fip.bin')!)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A property of a device tree that is in the FIP, in hex cells, or as text. */
async function property(image: string, node: string, name: string, type: 'x' | 's' = 'x'): Promise<string> {
  const path = join(folder, `${image}.dtb`)
  await writeFile(path, fip.get(image)!)
  return (await execa('fdtget', ['-t', type, path, node, name])).stdout
}

const cells = (text: string): number[] => text.split(' ').map((cell) => Number.parseInt(cell, 16))

test('the FIP has BL2, BL31, OP-TEE and what they are told; BL33 is not in it', () => {
  expect([...fip.keys()].toSorted()).toEqual([
    'fw-config',
    'hw-config',
    'nt-fw-config',
    'soc-fw',
    'soc-fw-config',
    'tb-fw',
    'tb-fw-config',
    'tos-fw',
    'tos-fw-config',
  ])
})

test('OP-TEE is loaded where it was linked for, and fits there', async () => {
  const manifest = (name: string): Promise<string> => property('tos-fw-config', '/attribute', name)
  expect([await manifest('load_address'), await manifest('entrypoint')]).toEqual(['0 6000000', '0 6000000'])
  const [room] = cells(await manifest('binary_size'))
  // What TF-A takes at most (plat/arm/board/fvp/include/platform_def.h, PLAT_ARM_SPMC_SIZE).
  expect(room).toBe(0x200000)
  expect(fip.get('tos-fw')!.length).toBeLessThan(room!)
  expect(await property('tos-fw-config', '/', 'compatible', 's')).toBe('arm,ffa-core-manifest-1.0')
})

test('OP-TEE has both partitions in it, by their UUIDs, and says where they share memory', () => {
  const optee = fip.get('tos-fw')!
  // 17b862a4-1806-4faf-86b3-089a58353861 and 378daedc-f06b-4446-8314-40ab933c87a3, as the words of spmc_lsp_desc.
  for (const words of [
    [0xa462b817, 0xaf4f0618, 0x9a08b386, 0x61383558],
    [0xdcae8d37, 0x46446bf0, 0xab401483, 0xa3873c93],
  ]) {
    const uuid = Buffer.alloc(16)
    for (const [index, word] of words.entries()) uuid.writeUInt32LE(word, index * 4)
    expect(optee.includes(uuid)).toBe(true)
  }
  expect(optee.includes('TPM service: a TPM')).toBe(true)
  expect(optee.includes('Nobody answers TPM2_Startup on the UART')).toBe(true)
  expect(optee.includes('EFI variables: MM communicate buffer at')).toBe(true)
})

test('what TF-A knows of the machine is what the ACPI tables say: processors and interrupt controller', async () => {
  const path = join(folder, 'hw-config.dtb')
  await writeFile(path, fip.get('hw-config')!)
  const { stdout } = await execa('fdtget', ['-l', path, '/cpus'])
  const cpus = stdout.split('\n').filter((node) => node.startsWith('cpu@'))
  const numbers = cpus.map((node) => Number.parseInt(node.slice(4), 16))
  const madt = products.get('apic.aml')!
  const structures: { type: number; bytes: Buffer }[] = []
  for (let at = 44; at < madt.length; at += madt[at + 1]!)
    structures.push({ type: madt[at]!, bytes: madt.subarray(at, at + madt[at + 1]!) })
  const mpidrs = structures.filter(({ type }) => type === 0x0b).map(({ bytes }) => Number(bytes.readBigUInt64LE(68)))
  expect(mpidrs).toEqual(numbers)
  const gic = cells(await property('hw-config', '/interrupt-controller@2f000000', 'reg'))
  const [distributor] = structures.filter(({ type }) => type === 0x0c)
  const [redistributors] = structures.filter(({ type }) => type === 0x0e)
  expect(Number(distributor!.bytes.readBigUInt64LE(8))).toBe(gic[1])
  expect(Number(redistributors!.bytes.readBigUInt64LE(4))).toBe(gic[5])
  expect(redistributors!.bytes.readUInt32LE(12)).toBe(gic[7])
})

test('nothing that BL2 puts into the RAM of the normal world lies over EDK2 or its device tree', async () => {
  const registry = async (node: string, name: string): Promise<number> =>
    cells(await property('fw-config', `/dtb-registry/${node}`, name)).at(-1)!
  const put: [at: number, size: number][] = [
    [await registry('hw-config', 'secondary-load-address'), await registry('hw-config', 'max-size')],
    [await registry('nt_fw-config', 'load-address'), await registry('nt_fw-config', 'max-size')],
  ]
  const { bl33, fvp } = stack.setup
  const ours: [at: number, size: number][] = [
    [bl33, products.get('bl33')!.length],
    [fvp!.deviceTree.at, products.get('base-platform.dtb')!.length],
  ]
  for (const [at, size] of put)
    for (const [from, length] of ours) expect(at + size <= from || from + length <= at, at.toString(16)).toBe(true)
  // EDK2 ends before its device tree begins.
  expect(bl33 + products.get('bl33')!.length).toBeLessThan(fvp!.deviceTree.at)
})

test('EDK2 can be started like a kernel, wherever it is put, and keeps its device tree in its own head', () => {
  const edk2 = products.get('bl33')!
  // Documentation/arch/arm64/booting.rst: the magic number of an Image.
  expect(edk2.toString('latin1', 0x38, 0x3c)).toBe('ARM\x64')
  // The firmware volume begins behind 32 KiB (ArmVirtQemuKernel.fdf), of which the first 64 bytes are the header.
  expect(edk2.toString('latin1', 0x8000 + 40, 0x8000 + 44)).toBe('_FVH')
  expect(products.get('base-platform.dtb')!.length).toBeLessThan(0x8000 - 0x40)
})

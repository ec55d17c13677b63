import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStack } from '../../../builds/firmware/recipe.ts'
import type { Component, StackRecipe } from '../../../builds/firmware/stack-recipe.ts'
import { productsBooted } from '../../../domain/machine-setup.ts'
import { servicesAddress } from '../../../domain/virt-machine.ts'

// stacks/fvp-full.yaml says where things are in several places: to TF-A, OP-TEE, EDK2, Linux and the model. What each is told
// must be the same. The description of the machine is made for real; firmware is not (fvp-full-images.test.ts).

const stacks = fileURLToPath(new URL('../../../stacks', import.meta.url))
let folder: string
let stack: StackRecipe
const component = (name: string, of = stack): Component => of.components.find((one) => one.name === name)!
const argument = (name: string, key: string): string => component(name).arguments[key]!

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-machine-'))
  stack = await readStack(join(stacks, 'fvp-full.yaml'))
  const variables = Object.entries(component('machine').arguments).map(([key, value]) =>
    key === 'O' ? `O=${folder}` : `${key}=${value}`,
  )
  await execa('make', ['-C', join(stacks, 'fvp-full/machine'), ...variables])
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The `reg` of a node of the device tree, as pairs of address and size. */
async function reg(node: string): Promise<[at: number, size: number][]> {
  const { stdout } = await execa('fdtget', ['-t', 'x', join(folder, 'base-platform.dtb'), node, 'reg'])
  const cells = stdout.split(' ').map((cell) => Number.parseInt(cell, 16))
  return Array.from({ length: cells.length / 4 }, (_, n) => {
    const [a, b, c, d] = cells.slice(4 * n, 4 * n + 4)
    return [a! * 2 ** 32 + b!, c! * 2 ** 32 + d!]
  })
}

/** A table as iasl reads it: every `name : value` line. */
async function read(name: string): Promise<string[]> {
  await execa('iasl', ['-d', `${name}.aml`], { cwd: folder })
  return (await readFile(join(folder, `${name}.dsl`), 'latin1')).split('\n').map((line) => line.trim())
}

const values = (lines: string[], field: string): number[] =>
  lines.flatMap((line) => {
    const [, value] = new RegExp(`\\b${field} : ([0-9A-F]+)`).exec(line) ?? []
    return value === undefined ? [] : [Number.parseInt(value, 16)]
  })

test('TF-A starts BL33 where EDK2 lies, with the device tree that the model has in memory', () => {
  const { bl33, fvp } = stack.setup
  expect(argument('tfa', 'PRELOADED_BL33_BASE')).toBe('${bl33}')
  expect(Number(argument('tfa', 'ARM_PRELOADED_DTB_BASE'))).toBe(fvp!.deviceTree.at)
  // EDK2's image has the header of an arm64 kernel, which begins at a multiple of 2 MiB.
  expect(bl33 % 0x200000).toBe(0)
  expect([...productsBooted(fvp!), 'bl33'].toSorted()).toEqual(Object.keys(stack.products).toSorted())
})

test('memory is EDK2 and Linux, then the services, then what EDK2 loads, and nobody has the same twice', async () => {
  const { bl33, fvp } = stack.setup
  const [[ram, ramSize] = [0, 0]] = await reg('/memory@80000000')
  const [[fwCfg, fwCfgSize] = [0, 0]] = await reg('/fw-cfg@c8000000')
  const services = 2 * 1024 * 1024
  expect(ram + ramSize).toBe(servicesAddress)
  expect(fwCfg).toBeGreaterThanOrEqual(servicesAddress + services)
  // What is TF-A's begins 16 MiB below 4 GiB (include/plat/arm/common/arm_def.h, ARM_TZC_DRAM1_SIZE).
  expect(fwCfg + fwCfgSize).toBeLessThanOrEqual(0xff000000)
  for (const at of [bl33, fvp!.deviceTree.at]) expect(at > ram && at < ram + ramSize, at.toString(16)).toBe(true)
  expect(fvp!.fwCfg!.at).toBe(fwCfg)
  for (const at of [fvp!.fwCfg!.kernel, fvp!.initrd])
    expect(at > fwCfg && at < fwCfg + fwCfgSize, at.toString(16)).toBe(true)
  // OP-TEE is told the same RAM, or it stops: the TPM's buffers must not lie in it.
  const manifest = join(folder, 'spmc-manifest.dtb')
  await execa('dtc', ['-o', manifest, join(stacks, 'fvp-full/spmc-manifest.dts')])
  const of = async (name: string): Promise<string> =>
    (await execa('fdtget', [manifest, '/memory@80000000', name, '-t', name === 'reg' ? 'x' : 's'])).stdout
  expect([await of('device_type'), await of('reg')]).toEqual([
    'ns-memory',
    `0 ${ram.toString(16)} ${ramSize.toString(16)}`,
  ])
})

test('OP-TEE, EDK2 and the ACPI tables have the services at one place', async () => {
  const given = [...argument('edk2', 'PCDS').matchAll(/\.(Pcd\w+)=(0x\w+)/g)]
  const pcds = Object.fromEntries(given.map(([, key, value]) => [key!, Number(value)]))
  const crb = Number(argument('optee', 'CFG_HYPLAB_TPM_CRB_BASE'))
  expect([crb, pcds['PcdTpmBaseAddress']]).toEqual([servicesAddress, servicesAddress])
  expect(Number(argument('optee', 'CFG_HYPLAB_EFI_VARIABLES_BUFFER'))).toBe(pcds['PcdMmBufferBase'])
  const table = await read('tpm2')
  // The control area is behind the registers of locality 0, which are 0x40 bytes; start method 15 is CRB with FF-A.
  expect([values(table, 'Control Address'), values(table, 'Start Method')]).toEqual([[crb + 0x40], [15]])
  const bytes = await readFile(join(folder, 'tpm2.aml'))
  expect(bytes.readUInt16LE(54)).toBe(stack.setup.tpm!.partition)
  const dsdt = (await read('dsdt')).join(' ')
  expect(dsdt).toMatch(/Device \(TPM0\).*"MSFT0101".*Memory32Fixed \(ReadWrite, *0xC0000000,[^)]*0x00005000,/)
})

test('the TPM is at the UART of its terminal, on which nobody else speaks', async () => {
  // UART n of the Base platform is at 0x1c090000 + n * 0x10000 (OP-TEE, plat-vexpress/platform_config.h); terminal_n is its.
  const number = Number(stack.setup.fvp!.tpm!.replace('terminal_', ''))
  expect(Number(argument('optee', 'CFG_HYPLAB_TPM_UART_BASE'))).toBe(0x1c090000 + number * 0x10000)
  expect(Object.keys(stack.setup.consoles)).not.toContain(stack.setup.fvp!.tpm)
  expect(stack.setup.fvp!.parameters[`bp.pl011_uart${number}.untimed_fifos`]).toBe('1')
  const { stdout } = await execa('fdtget', ['-l', join(folder, 'base-platform.dtb'), '/'])
  expect(stdout.split('\n').filter((node) => node.startsWith('uart'))).toEqual(['uart@1c090000'])
  expect((await read('dsdt')).join(' ').match(/0x1C0[9A-F]0000/g)).toEqual(['0x1C090000'])
})

test('ACPI tables are sound, and say of the machine what its device tree says', async () => {
  for (const name of stack.setup.fvp!.acpi!) {
    const bytes = await readFile(join(folder, name))
    expect([bytes.readUInt32LE(4), bytes.reduce((sum, byte) => sum + byte, 0) & 0xff], name).toEqual([bytes.length, 0])
  }
  const [madt, gtdt, spcr, fadt] = [await read('apic'), await read('gtdt'), await read('spcr'), await read('facp')]
  const [[distributor], [redistributors, size]] = (await reg('/interrupt-controller@2f000000')) as [
    [number],
    [number, number],
  ]
  // The distributor's structure is the one base address that is not a CPU's.
  expect(values(madt, 'Base Address').filter((at) => at !== 0)).toEqual([distributor, redistributors])
  expect(values(madt, 'Length').at(-1)).toBe(size)
  expect(values(madt, 'Processor UID')).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  const [[uart] = [0]] = await reg('/uart@1c090000')
  expect(values(spcr, 'Address')).toEqual([uart])
  const { stdout } = await execa('fdtget', [join(folder, 'base-platform.dtb'), '/timer', 'interrupts'])
  // Private interrupts, each of three cells, in the order secure, non-secure, virtual, EL2.
  const interrupts = stdout
    .split(' ')
    .map(Number)
    .filter((_, n) => n % 3 === 1)
  const fields = [
    'Secure EL1 Interrupt',
    'Non-Secure EL1 Interrupt',
    'Virtual Timer Interrupt',
    'Non-Secure EL2 Interrupt',
  ]
  expect(fields.map((field) => values(gtdt, field)[0])).toEqual(interrupts.map((number) => number + 16))
  expect([values(fadt, 'PSCI Compliant'), values(fadt, 'Must use HVC for PSCI')]).toEqual([[1], [0]])
  expect(fadt.some((line) => line.endsWith('Hardware Reduced (V5) : 1'))).toBe(true)
})

test('what it has of the full stack and of the stack for the FVP is theirs', async () => {
  const [full, fvp] = [await readStack(join(stacks, 'full.yaml')), await readStack(join(stacks, 'fvp.yaml'))]
  expect(stack.setup.services).toEqual(full.setup.services)
  expect(stack.needs).toEqual(full.needs)
  const edk2 = component('edk2')
  const theirs = component('edk2', full)
  expect(edk2.arguments).toEqual(theirs.arguments)
  expect(edk2.patches.slice(0, -1)).toEqual(theirs.patches)
  expect(edk2.files).toMatchObject(theirs.files)
  // TF-A: the FVP's, but for the SPMC and what is said of it.
  const differs = { BL32: '', ARM_SPMC_MANIFEST_DTS: '' }
  expect({ ...component('tfa').arguments, ...differs }).toEqual({ ...component('tfa', fvp).arguments, ...differs })
  // OP-TEE: the FVP's arguments; the full stack's partitions and patches, with another way to the TPM.
  expect(component('optee').arguments).toMatchObject(component('optee', fvp).arguments)
  expect(component('optee').patches).toEqual(component('optee', full).patches)
  const partitions = Object.entries(component('optee', full).files).filter(
    ([path]) => !/\/(sub\.mk|tpm-tis\.c)$/.test(path),
  )
  expect(component('optee').files).toMatchObject(Object.fromEntries(partitions))
})

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readMachineSetup, writeMachineSetup } from '../../../builds/firmware/machine-setup.ts'
import { parseStack, readStack } from '../../../builds/firmware/recipe.ts'
import type { StackRecipe } from '../../../builds/firmware/stack-recipe.ts'
import { productsBooted } from '../../../domain/machine-setup.ts'
import { standInStack } from '../../rack/rack-plan.ts'
import { tempFolder } from '../../host/temp-folder.ts'

const stacks = fileURLToPath(new URL('../../../stacks', import.meta.url))

/** A little recipe for an FVP, line by line, so that a mistake's line is seen. */
const good = {
  title: 't',
  consoles: '{ terminal_0: [EL3, NS], terminal_1: [S-EL1] }',
  bl33: '0x84000000',
  fvp: `{ parameters: { bp.secureflashloader.fname: '\${product:bl1}', bp.secure_memory: 1, pctl.startup: 0x0A }, initrd: 0x90000000, device-tree: { from: '\${product:dtb}', at: 0x8fe00000 } }`,
  toolchain: '[ld]',
  components: '{ a: { version: 1, source: { tree: . }, products: { b: b.bin, d: d.dtb } } }',
  products: `{ bl1: '\${a:b}', dtb: '\${a:d}' }`,
}

function parsed(changes: Partial<typeof good> | Record<string, string> = {}): StackRecipe {
  const lines = Object.entries({ ...good, ...changes }).map(([key, value]) => `${key}: ${value}\n`)
  return parseStack(lines.join(''), '/x.yaml')
}

const without = (what: string, to: string): string => {
  expect(good.fvp).toContain(what)
  return good.fvp.replace(what, to)
}

test('a recipe says what a model is told and what lies in its memory, as it is written', () => {
  expect(parsed().setup).toEqual({
    consoles: { terminal_0: ['EL3', 'NS'], terminal_1: ['S-EL1'] },
    boot: 'kernel',
    bl33: 0x84000000,
    services: [],
    fvp: {
      parameters: {
        'bp.secureflashloader.fname': '${product:bl1}',
        'bp.secure_memory': '1',
        'pctl.startup': '0x0A',
      },
      initrd: 0x90000000,
      deviceTree: { product: 'dtb', at: 0x8fe00000 },
    },
  })
})

test('a recipe with EDK2 says where it finds its kernel and tables, and where the TPM is', async () => {
  const more = 'fw-cfg: { at: 0xc8000000, kernel: 0xc8200000 }, acpi: [dtb], tpm: terminal_3, initrd:'
  const { setup } = parsed({
    boot: 'efi',
    services: '[tpm]',
    fvp: without('initrd:', more),
    products: `{ bl1: '\${a:b}', dtb: '\${a:d}', bl33: '\${a:b}' }`,
  })
  expect(setup).toMatchObject({
    boot: 'efi',
    tpm: { banks: ['sha256'], partition: 0x8002 },
    fvp: { fwCfg: { at: 0xc8000000, kernel: 0xc8200000 }, acpi: ['dtb'], tpm: 'terminal_3' },
  })
  expect(await readMachineSetup(await writeMachineSetup(await tempFolder(), setup))).toEqual(setup)
})

test('it is kept with the build, so that an attempt needs nothing else', async () => {
  const { setup } = parsed()
  expect(await readMachineSetup(await writeMachineSetup(await tempFolder(), setup))).toEqual(setup)
})

test.each<[string, Record<string, string>, RegExp]>([
  ['a console that is no terminal', { consoles: '{ uart0: [NS] }' }, /^\/x\.yaml:2:\d+: an FVP has no "uart0"; /],
  [
    'a misspelt terminal',
    { consoles: '{ terminal0: [NS] }' },
    /^\/x\.yaml:2:\d+: an FVP has no "terminal0"; did you mean "terminal_0"\?$/,
  ],
  [
    'a product that is not there',
    { fvp: without('${product:bl1}', '${product:bl2}') },
    /^\/x\.yaml:4:\d+: this stack has no product "bl2"; did you mean "bl1"\?$/,
  ],
  [
    'a product of a component',
    { fvp: without('${product:bl1}', '${a:b}') },
    /^\/x\.yaml:4:\d+: "\$\{a:b\}" means nothing to a model; a product stands alone: \$\{product:NAME\}$/,
  ],
  [
    'a product in the middle of a value',
    { fvp: without('${product:bl1}', 'x/${product:bl1}') },
    /^\/x\.yaml:4:\d+: "x\/\$\{product:bl1\}" means nothing to a model; /,
  ],
  [
    'a device tree that is a path',
    { fvp: without('${product:dtb}', 'fvp.dtb') },
    /^\/x\.yaml:4:\d+: "fvp\.dtb" is no product of this stack; it would be \$\{product:NAME\}$/,
  ],
  [
    'no device tree',
    { fvp: without(", device-tree: { from: '${product:dtb}', at: 0x8fe00000 }", '') },
    /^\/x\.yaml:4:\d+: missing key "device-tree" in fvp; add device-tree: .*, see docs\/stacks\.md$/m,
  ],
  ['a misspelt key', { fvp: without('initrd:', 'inited:') }, /^\/x\.yaml:4:\d+: unknown key "inited" in fvp; did you/],
  [
    'an initrd over the kernel',
    { fvp: without('0x90000000', '0x84000000') },
    /^\/x\.yaml:4:\d+: the initrd lies where the start of BL33 lies; choose another address$/,
  ],
  [
    'a device tree over the initrd',
    { fvp: without('0x8fe00000', '0x90000000') },
    /^\/x\.yaml:4:\d+: the device tree lies where the initrd lies; /,
  ],
  [
    'a name that is none',
    { fvp: without('bp.secure_memory', '--data x') },
    /^\/x\.yaml:4:\d+: "--data x" is no name of a parameter; letters, digits and \. _ -$/,
  ],
  [
    'a loader',
    { boot: 'u-boot', products: `{ bl1: '\${a:b}', dtb: '\${a:d}', bl33: '\${a:b}' }` },
    /^\/x\.yaml:\d+:\d+: boot: u-boot is not known on an FVP; BL33 is the kernel itself there, or EDK2 \(efi\)$/,
  ],
  [
    'a TPM at no terminal',
    { services: '[tpm]' },
    /^\/x\.yaml:\d+:\d+: an FVP has no TPM of its own; fvp\.tpm would name the terminal at whose other end one is$/,
  ],
  [
    'a TPM that nobody serves',
    { fvp: without('initrd:', 'tpm: terminal_3, initrd:') },
    /^\/x\.yaml:4:\d+: there is no TPM to set up; services would have tpm$/,
  ],
  [
    'a TPM at a console',
    { services: '[tpm]', fvp: without('initrd:', 'tpm: terminal_1, initrd:') },
    /^\/x\.yaml:4:\d+: terminal_1 is a console; commands of a TPM and what somebody says would mix$/,
  ],
  [
    'a TPM at no terminal of a model',
    { services: '[tpm]', fvp: without('initrd:', 'tpm: terminal3, initrd:') },
    /^\/x\.yaml:4:\d+: an FVP has no "terminal3"; did you mean "terminal_3"\?$/,
  ],
  [
    'EDK2 without a kernel',
    { boot: 'efi', products: `{ bl1: '\${a:b}', dtb: '\${a:d}', bl33: '\${a:b}' }` },
    /^\/x\.yaml:\d+:\d+: EDK2 finds no kernel on an FVP without fw-cfg; fvp would have fw-cfg: \{ at: …, kernel: … \}$/,
  ],
  [
    'tables that nobody reads',
    { fvp: without('initrd:', 'acpi: [dtb], initrd:') },
    /^\/x\.yaml:4:\d+: nobody reads acpi but EDK2; boot would be efi$/,
  ],
  [
    'a table that is no product',
    {
      boot: 'efi',
      products: `{ bl1: '\${a:b}', dtb: '\${a:d}', bl33: '\${a:b}' }`,
      fvp: without('initrd:', 'fw-cfg: { at: 0xc8000000, kernel: 0xc8200000 }, acpi: [dtb, dtbs], initrd:'),
    },
    /^\/x\.yaml:4:\d+: this stack has no product "dtbs"; did you mean "dtb"\?$/,
  ],
  [
    'a kernel over its initrd',
    {
      boot: 'efi',
      products: `{ bl1: '\${a:b}', dtb: '\${a:d}', bl33: '\${a:b}' }`,
      fvp: without('initrd:', 'fw-cfg: { at: 0xc8000000, kernel: 0x90000000 }, initrd:'),
    },
    /^\/x\.yaml:4:\d+: the kernel lies where the initrd lies; /,
  ],
])('%s is a mistake, located', (_what, changes, message) => {
  expect(() => parsed(changes)).toThrow(
    expect.objectContaining({ code: 'BadInput', message: expect.stringMatching(message) }),
  )
})

test("the project's stack for an FVP agrees with itself on where things lie", async () => {
  const { setup, components, products } = await readStack(join(stacks, 'fvp.yaml'))
  const tfa = components.find(({ name }) => name === 'tfa')!
  const { fvp, bl33 } = setup
  expect(Number(tfa.arguments['ARM_PRELOADED_DTB_BASE'])).toBe(fvp!.deviceTree.at)
  expect(tfa.arguments['PRELOADED_BL33_BASE']).toBe('${bl33}')
  // An Image begins at a multiple of 2 MiB (Documentation/arch/arm64/booting.rst), as does a device tree of up to that size.
  for (const address of [bl33, fvp!.deviceTree.at]) expect(address % 0x200000).toBe(0)
  expect(productsBooted(fvp!).toSorted()).toEqual(Object.keys(products).toSorted())
})

test("the stand-in's stack is optee-sel1 but for what is taken of TF-A", async () => {
  const sel1 = await readStack(join(stacks, 'optee-sel1.yaml'))
  const standIn = await readStack(standInStack)
  const [optee, tfa] = standIn.components
  // OP-TEE is even the same build.
  expect(optee).toEqual(sel1.components[0])
  const manifest = (recipe: StackRecipe): string => {
    const value = recipe.components[1]!.arguments['QEMU_TOS_FW_CONFIG_DTS']!
    return join(dirname(recipe.file), /^\$\{file:(.*)\}$/.exec(value)![1]!)
  }
  expect(manifest(standIn)).toBe(manifest(sel1))
  const same = { QEMU_TOS_FW_CONFIG_DTS: '' }
  expect({ ...tfa, arguments: { ...tfa!.arguments, ...same }, products: {} }).toEqual({
    ...sel1.components[1],
    arguments: { ...sel1.components[1]!.arguments, ...same },
    products: {},
  })
  expect([standIn.setup.bl33, standIn.toolchain]).toEqual([sel1.setup.bl33, sel1.toolchain])
})

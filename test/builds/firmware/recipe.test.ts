import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { identifyFirmware } from '../../../builds/firmware/identify.ts'
import { parseStack, readStack } from '../../../builds/firmware/recipe.ts'
import { readPins } from '../../../host/pins.ts'

const stacks = fileURLToPath(new URL('../../../stacks', import.meta.url))

/** A copy of the project's own stack, to be changed. */
function copy() {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-stack-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(stacks, folder, { recursive: true })
  const file = join(folder, 'optee-sel1.yaml')
  const change = (what: string, from: string, to: string) => {
    const text = readFileSync(join(folder, what), 'utf8')
    expect(text).toContain(from)
    writeFileSync(join(folder, what), text.replace(from, to))
  }
  const context = { folders: { state: join(folder, 'state'), cache: join(folder, 'cache') } }
  const identify = async () => (await identifyFirmware(await readStack(file), context)).id
  return { folder, file, change, identify }
}

test("the project's own stack says who speaks where, and where BL33 goes", async () => {
  const recipe = await readStack(join(stacks, 'optee-sel1.yaml'))
  expect(recipe).toMatchObject({
    name: 'optee-sel1',
    setup: {
      consoles: { uart0: ['EL3', 'NS'], uart1: ['S-EL1'] },
      boot: 'kernel',
      bl33: 0x60000000,
      services: [],
    },
    products: { 'qemu_fw.bios': '${tfa:qemu_fw.bios}' },
  })
  expect(recipe.components.map(({ name, version }) => `${name} ${version}`)).toEqual(['optee 4.10.0', 'tfa 2.12.1'])
})

test('the full stack boots by EDK2, with services that the machine has to help with', async () => {
  const recipe = await readStack(join(stacks, 'full.yaml'))
  expect(recipe).toMatchObject({
    setup: { boot: 'efi', bl33: 0x60000000, services: ['tpm', 'efi-variables'], tpm: { partition: 0x8002 } },
    needs: { ACPI: ['y'], PCI: ['y'], EFI: ['y'], EFI_STUB: ['y'] },
    products: { bl33: '${edk2:QEMU_EFI.fd}' },
  })
  const sel1 = await readStack(join(stacks, 'optee-sel1.yaml'))
  const tfa = (one: typeof recipe) => one.components.find(({ name }) => name === 'tfa')?.arguments
  // The same firmware below them, so that what differs between the two comes from EDK2 and the services.
  expect(tfa(recipe)).toEqual(tfa(sel1))
})

test('the stack with StandaloneMm is the full one but for who keeps the EFI variables', async () => {
  const full = await readStack(join(stacks, 'full.yaml'))
  const recipe = await readStack(join(stacks, 'full-stmm.yaml'))
  const { name, file, title, components } = full
  expect({ ...recipe, name, file, title, components }).toEqual(full)
  const [stmm, optee, tfa, edk2] = recipe.components
  const [ownOptee, ownTfa, ownEdk2] = components
  // What the normal world runs is the same firmware, byte for byte: it cannot know who answers.
  expect(edk2).toEqual(ownEdk2)
  expect(stmm?.sources).toEqual(edk2?.sources)
  expect(optee?.arguments).toEqual({
    ...ownOptee?.arguments,
    CFG_HYPLAB_EFI_VARIABLES: 'n',
    CFG_SECURE_PARTITION: 'y',
    CFG_EFILIB: 'y',
    SP_PATHS: '${stmm:partition}',
  })
  expect(optee?.patches.slice(0, ownOptee?.patches.length)).toEqual(ownOptee?.patches)
  expect({ ...tfa?.arguments, QEMU_TOS_FW_CONFIG_DTS: '' }).toEqual({
    ...ownTfa?.arguments,
    QEMU_TOS_FW_CONFIG_DTS: '',
  })
  // OP-TEE looks for a partition's manifest by the name of its image (core/sub.mk, process_secure_partition).
  const { partition = '', manifest } = stmm?.products ?? {}
  expect(manifest).toBe(partition.replace(/^bin\/(.*)\.bin$/, 'manifest/$1.dtb'))
})

test('partition, EDK2 and the machine agree on where EFI variables are exchanged', async () => {
  const recipe = await readStack(join(stacks, 'full-stmm.yaml'))
  const pcds = recipe.components.find(({ name }) => name === 'edk2')?.arguments['PCDS'] ?? ''
  const base = Number(/PcdMmBufferBase=(\S+)/.exec(pcds)?.[1])
  const size = Number(/PcdMmBufferSize=(\S+)/.exec(pcds)?.[1])
  const read = (name: string) => readFileSync(join(stacks, 'full/stmm', name), 'utf8')
  const [, address, pages] =
    /base-address = <0x0 (0x[0-9a-f]+)>;\s+pages-count = <(0x[0-9a-f]+)>/.exec(read('manifest.dts')) ?? []
  expect([Number(address), Number(pages) * 4096]).toEqual([base, size])
  const [, from, length] = /<0x0 (0xc[0-9a-f]+) (0x[0-9a-f]+)>;/.exec(read('spmc-manifest.dts')) ?? []
  expect([Number(from), Number(length)]).toEqual([base, size])
  // The image is as long as its manifest says, and is entered at a reset vector.
  const [, imagePages] = /image \{[^}]*pages-count = <(0x[0-9a-f]+)>/.exec(read('manifest.dts')) ?? []
  expect(Number(/^Size +=\s*(0x[0-9A-Fa-f]+)/m.exec(read('StandaloneMm.fdf'))?.[1])).toBe(Number(imagePages) * 4096)
})

test('a recipe that is like another is that one with its own arguments and patches', async () => {
  const full = await readStack(join(stacks, 'full.yaml'))
  const req2 = await readStack(join(stacks, 'full-req2.yaml'))
  expect(req2.name).toBe('full-req2')
  expect(req2.title).not.toBe(full.title)
  const [optee, ...others] = full.components
  expect(req2.components).toEqual([
    { ...optee, arguments: { ...optee?.arguments, CFG_HYPLAB_TPM_DIRECT_REQ2: 'y' } },
    ...others,
  ])
  expect(optee?.arguments).toMatchObject({ CFG_HYPLAB_TPM_DIRECT_REQ2: 'n' })
  const status = await readStack(join(stacks, 'full-status.yaml'))
  expect(status.components.at(-1)?.patches).toEqual([
    ...(full.components.at(-1)?.patches ?? []),
    join(stacks, 'full/edk2/status-of-communicate.patch'),
  ])
})

test('what a recipe that is like another gets wrong is located', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-variant-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const mistakes = async (text: string) => {
    writeFileSync(join(folder, 'v.yaml'), text)
    const error = (await readStack(join(folder, 'v.yaml')).catch((caught: unknown) => caught)) as Error
    return error.message.replaceAll(`${folder}/`, '')
  }
  const like = `like: ${join(stacks, 'full.yaml')}\ntitle: t\n`
  expect(await mistakes(`${like}components: { edk3: {} }\n`)).toBe(
    'v.yaml:3:15: full has no component "edk3"; did you mean "edk2"?',
  )
  expect(
    await mistakes(`${like}components: { edk2: { patches: [x.patch], arguments: { A: '\${tfa:x}' } } }\n`),
  ).toMatch(
    /^v\.yaml:3:33: there is no patch x\.patch; .*\nv\.yaml:3:\d+: \$\{tfa:x\} means nothing in full; name a product that it has$/,
  )
  expect(await mistakes(`${like}bl33: 0\n`)).toContain('unknown key "bl33"')
  expect(await mistakes('like: none.yaml\ntitle: t\ncomponents: {}\n')).toMatch(
    /^v\.yaml:1:7: there is no stack recipe "none\.yaml"; looked for /,
  )
  writeFileSync(join(folder, 'w.yaml'), `${like}components: {}\n`)
  expect(await mistakes('like: w.yaml\ntitle: t\ncomponents: {}\n')).toBe(
    'v.yaml:1:7: "w.yaml" is itself like another recipe; name one that stands alone',
  )
})

test('values reach make as they are written', () => {
  const text = `title: t
consoles: { uart0: [NS] }
bl33: 0x60000000
toolchain: [ld]
components:
  a:
    version: 2.10
    source: { tree: . }
    arguments: { HEX: 0x10, ZEROS: 007, TEN: 1.0, YES: y, OUT: '\${out}' }
    products: { p: p.bin }
products: { p: '\${a:p}' }
`
  const [component] = parseStack(text, '/stacks/x.yaml').components
  expect(component).toMatchObject({
    version: '2.10',
    sources: [{ kind: 'tree', path: '/stacks' }],
    arguments: { HEX: '0x10', ZEROS: '007', TEN: '1.0', YES: 'y', OUT: '${out}' },
  })
})

test.each(readdirSync(stacks).filter((name) => name.endsWith('.yaml')))('%s: every source is pinned', async (name) => {
  const { files } = await readPins()
  const recipe = await readStack(join(stacks, name))
  for (const { sources } of recipe.components) {
    for (const location of sources) {
      // What lies beside the recipe is as it was committed with it.
      if (location.kind === 'tree' && location.path.startsWith(stacks)) continue
      const name = location.kind === 'debian' ? location.package : ''
      expect(Object.keys(files).filter((file) => file.startsWith(`${name}_`))).toHaveLength(2)
    }
  }
})

test('what can change the bytes changes the identity, and nothing else does', async () => {
  const here = copy()
  const before = await here.identify()
  here.change('optee-sel1.yaml', 'title: TF-A', 'title: Some TF-A')
  here.change('optee-sel1.yaml', '# info and debug', '# talkative')
  expect(await here.identify()).toBe(before)
  expect(await copy().identify()).toBe(before)
  const seen = new Set([before])
  for (const [what, from, to] of [
    ['optee-sel1.yaml', 'CFG_TEE_CORE_LOG_LEVEL: 3', 'CFG_TEE_CORE_LOG_LEVEL: 2'],
    ['optee-sel1.yaml', 'bl33: 0x60000000', 'bl33: 0x61000000'],
    ['optee-sel1.yaml', 'bl33: 0x61000000', 'bl33: 0x61000000\nservices: [tpm]'],
    ['optee-sel1.yaml', 'services: [tpm]', 'services: [tpm]\ntpm: { banks: [sha1, sha256] }'],
    [
      'optee-sel1.yaml',
      '{ debian: optee-os, version: 4.10.0-2 }',
      `{ tarball: 'file:///x.tar', sha256: ${'a'.repeat(64)} }`,
    ],
    ['optee-sel1.yaml', 'debian-patches: true', 'debian-patches: false'],
    ['optee-sel1/spmc-manifest.dts', 'binary_size = <0x80000>', 'binary_size = <0x90000>'],
  ] as const) {
    if (from.startsWith('{')) here.change('optee-sel1.yaml', 'debian-patches: true', 'debian-patches: false')
    here.change(what, from, to)
    seen.add(await here.identify())
  }
  expect(seen.size).toBe(8)
})

test('an added file is part of the identity: its bytes and where it goes', async () => {
  const here = copy()
  const seen = new Set([await here.identify()])
  here.change(
    'optee-sel1.yaml',
    '    debian-patches: true',
    '    files: { core/own.c: own.c }\n    debian-patches: true',
  )
  for (const text of ['int one;\n', 'int two;\n']) {
    writeFileSync(join(here.folder, 'own.c'), text)
    seen.add(await here.identify())
  }
  here.change('optee-sel1.yaml', 'core/own.c', 'core/other.c')
  seen.add(await here.identify())
  expect(seen.size).toBe(4)
})

test('an added file that is not there, or goes out of the tree, is located', async () => {
  const { file, change } = copy()
  const mistakes = async () => ((await readStack(file).catch((caught: unknown) => caught)) as Error).message
  change('optee-sel1.yaml', '    debian-patches: true', '    files: { core/own.c: own.c }\n    debian-patches: true')
  expect(await mistakes()).toMatch(/:\d+:\d+: there is no file own\.c; it would be in /)
  for (const path of ['../up.c', '/etc/passwd', 'a/../../b', './a', 'a//b', 'a/']) {
    change('optee-sel1.yaml', /files: \{ (\S+): own/.exec(readFileSync(file, 'utf8'))?.[1] ?? '', path)
    expect(await mistakes()).toMatch(/:\d+:\d+: ".*" is not a path in the source tree/)
  }
})

test('every mistake is located, with what would be right', async () => {
  const { file, change } = copy()
  const text = (from: string, to: string) => change('optee-sel1.yaml', from, to)
  text('${optee:tee-pager_v2.bin}', '${opteee:tee-pager_v2.bin}')
  text('BL32: ${optee:tee-header_v2.bin}', 'BL32: ${optee:tee-haeder_v2.bin}')
  text('${file:optee-sel1/spmc-manifest.dts}', '${file:optee-sel1/manifest.dts}')
  text('BUILD_BASE: ${out}', 'BUILD_BASE: ${output}')
  text('qemu_fw.bios: ${tfa:qemu_fw.bios}', 'qemu_fw.bios: tfa')
  const error = await readStack(file).catch((caught: unknown) => caught as Error)
  const lines = (error as Error).message.split('\n').map((line) => line.replace(file, ''))
  expect(lines).toEqual([
    expect.stringMatching(/^:\d+:\d+: \$\{output\} means nothing; it would be \$\{out\}/),
    expect.stringMatching(/^:\d+:\d+: there is no file optee-sel1\/manifest\.dts; it would be in /),
    expect.stringMatching(/^:\d+:\d+: optee has no product "tee-haeder_v2\.bin"; did you mean "tee-header_v2\.bin"\?/),
    expect.stringMatching(/^:\d+:\d+: no component "opteee" is built before this; did you mean "optee"\?/),
    expect.stringMatching(/^:\d+:\d+: "tfa" is no product; it would be \$\{COMPONENT:PRODUCT\}/),
  ])
})

test('unknown and missing keys and wrong values are located too', async () => {
  const { file, change } = copy()
  change('optee-sel1.yaml', 'uart1: [S-EL1]', 'uart1: [S-EL3]')
  change('optee-sel1.yaml', '    debian-patches: true', '    debian-patchs: true')
  change('optee-sel1.yaml', 'title: ', 'titel: ')
  change('optee-sel1.yaml', 'version: 4.10.0-2', 'versoin: 4.10.0-2')
  const error = await readStack(file).catch((caught: unknown) => caught as Error)
  const message = (error as Error).message.replaceAll(file, '')
  expect(message).toMatch(/^:\d+:\d+: unknown key "titel" in the recipe; did you mean "title"\?$/m)
  expect(message).toMatch(
    /^:\d+:\d+: unknown key "debian-patchs" in components\.optee; did you mean "debian-patches"\?$/m,
  )
  expect(message).toMatch(/^:\d+:\d+: "S-EL3" is not right here; did you mean "S-EL2"\?$/m)
  expect(message).toMatch(
    /^:\d+:\d+: unknown key "versoin" in components\.optee\.source\[0\]; did you mean "version"\?$/m,
  )
  expect(message.split('\n')).toHaveLength(4)
})

test('a recipe that is not there is named', async () => {
  await expect(readStack('/nowhere/x.yaml')).rejects.toMatchObject({
    code: 'BadInput',
    message: '/nowhere/x.yaml cannot be read, for there is no such file: name a stack recipe that is there.',
  })
})

const little = (keys: string) => `title: t
consoles: { uart0: [NS] }
bl33: 0x60000000
${keys}
toolchain: [ld]
components: { a: { version: 1, source: { tree: . }, products: { p: p.bin } } }
`

test('a recipe says what starts at BL33, which services there are, and what a kernel needs for them', () => {
  const keys = 'boot: efi\nservices: [efi-variables, tpm]\nneeds: { ACPI: y, TCG_ARM_CRB_FFA: [y, m] }'
  const recipe = parseStack(`${little(keys)}products: { bl33: '\${a:p}' }\n`, '/x.yaml')
  expect(recipe.setup).toEqual({
    consoles: { uart0: ['NS'] },
    boot: 'efi',
    bl33: 0x60000000,
    services: ['efi-variables', 'tpm'],
    tpm: { banks: ['sha256'], partition: 0x8002 },
  })
  expect(recipe.needs).toEqual({ ACPI: ['y'], TCG_ARM_CRB_FFA: ['y', 'm'] })
})

test.each([
  ['boot: efi', "p: '${a:p}'", /^\/x\.yaml:4:7: boot: efi needs the product "bl33"; /],
  ['boot: kernel', "bl33: '${a:p}'", /^\/x\.yaml:4:7: boot: kernel has a product "bl33"; /],
  ['tpm: { partition: 0x8005 }', "p: '${a:p}'", /^\/x\.yaml:4:6: there is no TPM to set up; services would have tpm$/],
  ['needs: { CONFIG-ACPI: y }', "p: '${a:p}'", /^\/x\.yaml:4:\d+: .*is not a Kconfig symbol/],
  ['services: [tpm2]', "p: '${a:p}'", /^\/x\.yaml:4:12: "tpm2" is not right here; did you mean "tpm"\?$/],
])('%s does not go with products of %s', (keys, products, message) => {
  expect(() => parseStack(`${little(keys)}products: { ${products} }\n`, '/x.yaml')).toThrow(
    expect.objectContaining({ code: 'BadInput', message: expect.stringMatching(message) }),
  )
})

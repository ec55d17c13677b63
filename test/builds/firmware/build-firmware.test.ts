import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { BuildContext, BuildProgress } from '../../../builds/build.ts'
import { buildFirmware } from '../../../builds/firmware/build-firmware.ts'
import { machineSetupProduct, readMachineSetup } from '../../../builds/firmware/machine-setup.ts'
import { readStack } from '../../../builds/firmware/recipe.ts'
import { writeFiles } from '../source/world.ts'

// A stack of two small components, cross-compiled for real: `second` wraps the product of `first`.
const recipe = `title: small
consoles: { uart0: [EL3] }
bl33: 0x60000000
toolchain: [aarch64-linux-gnu-gcc]
components:
  first:
    version: 1
    source: { tree: first }
    arguments: { OUT: '\${out}', CC: ccache aarch64-linux-gnu-gcc }
    products: { first.o: first.o }
  second:
    version: 1
    source: { tree: second }
    arguments: { OUT: '\${out}', FIRST: '\${first:first.o}', NOTE: '\${file:note.txt}', BASE: '\${bl33}' }
    targets: [image]
    products: { image: image }
products: { image.bin: '\${second:image}' }
`
const firstMake = 'all:\n\t@echo "  CC      first.o"\n\t$(CC) -c first.c -o $(OUT)/first.o\n'
const secondMake =
  'image:\n\t@echo "  GEN     image"\n\tcat $(FIRST) $(NOTE) > $(OUT)/image\n\techo $(BASE) $(SOURCE_DATE_EPOCH) >> $(OUT)/image\n'

function world(files: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-firmware-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFiles(folder, {
    'small.yaml': recipe,
    'note.txt': 'a note\n',
    'first/Makefile': firstMake,
    'first/first.c': 'const char where[] = __DATE__ __TIME__;\n',
    'second/Makefile': secondMake,
    ...files,
  })
  const abort = new AbortController()
  const progress: BuildProgress[] = []
  const context: BuildContext = {
    folders: { state: join(folder, 'state'), cache: join(folder, 'cache') },
    signal: abort.signal,
    progress: (step) => progress.push(step),
    logFile: join(folder, 'build.log'),
    jobs: 2,
  }
  const build = async () => buildFirmware(await readStack(join(folder, 'small.yaml')), context)
  return { folder, build, context, progress, abort }
}

async function bytes(made: ReturnType<typeof world>): Promise<Buffer> {
  const outcome = await made.build()
  if (!outcome.ok) throw new Error(outcome.fault.message)
  expect(outcome.products.map(({ name }) => name)).toEqual(['image.bin', 'machine.json'])
  return readFileSync(outcome.products[0]?.path ?? '')
}

test('components are built in order, each from a copy, and equal inputs give equal bytes elsewhere and later', async () => {
  const here = world()
  const image = await bytes(here)
  expect(image.subarray(0, 4).toString('latin1')).toBe('\x7fELF')
  expect(image.toString('latin1')).toContain('a note\n0x60000000 0\n')
  expect(here.progress).toContainEqual({ phase: 'first', done: 1 })
  expect(readFileSync(here.context.logFile, 'utf8')).toMatch(/CC {6}first\.o[^]*GEN {5}image/)
  expect((await bytes(world())).equals(image)).toBe(true)
  expect((await bytes(here)).equals(image)).toBe(true)
})

test('files of the recipe are added to the copy of the source, and never put over what is there', async () => {
  const added = recipe.replace(
    '    targets: [image]',
    '    files: { deep/down/more.txt: note.txt }\n    targets: [image]',
  )
  const made = world({
    'small.yaml': added,
    'second/Makefile': 'image:\n\tcat $(FIRST) deep/down/more.txt > $(OUT)/image\n',
  })
  expect((await bytes(made)).toString('latin1')).toContain('a note\n')
  writeFiles(made.folder, { 'note.txt': 'another note\n' })
  expect((await bytes(made)).toString('latin1')).toContain('another note\n')
  const over = world({ 'small.yaml': added.replace('deep/down/more.txt', 'Makefile') })
  await expect(over.build()).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringContaining('second has a file Makefile already'),
  })
})

test('the build says how its machine is to be set up', async () => {
  const services = 'services: [tpm]\ntpm: { banks: [sha1, sha256] }\ncomponents:'
  const outcome = await world({ 'small.yaml': recipe.replace('components:', services) }).build()
  const path = outcome.ok ? outcome.products.find(({ name }) => name === machineSetupProduct)?.path : undefined
  expect(await readMachineSetup(path ?? '')).toEqual({
    consoles: { uart0: ['EL3'] },
    boot: 'kernel',
    bl33: 0x60000000,
    services: ['tpm'],
    tpm: { banks: ['sha1', 'sha256'], partition: 0x8002 },
  })
  await expect(readMachineSetup('/nowhere')).rejects.toMatchObject({ code: 'SourceMissing' })
})

test('a compiler error is a result with file and line, and the log has it', async () => {
  const { build, context } = world({ 'first/first.c': 'int a;\nint b = nonsense;\n' })
  const outcome = await build()
  expect(outcome).toEqual({
    ok: false,
    fault: { file: 'first.c', line: 2, message: expect.stringContaining("'nonsense' undeclared") },
  })
  expect(readFileSync(context.logFile, 'utf8')).toContain('nonsense')
})

test('a product that the build does not make is named', async () => {
  const { build } = world({ 'second/Makefile': 'image:\n\ttrue\n' })
  expect(await build()).toEqual({
    ok: false,
    fault: { file: 'image', message: expect.stringContaining('second was built') },
  })
})

test('a tool that is not there is named with how to get it', async () => {
  const { build } = world({ 'small.yaml': recipe.replace('[aarch64-linux-gnu-gcc]', '[no-such-compiler]') })
  await expect(build()).rejects.toMatchObject({
    code: 'ToolMissing',
    message: expect.stringContaining('no-such-compiler'),
  })
  const python = world({ 'small.yaml': recipe.replace('components:', 'python-modules: [no_such_module]\ncomponents:') })
  await expect(python.build()).rejects.toMatchObject({
    code: 'ToolMissing',
    message: expect.stringContaining('no_such_module'),
  })
})

test('a cancel kills the whole tree, and the same can be built again at once', async () => {
  const hanging = 'all:\n\t@echo "  CC      first.o"\n\t@sleep 1000 & echo $$! > $(OUT)/pid; wait\n'
  const made = world({ 'first/Makefile': hanging })
  const reason = new Error('cancelled')
  const context = { ...made.context, progress: (step: BuildProgress) => step.done > 0 && made.abort.abort(reason) }
  const stack = await readStack(join(made.folder, 'small.yaml'))
  await expect(buildFirmware(stack, context)).rejects.toBe(reason)
  writeFiles(made.folder, { 'first/Makefile': firstMake })
  expect((await buildFirmware(stack, { ...made.context, signal: new AbortController().signal })).ok).toBe(true)
})

test('a component that was finished before is used again, by other stacks too, and made again when damaged', async () => {
  const made = world()
  const first = await bytes(made)
  const log = (): string => readFileSync(made.context.logFile, 'utf8')
  const times = (line: RegExp): number => log().match(line)?.length ?? 0
  expect(await bytes(made)).toEqual(first)
  // Another stack with the same first component.
  writeFiles(made.folder, { 'note.txt': 'another note\n' })
  expect((await bytes(made)).toString('latin1')).toContain('another note\n')
  expect([times(/CC {6}first\.o/g), times(/GEN {5}image/g)]).toEqual([1, 2])
  const outcome = await made.build()
  if (!outcome.ok) throw new Error('it must be there')
  writeFileSync(outcome.products[0]!.path, 'damaged')
  expect((await bytes(made)).toString('latin1')).toContain('another note\n')
  expect([times(/CC {6}first\.o/g), times(/GEN {5}image/g)]).toEqual([1, 3])
  // What `second` is made of is a part of what it is.
  writeFiles(made.folder, { 'first/first.c': 'const char where[] = "elsewhere";\n' })
  expect((await bytes(made)).toString('latin1')).toContain('elsewhere')
  expect([times(/CC {6}first\.o/g), times(/GEN {5}image/g)]).toEqual([2, 4])
})

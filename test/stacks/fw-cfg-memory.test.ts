import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileItems, fwCfgImage, kernelItems, tableFiles, type FwCfgItem } from '../../targets/fvp/fw-cfg.ts'
import { tempFolder } from '../host/temp-folder.ts'

// EDK2's reader of fw_cfg in memory (stacks/fvp-full/edk2/FwCfgMemoryLib.c), compiled for this host with the sanitizers on,
// reads what is written for it.

const stand = join(import.meta.dirname, 'fw-cfg-memory')
const source = join(import.meta.dirname, '../../stacks/fvp-full/edk2/FwCfgMemoryLib.c')
/** What it includes of EDK2; all of it stands in edk2.h. */
const headers =
  'PiDxe.h Library/BaseLib.h Library/BaseMemoryLib.h Library/DebugLib.h Library/DxeServicesTableLib.h Library/QemuFwCfgLib.h Library/UefiBootServicesTableLib.h Protocol/FdtClient.h'.split(
    ' ',
  )

let folder: string
let program: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-fw-cfg-'))
  for (const header of headers) {
    await mkdir(dirname(join(folder, 'include', header)), { recursive: true })
    await writeFile(join(folder, 'include', header), '')
  }
  program = join(folder, 'fw-cfg')
  const flags = ['-std=gnu11', '-g', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-Wno-unknown-pragmas']
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize=alignment,null,nonnull-attribute,pointer-overflow']
  const included = ['-include', join(stand, 'edk2.h'), `-I${join(folder, 'include')}`]
  await execa('gcc', [...flags, ...sanitizers, ...included, '-o', program, join(stand, 'main.c'), source])
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

// Above what the address sanitizer has for itself (0x7fff8000 to 0x10007fff7fff).
const base = 0x2000_c800_0000
const size = 0x1000000
const kernelAt = base + 0x20_0000
const initrdAt = base + 0x80_0000

interface Memory {
  items: FwCfgItem[]
  kernel?: Uint8Array
  initrd?: Uint8Array
  /** What becomes of the directory's bytes on their way. */
  change?: (image: Buffer) => void
  size?: number
}

/** Puts it all where it belongs and asks. */
async function ask(memory: Memory, ...lines: string[]): Promise<string[]> {
  const at = await tempFolder()
  const image = Buffer.from(fwCfgImage(base, memory.items))
  memory.change?.(image)
  const files: [string, Uint8Array, number][] = [['image', image, base]]
  if (memory.kernel) files.push(['kernel', memory.kernel, kernelAt])
  if (memory.initrd) files.push(['initrd', memory.initrd, initrdAt])
  const words = files.map(async ([name, bytes, address]) => {
    await writeFile(join(at, name), bytes)
    return `${join(at, name)}@0x${address.toString(16)}`
  })
  const options = [`0x${base.toString(16)}`, `0x${(memory.size ?? size).toString(16)}`, ...(await Promise.all(words))]
  const { stdout } = await execa(program, options, {
    input: lines.map((line) => `${line}\n`).join(''),
    env: { ASAN_OPTIONS: 'detect_leaks=0' },
  })
  return stdout.split('\n')
}

const hex = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('hex')

test('kernel, initrd and command line are read with their sizes, from where they lie', async () => {
  const kernel = Buffer.from('the kernel, all of it')
  const initrd = Buffer.from('and its initrd')
  const items = kernelItems(
    { at: kernelAt, size: kernel.length },
    { at: initrdAt, size: initrd.length },
    'console=ttyAMA0',
  )
  const answers = await ask(
    { items, kernel, initrd },
    'there',
    'word 8',
    'item 11 0 21',
    'word b',
    'item 12 4 10',
    'word 14',
    'item 15 0 16',
  )
  const sizes = [kernel.length, initrd.length, 16].map((bytes) => `0x${bytes.toString(16)}`)
  expect(answers).toEqual([
    'yes, mapped 1',
    sizes[0],
    hex(kernel),
    sizes[1],
    hex('its initrd'),
    sizes[2],
    hex('console=ttyAMA0\0'),
  ])
})

test('files are found by name, and the directory is one that can be read as it is', async () => {
  const items = fileItems({ 'opt/hyplab/one': Buffer.from('first'), 'etc/another': Buffer.from([1, 2, 3]) })
  const answers = await ask(
    { items },
    'file etc/another',
    'item 21 0 3',
    'file etc/anothe',
    'item 19 0 8',
    'item 20 2 3',
  )
  expect(answers).toEqual(['0x21 3', '010203', 'none', '0000000200000005', hex('rst')])
})

test('what is not there reads as zeros, and so does what lies behind an end', async () => {
  const items = fileItems({ short: Buffer.from('ab') })
  expect(await ask({ items }, 'word 17', 'item 20 0 4', 'item 20 7 2')).toEqual(['0', '61620000', '0000'])
})

test.each<[string, Partial<Memory>]>([
  ['another signature', { change: (image) => image.writeUInt8(0x58, 0) }],
  ['more items than there is room for', { change: (image) => image.writeUInt32LE(0xffffffff, 8) }],
  ['an item below the memory', { change: (image) => image.writeBigUInt64LE(BigInt(base - 1), 16) }],
  ['an item above the memory', { change: (image) => image.writeBigUInt64LE(1n << 63n, 16) }],
  ['an item that reaches over its end', { change: (image) => image.writeUInt32LE(size, 16 + 8) }],
  ['memory that is smaller than a directory', { size: 8 }],
  ['a device tree without it', { size: 0 }],
])('with %s there is no fw_cfg, and everything reads as zeros', async (_, wrong) => {
  const items = fileItems({ file: Buffer.from('abc') })
  expect((await ask({ items, ...wrong }, 'there', 'file file', 'item 20 0 3')).map((line) => line.slice(0, 6))).toEqual(
    ['no, ma', 'none', '000000'],
  )
})

test('tables lie behind pointers to each, with a script that makes those right', async () => {
  const table = (signature: string, body: number): Uint8Array => {
    const bytes = Buffer.alloc(36 + body)
    bytes.write(signature)
    bytes.writeUInt32LE(bytes.length, 4)
    return bytes
  }
  const files = tableFiles([table('FACP', 10), table('DSDT', 3)])
  const tables = Buffer.from(files['etc/acpi/tables']!)
  const script = Buffer.from(files['etc/table-loader']!)
  const pointers = [tables.readBigUInt64LE(0), tables.readBigUInt64LE(8)].map(Number)
  expect(pointers.map((at) => tables.toString('latin1', at, at + 4))).toEqual(['FACP', 'DSDT'])
  // 128 bytes each (hw/acpi/bios-linker-loader.c): allocate, and a pointer of eight bytes for each table.
  expect(script.length).toBe(3 * 128)
  expect([0, 128, 256].map((at) => script.readUInt32LE(at))).toEqual([1, 2, 2])
  expect([128, 256].map((at) => [script.readUInt32LE(at + 116), script[at + 120]])).toEqual([
    [0, 8],
    [8, 8],
  ])
  const names = [4, 132, 188, 260, 316].map((at) => script.toString('latin1', at, at + 56).replace(/\0+$/, ''))
  expect(new Set(names)).toEqual(new Set(['etc/acpi/tables']))
})

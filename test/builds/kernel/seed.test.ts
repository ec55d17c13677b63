/** Where an O= folder starts from: on trees and O= folders that only look like a kernel's, for what make itself does is tested elsewhere. */
import { lstat, mkdir, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { variantFolders, type VariantFolders } from '../../../builds/kernel/kernel-folders.ts'
import { openOutput } from '../../../builds/kernel/seed.ts'
import type { SourceTree } from '../../../builds/source/source.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { contextIn } from './small-kernel.ts'

const base = 'allnoconfig'
const asked = new Map([['SMP', 'y']])
const archive = new Date('2026-01-11T00:00:00Z')
const version = (sublevel: number) => `VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = ${sublevel}\nEXTRAVERSION =\n`
const files = { Makefile: version(5), 'a.c': 'int a;\n', 'b.c': 'int b;\n', 'include/linux/x.h': '' }

let root: string
let context: ReturnType<typeof contextIn>

beforeEach(async () => {
  root = await tempFolder()
  context = contextIn({ cache: join(root, 'cache'), state: join(root, 'state') })
  await mkdir(join(root, 'cache'))
})

async function treeAt(name: string, content: Record<string, string>): Promise<SourceTree> {
  const folder = join(root, name)
  for (const [path, text] of Object.entries(content)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
    await utimes(join(folder, path), archive, archive)
  }
  return { folder, identity: { source: `tree:${name}`, patches: [] }, from: name, epoch: 0 }
}

async function open(tree: SourceTree, requested = asked): Promise<{ variant: VariantFolders; start: string }> {
  const variant = variantFolders(context.folders, tree, base, requested)
  const { start, lock } = await openOutput(variant, tree, { base, requested }, context)
  lock.release()
  return { variant, start }
}

/** An O= folder as a build leaves it. */
async function built(tree: SourceTree, requested = asked, config = 'CONFIG_SMP=y\n'): Promise<VariantFolders> {
  const { variant } = await open(tree, requested)
  await mkdir(variant.output, { recursive: true })
  await writeFile(join(variant.output, '.config'), config)
  await writeFile(join(variant.output, '.a.o.cmd'), `savedcmd := gcc ${tree.folder}/a.c\ndeps := ${tree.folder}/a.c\n`)
  await writeFile(join(variant.output, 'tool'), Buffer.from(`\x7fELF\0\xff${tree.folder}/tool.c\0`, 'latin1'))
  await writeFile(join(variant.output, 'a.o'), 'object')
  await rm(join(variant.output, 'source'), { force: true })
  await symlink(tree.folder, join(variant.output, 'source'))
  return variant
}

async function timeOf(...path: string[]): Promise<number> {
  return (await lstat(join(...path))).mtimeMs
}

describe('the O= of a tree that differs from one that was built', () => {
  it('is that one, moved: with the new path, and older than what differs', async () => {
    const old = await treeAt('tree-1', files)
    const { output } = await built(old)
    const changed = await treeAt('tree-2', { ...files, 'b.c': 'long b;\n', 'c.c': '' })
    const { variant, start } = await open(changed)
    expect(start).toBe('seeded')
    const read = (name: string) => readFile(join(variant.output, name), 'latin1')
    expect(await read('.a.o.cmd')).toBe(`savedcmd := gcc ${changed.folder}/a.c\ndeps := ${changed.folder}/a.c\n`)
    expect(await read('tool')).toBe(`\x7fELF\0\xff${changed.folder}/tool.c\0`)
    expect(await readlink(join(variant.output, 'source'))).toBe(changed.folder)
    const object = await timeOf(variant.output, 'a.o')
    for (const name of ['b.c', 'c.c']) expect(await timeOf(changed.folder, name)).toBeGreaterThan(object)
    for (const name of ['a.c', 'Makefile']) expect(await timeOf(changed.folder, name)).toBeLessThan(object)
    expect(await readFile(join(output, '.a.o.cmd'), 'utf8')).toContain(`${old.folder}/a.c`)
  })

  it('is older than what differs also when it was built afterwards', async () => {
    const old = await treeAt('tree-1', files)
    await built(old)
    const changed = await treeAt('tree-2', { ...files, 'b.c': 'long b;\n' })
    await built(changed)
    const other = new Map([['SMP', 'n']])
    const later = await built(old, other)
    const soon = new Date(Date.now() + 3_600_000)
    await utimes(join(later.output, 'a.o'), soon, soon)
    const { variant, start } = await open(changed, other)
    expect(start).toBe('seeded')
    expect(await timeOf(variant.output, 'a.o')).toBeLessThan(await timeOf(changed.folder, 'b.c'))
    expect(await timeOf(variant.output, '.a.o.cmd')).toBeLessThan(await timeOf(variant.output, 'a.o'))
  })

  it('starts from nothing where times cannot tell: built over so long that the sources would lie between', async () => {
    const old = await treeAt('tree-1', files)
    const { output } = await built(old)
    const changed = await treeAt('tree-2', { ...files, 'b.c': 'long b;\n' })
    await utimes(join(output, 'a.o'), new Date('2026-01-10T00:00:00Z'), new Date('2026-01-10T00:00:00Z'))
    expect((await open(changed)).start).toBe('scratch')
  })

  it('starts from nothing where debug information names the files of the other', async () => {
    await built(await treeAt('tree-1', files), asked, 'CONFIG_SMP=y\nCONFIG_DEBUG_INFO=y\n')
    expect((await open(await treeAt('tree-2', files))).start).toBe('scratch')
  })

  it('starts from nothing where a build was killed', async () => {
    await writeFile((await built(await treeAt('tree-1', files))).building, '')
    expect((await open(await treeAt('tree-2', files))).start).toBe('scratch')
  })

  it('starts from nothing beside another version', async () => {
    await built(await treeAt('tree-1', { ...files, Makefile: version(4) }))
    expect((await open(await treeAt('tree-2', files))).start).toBe('scratch')
  })

  it('starts from nothing where a new header may hide another of its name', async () => {
    await built(await treeAt('tree-1', files))
    expect((await open(await treeAt('tree-2', { ...files, 'arch/arm64/include/asm/x.h': '' }))).start).toBe('scratch')
    expect((await open(await treeAt('tree-3', { ...files, 'include/linux/y.h': '' }))).start).toBe('seeded')
  })

  it('keeps to itself once the tree was unpacked again: the times of its files tell nothing then', async () => {
    const old = await treeAt('tree-1', files)
    await built(old)
    const changed = await treeAt('tree-2', { ...files, 'b.c': 'long b;\n' })
    const { output } = await built(changed)
    await utimes(join(changed.folder, 'b.c'), archive, archive)
    const other = new Map([['SMP', 'n']])
    await writeFile(join((await built(old, other)).output, 'only-there'), '')
    const { variant, start } = await open(changed, other)
    expect(start).toBe('seeded')
    await expect(lstat(join(variant.output, 'only-there'))).rejects.toThrow()
    expect(await timeOf(variant.output, 'a.o')).toBe(await timeOf(output, 'a.o'))
  })

  it('is taken from the tree whose configuration is the nearest', async () => {
    await built(
      await treeAt('tree-1', files),
      new Map([
        ['SMP', 'y'],
        ['ACPI', 'y'],
      ]),
    )
    await built(await treeAt('tree-2', { ...files, 'b.c': 'char b;\n' }))
    await built(await treeAt('tree-3', { ...files, 'b.c': 'short b;\n' }), new Map([['ACPI', 'y']]))
    const { variant } = await open(await treeAt('tree-4', { ...files, 'b.c': 'long b;\n' }))
    expect(JSON.parse(await readFile(join(variant.siblings, 'parent.json'), 'utf8'))).toMatchObject({
      folder: join(root, 'tree-2'),
      different: ['b.c'],
    })
  })

  it('is not taken from a tree that is gone', async () => {
    const old = await treeAt('tree-1', files)
    await built(old)
    await rm(old.folder, { recursive: true })
    expect((await open(await treeAt('tree-2', files))).start).toBe('scratch')
  })
})

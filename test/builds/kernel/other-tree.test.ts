import { readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KernelInputs } from '../../../domain/cell.ts'
import type { Folders } from '../../../host/folders.ts'
import { sha256File } from '../../../host/sha256.ts'
import { buildKernel } from '../../../builds/kernel/build-kernel.ts'
import type { SourceTree } from '../../../builds/source/source.ts'
import { contextIn, elsewhereOf, ownFolders, realTree, smallKernel } from './small-kernel.ts'

const minutes = 60_000
/** A patch to a source, and one to a header that many include. */
const driver = 'drivers/firmware/arm_ffa/driver.c'
const header = 'include/linux/arm_ffa.h'
const asked = smallKernel()

let plain: SourceTree
let patched: SourceTree
let plainFirst: Awaited<ReturnType<typeof ownFolders>>
let patchedFirst: Awaited<ReturnType<typeof ownFolders>>

beforeAll(async () => {
  const tree = await realTree()
  plain = await place(tree, elsewhereOf(tree), { source: 'tree:plain', patches: [] }, (text) => text)
  patched = await place(tree, `${tree.folder}-patched--`, { source: 'tree:patched', patches: [] }, (text) =>
    text
      .replace('Firmware version %d.%d found', 'Firmware version %d.%d was found')
      .replace('#define FFA_SUCCESS', '#define HYPLAB_PATCHED 1\n#define FFA_SUCCESS'),
  )
  plainFirst = await ownFolders()
  patchedFirst = await ownFolders()
}, 20 * minutes)

afterAll(async () => {
  for (const { folder } of [plain, patched]) await rm(folder, { recursive: true, force: true })
  await plainFirst.remove()
  await patchedFirst.remove()
}, minutes)

/** Hard links make a second tree out of one in a second. The place is the same each time, so that ccache knows it. */
async function place(
  tree: SourceTree,
  folder: string,
  identity: SourceTree['identity'],
  edit: (text: string) => string,
): Promise<SourceTree> {
  await rm(folder, { recursive: true, force: true })
  await execa('cp', ['-al', tree.folder, folder])
  for (const file of [driver, header]) {
    const text = await readFile(join(folder, file), 'utf8')
    await rm(join(folder, file))
    await writeFile(join(folder, file), edit(text))
    // As out of an archive: older than everything that is built.
    await utimes(join(folder, file), 1e9, 1e9)
  }
  return { ...tree, folder, identity }
}

/** Builds; returns what was made, how the O= began and how much make had to do. */
async function build(inputs: KernelInputs, tree: SourceTree, folders: Folders) {
  const context = contextIn(folders)
  const outcome = await buildKernel(inputs, tree, context)
  if (!outcome.ok) throw new Error(outcome.fault.message)
  const made = outcome.products
    .filter(({ name }) => name !== 'build.json')
    .map(async ({ name, path }) => [name, await sha256File(path)] as const)
  const steps = context.seen.filter(({ phase }) => phase === 'compile').at(-1)?.done ?? 0
  return { made: Object.fromEntries(await Promise.all(made)), start: outcome.start, steps }
}

describe('a tree that differs from one that was built', { timeout: 30 * minutes }, () => {
  let plainMade: Record<string, string>
  let patchedMade: Record<string, string>

  test('starts from what was built of that one, and becomes what it is from scratch', async () => {
    const first = await build(asked, plain, plainFirst)
    expect(first.start).toBe('scratch')
    plainMade = first.made
    const second = await build(asked, patched, plainFirst)
    expect(second).toMatchObject({ start: 'seeded' })
    expect(second.steps).toBeLessThan(first.steps / 4)
    patchedMade = (await build(asked, patched, patchedFirst)).made
    expect(second.made).toEqual(patchedMade)
    expect(patchedMade['modules/ffa-module.ko']).not.toBe(plainMade['modules/ffa-module.ko'])
  })

  test('also where it is the other one that was patched: a file without the patch is older than what was built with it', async () => {
    const second = await build(asked, plain, patchedFirst)
    expect(second.start).toBe('seeded')
    expect(second.made).toEqual(plainMade)
  })
})

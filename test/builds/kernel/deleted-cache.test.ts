/** A real kernel whose tree or O= folder is deleted under its compilers, and one whose own source lacks a header. */
import { readdirSync, rmSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildKernel } from '../../../builds/kernel/build-kernel.ts'
import type { SourceTree } from '../../../builds/source/source.ts'
import { countFiles } from '../../../builds/source/whole-tree.ts'
import { contextIn, ownFolders, realTree, smallKernel } from './small-kernel.ts'

const minutes = 60_000
let tree: SourceTree
let own: Awaited<ReturnType<typeof ownFolders>>

/** Puts the real tree at a place of our own, the same each time, so that ccache knows it: hard links make it in a second. */
async function unpack(): Promise<void> {
  const real = await realTree()
  tree = { ...real, folder: `${real.folder}-deleted` }
  await rm(tree.folder, { recursive: true, force: true })
  await execa('cp', ['-al', real.folder, tree.folder])
  tree.files = await countFiles(tree.folder)
}

beforeEach(async () => {
  await unpack()
  own = await ownFolders()
}, 5 * minutes)

afterEach(async () => {
  await rm(tree.folder, { recursive: true, force: true })
  await own.remove()
}, minutes)

const changed = {
  code: 'SourceMissing',
  retryable: true,
  message: expect.stringMatching(/^The cache was changed while it was built from: /),
}

/** Builds, and has something done once so many steps are made. */
async function buildWhile(act: () => void): Promise<unknown> {
  const context = contextIn(own)
  let done = false
  context.progress = (step) => {
    if (done || step.phase !== 'compile' || step.done < 40) return
    done = true
    act()
  }
  return await buildKernel(smallKernel(), tree, context)
}

const remove = (path: string): void => rmSync(path, { recursive: true, force: true })

describe('in the middle of a compile', { timeout: 20 * minutes }, () => {
  test.each([
    ['all kernels', () => remove(join(own.cache, 'kernels'))],
    ['the tree', () => remove(tree.folder)],
    ['a part of the tree, before whoever deletes it is stopped', () => remove(join(tree.folder, 'kernel'))],
    // rm -r gives up on folders into which somebody writes meanwhile.
    [
      'what is in the O= folder, while make keeps its folders there',
      () => {
        const entries = readdirSync(join(own.cache, 'kernels'), { recursive: true, withFileTypes: true })
        for (const entry of entries) if (!entry.isDirectory()) remove(join(entry.parentPath, entry.name))
      },
    ],
  ])('%s deleted: no kernel is blamed', async (_what, act) => {
    await expect(buildWhile(act)).rejects.toMatchObject(changed)
  })

  test('all of it deleted: the next try builds it', async () => {
    await expect(
      buildWhile(() => {
        remove(join(own.cache, 'kernels'))
        remove(tree.folder)
      }),
    ).rejects.toMatchObject(changed)
    await unpack()
    expect(await buildKernel(smallKernel(), tree, contextIn(own))).toMatchObject({ ok: true })
  })
})

test(
  'a header that the source itself lacks is its fault, with the file and line that want it',
  async () => {
    const main = join(tree.folder, 'init/main.c')
    const text = await readFile(main, 'utf8')
    // A new file: the old one is a hard link.
    await rm(main)
    await writeFile(main, `#include <linux/hyplab-nosuch.h>\n${text}`)
    expect(await buildKernel(smallKernel(), tree, contextIn(own))).toEqual({
      ok: false,
      fault: { message: 'linux/hyplab-nosuch.h: No such file or directory', file: 'init/main.c', line: 1 },
    })
  },
  20 * minutes,
)

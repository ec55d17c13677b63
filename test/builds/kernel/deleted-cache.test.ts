/** A real kernel whose tree or O= folder is deleted under its compilers, and one whose own source lacks a header. */
import { spawnSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

beforeAll(async () => {
  await unpack()
  own = await ownFolders()
}, 20 * minutes)

afterAll(async () => {
  await rm(tree.folder, { recursive: true, force: true })
  await own.remove()
}, 5 * minutes)

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
    if (done || step.phase !== 'compile' || step.done < 20) return
    done = true
    act()
  }
  return await buildKernel(smallKernel(), tree, context)
}

/** As users do: it goes on where make writes something new meanwhile. */
const remove = (...paths: string[]): void => void spawnSync('rm', ['-rf', ...paths])

describe('deleted in the middle of a compile', { timeout: 20 * minutes }, () => {
  test('all kernels: no kernel is blamed', async () => {
    await expect(buildWhile(() => remove(join(own.cache, 'kernels')))).rejects.toMatchObject(changed)
  })

  test('what is in the O= folder, while make keeps its folders there: no kernel is blamed', async () => {
    // rm -r gives up on folders into which somebody writes meanwhile.
    const act = (): void => void spawnSync('find', [join(own.cache, 'kernels'), '-not', '-type', 'd', '-delete'])
    await expect(buildWhile(act)).rejects.toMatchObject(changed)
  })

  test('a header that the source itself lacks is its fault, with the file and line that want it', async () => {
    const main = join(tree.folder, 'init/main.c')
    const text = await readFile(main, 'utf8')
    // A new file: the old one is a hard link.
    await rm(main)
    await writeFile(main, `#include <linux/hyplab-nosuch.h>\n${text}`)
    expect(await buildKernel(smallKernel(), tree, contextIn(own))).toEqual({
      ok: false,
      fault: { message: 'linux/hyplab-nosuch.h: No such file or directory', file: 'init/main.c', line: 1 },
    })
    await writeFile(main, text)
  })

  test('a part of the tree, before whoever deletes it is stopped: no kernel is blamed', async () => {
    await expect(buildWhile(() => remove(join(tree.folder, 'kernel')))).rejects.toMatchObject(changed)
    await unpack()
  })

  test('all of it: the next try builds it', async () => {
    const act = (): void => remove(join(own.cache, 'kernels'), tree.folder)
    await expect(buildWhile(act)).rejects.toMatchObject(changed)
    await unpack()
    expect(await buildKernel(smallKernel(), tree, contextIn(own))).toMatchObject({ ok: true })
  })
})

/** What moves in a cell's sources, kernel and firmware, in real git repositories. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readStack } from '../../builds/firmware/recipe.ts'
import { SourcePinner } from '../../builds/pin-sources.ts'
import type { Cell } from '../../domain/cell.ts'
import { sampleCell } from '../store/samples.ts'
import { commitAll, git, makeRepository, makeWorld, writeFiles } from './source/world.ts'

/** A cell whose kernel is on a branch, and whose firmware is the newest tag. */
async function makeCell() {
  const { folder, context, said } = makeWorld()
  const kernel = makeRepository(join(folder, 'linux'), { Makefile: 'one\n' })
  const made = makeRepository(join(folder, 'fw'), { Makefile: 'one\n' })
  const firmware = { ...made, tree: git(made.path, 'rev-parse', 'HEAD^{tree}') }
  git(firmware.path, 'tag', 'v1.9')
  const recipe = join(folder, 'stack.yaml')
  const component = (source: string) => `{ version: 1, source: ${source}, products: { fip: fip.bin } }`
  const text = [
    'title: a stack',
    'consoles: { uart0: [NS] }',
    'bl33: 0x60000000',
    'toolchain: [make]',
    'components:',
    `  fw: ${component("{ git: fw, newest: 'v*' }")}`,
    `  other: ${component('{ tree: fw }')}`,
    "products: { fip: '${fw:fip}' }",
    '',
  ]
  await writeFile(recipe, text.join('\n'))
  const sample = sampleCell('protected')
  const cell: Cell = {
    ...sample,
    kernel: { ...sample.kernel, sources: [{ kind: 'git', url: kernel.path, ref: 'main' }] },
    stack: { name: 'stack', recipe },
  }
  return { cell, kernel, firmware, context, said }
}

test('kernel and firmware are what they were when they were resolved, once for all cells, and it is said', async () => {
  const { cell, kernel, firmware, context, said } = await makeCell()
  const pinner = new SourcePinner(context)
  const first = await pinner.pin(cell)
  writeFiles(kernel.path, { Makefile: 'two\n' })
  commitAll(kernel.path)
  writeFiles(firmware.path, { Makefile: 'two\n' })
  commitAll(firmware.path)
  git(firmware.path, 'tag', 'v1.10')
  expect(await pinner.pin({ ...cell, id: 'other' })).toEqual({ ...first, id: 'other' })
  expect(first.kernel.sources).toMatchObject([{ ref: kernel.commit, was: 'main' }])
  const fw = { kind: 'git', url: firmware.path, ref: firmware.commit, was: 'v1.9, the newest of v*' }
  const tree = {
    kind: 'tree',
    path: firmware.path,
    snapshot: firmware.tree,
    was: `commit ${firmware.commit.slice(0, 12)}`,
  }
  expect(first.stack.sources).toEqual({ fw: [fw], other: [tree] })
  expect(said).toEqual([
    `linux-6.18.5 is ${kernel.path} at ${kernel.commit}, which was main.`,
    `fw of stack is ${firmware.path} at ${firmware.commit}, which was v1.9, the newest of v*.`,
    `other of stack is ${firmware.path} as it was read: ${tree.was}.`,
  ])
  // What is built reads the recipe again, later.
  const { components } = await readStack(first.stack.recipe!, first.stack.sources)
  expect(components.map(({ sources }) => sources)).toEqual([[fw], [tree]])
  // Another run has the newer ones; what was resolved stays.
  expect((await new SourcePinner(context).pin(cell)).stack.sources!['fw']).toMatchObject([
    { was: 'v1.10, the newest of v*' },
  ])
  expect(await new SourcePinner(context).pin(first)).toBe(first)
})

test('a cell of which nothing moves is left as it is', async () => {
  const { cell, context, said } = await makeCell()
  const still: Cell = {
    ...cell,
    kernel: { ...cell.kernel, sources: [{ kind: 'debian', package: 'linux', version: '6.18.5-1' }] },
    stack: { name: 'installed' },
  }
  expect(await new SourcePinner(context).pin(still)).toBe(still)
  expect(said).toEqual([])
})

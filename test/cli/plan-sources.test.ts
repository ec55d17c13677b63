/** What a plan names of this machine and is not there is the plan's mistake, and has its line: before anything is started. */
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { readPlanFile } from '../../reading/read-plan.ts'
import { goodRecipe } from '../builds/firmware/broken-recipes.ts'
import { makeRepository, writeFiles } from '../builds/source/world.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { runHyplab } from './run-hyplab.ts'

/** What every kernel's source has. */
const kernelLike = { Makefile: 'one\n', Kconfig: '\n', 'init/Kconfig': '\n' }

async function planWith(source: string): Promise<{ folder: string; path: string }> {
  const folder = await tempFolder()
  makeRepository(join(folder, 'linux'), kernelLike)
  writeFiles(folder, { 'file.txt': 'x\n', 'u-boot/Makefile': 'x\n', 'u-boot/Kconfig': 'x\n' })
  const path = join(folder, 'plan.yaml')
  const rest = 'stacks: { s: installed }\nmodes: { m: mode=m }\ntargets: { t: { kind: board, class: c } }\n'
  await writeFile(
    path,
    `name: p\nkernels:\n  k:\n    source: ${source.replaceAll('HERE', folder)}\n    base: allnoconfig\n${rest}`,
  )
  return { folder, path }
}

it.each([
  ['{ tree: gone }', /plan\.yaml:4:13: there is no folder \/.*\/gone; paths start at the folder of this file$/],
  ['{ tree: file.txt }', /plan\.yaml:4:13: \/.*\/file\.txt is no folder; name a folder$/],
  ['{ tree: / }', /plan\.yaml:4:13: this tree is the whole machine; name the folder of the source$/],
  ['{ tree: . }', /plan\.yaml:4:13: \/.* is no kernel: it has no Makefile; name the folder of a kernel source$/],
  [
    '{ tree: u-boot }',
    /plan\.yaml:4:13: \/.*\/u-boot is no kernel: it has no init\/Kconfig; name the folder of a kern/,
  ],
  ['[{ tree: linux }, { tree: / }]', /plan\.yaml:4:31: this tree is the whole machine; /],
  ['{ git: gone, ref: main }', /plan\.yaml:4:13: \/.*\/gone is no git repository; /],
  ['{ git: linux, ref: v9 }', /plan\.yaml:4:13: \/.*\/linux has no ref "v9"; git -C \/.*\/linux show-ref has /],
  ['{ tarball: "file://HERE/gone.tar.xz" }', /plan\.yaml:4:13: there is no file \/.*\/gone\.tar\.xz; /],
  [
    '[{ tree: gone }, { git: linux, ref: v9 }]',
    /plan\.yaml:4:14: there is no folder .*\n.*plan\.yaml:4:30: .* has no ref "v9"/,
  ],
])('%s is refused with its place', async (source, message) => {
  const { path } = await planWith(source)
  await expect(readPlanFile(path)).rejects.toMatchObject({
    code: 'PlanInvalid',
    message: expect.stringMatching(message),
  })
})

it('such a plan ends `plan check` with exit 2', async () => {
  const { folder, path } = await planWith('{ tree: gone }')
  const { code, stderr } = await runHyplab(folder, ['plan', 'check', path])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/plan\.yaml:4:13: there is no folder /) })
})

it.each(['{ tree: linux }', '{ git: linux, ref: main }', '[{ tree: gone }, { git: linux, ref: main }]'])(
  '%s is fine',
  async (source) => {
    const { path } = await planWith(source)
    expect((await readPlanFile(path)).cells).toHaveLength(1)
  },
)

/** A plan on two stacks: a recipe with that source of its first component, and one that is like it. */
async function planOfRecipe(source: string): Promise<string> {
  const { folder, path } = await planWith('{ tree: linux }')
  const given = '{ debian: optee-os, version: 4.10.0-2 }'
  expect(goodRecipe).toContain(given)
  writeFiles(folder, {
    'a.dts': '',
    'own.yaml': goodRecipe.replace(given, source),
    'like.yaml': 'title: t\nlike: own.yaml\ncomponents: { a: { arguments: { D: x } } }\n',
  })
  const target = 'targets: { t: { kind: qemu, memory: 2 GiB } }'
  const rest = `stacks: { own: own.yaml, like: like.yaml }\nmodes: { m: mode=m }\n${target}\n`
  await writeFile(path, `name: p\nkernels: { k: { source: { tree: linux }, base: allnoconfig } }\n${rest}`)
  return path
}

it.each([
  ['{ tree: gone }', /^\/.*own\.yaml:8:13: there is no folder \/.*\/gone; paths start at the folder of this file$/],
  ['{ git: linux, ref: v9 }', /^\/.*own\.yaml:8:13: \/.*\/linux has no ref "v9"; git -C \/.*\/linux show-ref has /],
  ['[{ tree: linux }, { tree: / }]', /^\/.*own\.yaml:8:31: this tree is the whole machine; /],
])('a recipe with the source %s is refused with its place, once', async (source, message) => {
  const path = await planOfRecipe(source)
  await expect(readPlanFile(path)).rejects.toMatchObject({
    code: 'PlanInvalid',
    message: expect.stringMatching(message),
    mistakes: [{ line: 8 }],
  })
})

it('a recipe whose sources are there is fine', async () => {
  const path = await planOfRecipe('[{ tree: gone }, { git: linux, ref: main }]')
  expect((await readPlanFile(path)).cells).toHaveLength(2)
})

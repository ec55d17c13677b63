/** What a plan names of this machine and is not there is the plan's mistake, and has its line: before anything is started. */
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
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
])('%s is refused with exit 2 and its place', async (source, message) => {
  const { folder, path } = await planWith(source)
  const { code, stderr } = await runHyplab(folder, ['plan', 'check', path])
  expect({ code, stderr: stderr.trim() }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
})

it.each(['{ tree: linux }', '{ git: linux, ref: main }', '[{ tree: gone }, { git: linux, ref: main }]'])(
  '%s is fine',
  async (source) => {
    const { folder, path } = await planWith(source)
    expect(await runHyplab(folder, ['plan', 'check', path])).toMatchObject({ code: 0 })
  },
)

/** What a run is made from stands still from its beginning: its builds are made of that, whatever is edited meanwhile. */
import { rmSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { build } from '../../activities/build.ts'
import { buildsOf, taskOfRef } from '../../activities/builds-of.ts'
import { outlineRun } from '../../activities/outline-run.ts'
import type { Deps } from '../../activities/deps.ts'
import { obtainSource } from '../../builds/source/obtain.ts'
import { readPlanFile } from '../../reading/read-plan.ts'
import { artifactPath } from '../../store/artifacts.ts'
import { findBuild } from '../../store/builds.ts'
import { runDetail } from '../../store/details.ts'
import { eventsAfter } from '../../store/events.ts'
import { sweepArtifacts } from '../../store/keeping/sweep-artifacts.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { BuildRef, BuildTask, RunOutline } from '../../workflows/contracts.ts'
import { allSaying, wordedStack, wordsIn, type WordedStack } from '../builds/firmware/worded-stack.ts'
import { commitAll, git, makeRepository, writeFiles } from '../builds/source/world.ts'
import { sampleRun } from '../store/samples.ts'

// Compilers have to start, on a host that may be busy with builds.
vi.setConfig({ testTimeout: 120_000 })

let stack: WordedStack
let store: Store
let deps: Deps
beforeEach(async () => {
  stack = wordedStack('old')
  store = await openStore(stack.folders.state)
  onTestFinished(() => store.close())
  deps = { store, folders: stack.folders, client: undefined as never }
  makeRepository(join(stack.folder, 'linux'), { Makefile: 'one\n', Kconfig: '\n', 'init/Kconfig': '\n' })
  writeFiles(stack.folder, {
    'one.patch': '--- a/Makefile\n+++ b/Makefile\n@@ -1 +1 @@\n-one\n+patched\n',
    'one.config': 'CONFIG_KVM=y\n',
    'plan.yaml': [
      'name: still',
      'kernels:',
      '  mine: { source: { tree: linux }, patches: [one.patch], base: allnoconfig, fragments: [one.config] }',
      'stacks: { small: small.yaml }',
      'modes: { a: mode=a, b: mode=b }',
      '',
    ].join('\n'),
  })
})

async function begin(): Promise<number> {
  const { plan, text, file, cells } = await readPlanFile(join(stack.folder, 'plan.yaml'))
  const options = { until: 'builds' as const, atOnce: 1 }
  const workflowId = `run-${Math.random()}`
  return await createRun(store, {
    ...sampleRun(2),
    plan: plan.name,
    planText: text,
    planFile: file,
    workflowId,
    options,
    cells,
  })
}
const outline = async (run: number) =>
  (await new MockActivityEnvironment().run((input: { run: number; lab: string }) => outlineRun(deps, input), {
    run,
    lab: 'lab',
  })) as RunOutline
const tasksOf = ({ builds }: RunOutline) => builds.map(({ task }) => task)
const made = async (ref: BuildRef) =>
  await new MockActivityEnvironment().run((given: BuildTask) => build(deps, given), await taskOfRef(deps, ref))
const context = () => ({ folders: stack.folders, signal: new AbortController().signal, progress: () => {} })

/** Changes everything that the run is made from, and takes away what can be. */
async function editAll(): Promise<void> {
  stack.say('new')
  writeFiles(stack.folder, { 'linux/Makefile': 'two\n', 'one.config': 'CONFIG_KVM=n\n', 'first/first.h': '#error\n' })
  await rm(join(stack.folder, 'one.patch'))
}

it('firmware is built from the trees, patches, files and recipe of then, after all were edited', async () => {
  const [firmware] = tasksOf(await outline(await begin()))
  await editAll()
  expect(await made(firmware!)).toMatchObject({ ok: true, message: '' })
  const [image] = (await findBuild(store, firmware!.id))!.products.filter(({ name }) => name === 'image.bin')
  expect(wordsIn(await readFile(artifactPath(store, image!.sha256)))).toEqual(allSaying('old'))
  // What a run that begins now is made from.
  await writeFile(join(stack.folder, 'one.patch'), '--- a/Makefile\n+++ b/Makefile\n@@ -1 +1 @@\n-two\n+patched\n')
  await writeFile(join(stack.folder, 'first', 'first.h'), '#define FIRST 2\n')
  const [next] = tasksOf(await outline(await begin()))
  expect(await made(next!)).toMatchObject({ ok: true })
  const later = (await findBuild(store, next!.id))!.products.find(({ name }) => name === 'image.bin')
  expect(wordsIn(await readFile(artifactPath(store, later!.sha256)))).toEqual(allSaying('new'))
})

it('a kernel has one source in all cells, also of those that are named again after an edit', async () => {
  const run = await begin()
  const first = await outline(run)
  await editAll()
  // Its worker died, and the step is done again; a damaged artifact has builds named again, too.
  expect(tasksOf(await outline(run))).toEqual(tasksOf(first))
  const { cells } = await runDetail(store, run)
  const kernels = cells.map(({ cell }) => cell.kernel)
  expect(kernels[0]).toEqual(kernels[1])
  const { kernel } = await buildsOf(deps, cells[1]!.cell, { run, lab: 'lab', lockFile: '/nowhere' }, context())
  expect(kernel.id).toBe(tasksOf(first).find(({ kind }) => kind === 'kernel')!.id)
  expect(cells.map((cell) => cell.kernelBuild)).toEqual([kernel.id, kernel.id])
})

it('a kernel’s tree is unpacked and patched as it was, though the patch is gone and the tree was committed', async () => {
  const run = await begin()
  await outline(run)
  await editAll()
  const commit = git(join(stack.folder, 'linux'), 'rev-parse', 'HEAD')
  commitAll(join(stack.folder, 'linux'))
  const { cells } = await runDetail(store, run)
  const { sources, patches, frozen } = cells[0]!.cell.kernel
  const { filesAsFrozen } = await import('../../activities/frozen-files.ts')
  const files = await filesAsFrozen(store, frozen, join(stack.folder, 'unpacked'))
  const tree = await obtainSource(sources, patches, { ...context(), files })
  expect(await readFile(join(tree.folder, 'Makefile'), 'utf8')).toBe('patched\n')
  const said = (await eventsAfter(store, run, 0)).filter(({ kind }) => kind === 'say')
  expect(said.map(({ data }) => (data as { text: string }).text)).toContain(
    `mine is ${join(stack.folder, 'linux')} as it was read: commit ${commit.slice(0, 12)}.`,
  )
})

it('what a run read of its files stays for as long as the run is known; without it nothing else is built', async () => {
  const run = await begin()
  const [firmware] = tasksOf(await outline(run))
  const { cells } = await runDetail(store, run)
  const kept = artifactPath(store, cells[0]!.cell.stack.frozen!)
  await sweepArtifacts(store, { now: Date.now() + 1e9 })
  expect(JSON.parse(await readFile(kept, 'utf8'))).toMatchObject({ [join(stack.folder, 'note.h')]: expect.anything() })
  rmSync(kept)
  vi.resetModules()
  const { build: afresh } = await import('../../activities/build.ts')
  const again = new MockActivityEnvironment().run(
    (given: BuildTask) => afresh(deps, given),
    await taskOfRef(deps, firmware!),
  )
  await expect(again).resolves.toMatchObject({ ok: false, infra: true, message: /is gone from the store/ })
})

it.each([
  ['a patch', 'one.patch', /There is no patch .*one\.patch\.$/],
  ['a fragment', 'one.config', /The config fragment .*one\.config cannot be read \(ENOENT\)\.$/],
  [
    'a recipe',
    'small.yaml',
    /small\.yaml cannot be read, for there is no such file: name a stack recipe that is there\.$/,
  ],
  ['a tree', 'linux', /There is no source tree in .*linux\.$/],
])('%s that has gone before its run began is named', async (_what, name, message) => {
  const run = await begin()
  rmSync(join(stack.folder, name), { recursive: true })
  await expect(outline(run)).rejects.toMatchObject({ message: expect.stringMatching(message) })
})

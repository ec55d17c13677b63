/** A build whose cache is deleted under it is done again; only a source that is broken makes a failed build. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { build } from '../../activities/build.ts'
import { asStep } from '../../activities/failure.ts'
import type { Deps } from '../../activities/deps.ts'
import { identifyFirmware } from '../../builds/firmware/identify.ts'
import { readStack } from '../../builds/firmware/recipe.ts'
import { artifactPath } from '../../store/artifacts.ts'
import { findBuild } from '../../store/builds.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { BuildResult, BuildTask } from '../../workflows/contracts.ts'
import { gatedStack, type GatedStack } from '../builds/firmware/gated-stack.ts'

// Compilers have to start, on a host that may be busy with builds.
vi.setConfig({ testTimeout: 120_000 })

interface World {
  stack: GatedStack
  store: Store
  task: BuildTask
  make: () => Promise<BuildResult>
}

async function world(files: Record<string, string> = {}): Promise<World> {
  const stack = gatedStack(files)
  const store = await openStore(stack.folders.state)
  onTestFinished(() => store.close())
  const lockFile = join(stack.folder, 'sources.lock.json')
  const { id, name } = await identifyFirmware(await readStack(stack.recipe), { folders: stack.folders, lockFile })
  const task: BuildTask = { kind: 'firmware', id, name, run: 1, lab: 'test', recipe: stack.recipe, lockFile }
  // No build asks Temporal for anything.
  const deps: Deps = { store, folders: stack.folders, client: undefined as never }
  const step = asStep((given: BuildTask) => build(deps, given))
  const make = (): Promise<BuildResult> =>
    new MockActivityEnvironment({}, { logger }).run(step, task) as Promise<BuildResult>
  return { stack, store, task, make }
}

/** Temporal's own says aloud of each failed step what the tests ask about. */
const logger = new DefaultLogger('ERROR')

const remove = (path: string): void => rmSync(path, { recursive: true, force: true })

/** What somebody may take away in the middle of a build. */
const deletions: [string, (stack: GatedStack) => void][] = [
  ['the whole cache', ({ folders }) => remove(folders.cache)],
  ['the firmware', ({ folders }) => remove(join(folders.cache, 'firmware'))],
  [
    'all that is in the firmware, while make keeps the folders there',
    ({ folders, inCache }) => {
      const source = inCache('firmware/first-*/source')
      for (const name of readdirSync(source)) remove(join(source, name))
      for (const path of readdirSync(join(folders.cache, 'firmware')))
        if (path.endsWith('lock')) remove(join(folders.cache, 'firmware', path))
      remove(inCache('firmware/first-*/make.lock'))
    },
  ],
  [
    'one file of the source, before whoever deletes it is stopped',
    ({ inCache }) => {
      remove(inCache('sources/*/tree/first.h'))
      remove(inCache('firmware/first-*/source/first.h'))
    },
  ],
  ['one file of the copy that is built from', ({ inCache }) => remove(inCache('firmware/first-*/source/first.h'))],
]

describe('in the middle of a build somebody deletes', () => {
  it.each(deletions)('%s: that is nobody’s failed build, and the next try builds it', async (_what, act) => {
    const { stack, store, task, make } = await world()
    const [outcome] = await Promise.allSettled([make(), stack.atGate(() => act(stack))])
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: {
        type: 'SourceMissing',
        nonRetryable: false,
        message: expect.stringMatching(
          /^The cache was changed while it was built from: \S+ has gone or was replaced\./,
        ),
      },
    })
    expect(await findBuild(store, task.id)).toBeUndefined()
    expect(await make()).toMatchObject({ ok: true })
    expect(await findBuild(store, task.id)).toMatchObject({ outcome: 'ok' })
  })

  it('what the build does not stand on: that changes nothing', async () => {
    const { stack, make } = await world()
    mkdirSync(join(stack.folders.cache, 'ccache'), { recursive: true })
    mkdirSync(join(stack.folders.cache, 'tools'))
    const [result] = await Promise.all([
      make(),
      stack.atGate(() => {
        for (const name of ['ccache', 'tools', 'git', 'sources']) remove(join(stack.folders.cache, name))
      }),
    ])
    expect(result).toMatchObject({ ok: true })
  })
})

describe('between two builds', () => {
  it('the whole cache, or any part of it: what is missing is made again', async () => {
    const { stack, store, task, make } = await world()
    await make()
    const made = (await findBuild(store, task.id))!.products
    for (const part of ['sources', 'firmware', 'git', '']) {
      remove(join(stack.folders.cache, part))
      for (const { sha256 } of made) remove(artifactPath(store, sha256))
      expect(await make()).toMatchObject({ ok: true })
      expect((await findBuild(store, task.id))!.products).toEqual(made)
    }
  })
})

describe('a broken source', () => {
  it.each([
    ['that does not compile', { 'first/first.c': 'int a = nothing;\n' }, /'nothing' undeclared/],
    ['that lacks a header', { 'first/first.c': '#include "nosuch.h"\n' }, /nosuch\.h: No such file or directory/],
    ['that lacks a file', { 'first/Makefile': 'all: nosuch.c\n' }, /No rule to make target 'nosuch\.c'/],
  ])('%s is a failed build, with its message', async (_what, files, message) => {
    const { store, task, make } = await world(files)
    expect(await make()).toMatchObject({ ok: false, infra: false, message: expect.stringMatching(message) })
    expect(await findBuild(store, task.id)).toMatchObject({ outcome: 'failed' })
    // Also when the cache is whole and was used before.
    expect(await make()).toMatchObject({ ok: false, infra: false, message: expect.stringMatching(message) })
  })
})

/** A build and an attempt on a small real disk that is full: they wait, and go on when there is room. */
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { awaitRoom } from '../../../activities/keeping/await-room.ts'
import { build } from '../../../activities/build.ts'
import { requireRoom } from '../../../activities/keeping/look-at-room.ts'
import type { Deps } from '../../../activities/deps.ts'
import { identifyFirmware } from '../../../builds/firmware/identify.ts'
import { readStack } from '../../../builds/firmware/recipe.ts'
import { freeSpace } from '../../../host/disk.ts'
import { findBuild } from '../../../store/builds.ts'
import { eventsAfter } from '../../../store/events.ts'
import { createRun } from '../../../store/runs.ts'
import { openStore } from '../../../store/store.ts'
import type { BuildResult, BuildTask, RoomTask } from '../../../workflows/contracts.ts'
import { gatedStack } from '../../builds/firmware/gated-stack.ts'
import { runHyplab } from '../../cli/run-hyplab.ts'
import { canMountDisks, smallDisk, type SmallDisk } from '../../host/small-disk.ts'
import { sampleRun } from '../../store/samples.ts'

vi.setConfig({ testTimeout: 120_000 })

const logger = new DefaultLogger('ERROR')
const MB = 1e6

interface World {
  disk: SmallDisk
  deps: Deps
  wait: (task: RoomTask) => { done: Promise<unknown>; cancel: () => void }
  /** Resolves when so many sentences were said of a run. */
  saying: (run: number, count: number) => Promise<string[]>
}

async function world(megabytes: number): Promise<World> {
  const disk = await smallDisk(megabytes)
  const folders = { state: join(disk.folder, 'state'), cache: join(disk.folder, 'cache') }
  const store = await openStore(folders.state)
  onTestFinished(async () => {
    await store.close()
    await disk.unmount()
  })
  const deps: Deps = { store, folders, client: undefined as never }
  const said = async (run: number): Promise<string[]> =>
    (await eventsAfter(store, run, 0)).map(({ data }) => (data as { text: string }).text)
  return {
    disk,
    deps,
    wait(task) {
      const environment = new MockActivityEnvironment({}, { logger })
      const done = environment.run((of: RoomTask) => awaitRoom(deps, of), task) as Promise<unknown>
      return { done, cancel: () => environment.cancel() }
    },
    saying: async (run, count) =>
      await vi.waitUntil(
        async () => {
          const texts = await said(run)
          return texts.length >= count && texts
        },
        { timeout: 30_000 },
      ),
  }
}

/** What `hyplab list` says on such a disk. */
async function listed({ folder }: SmallDisk): Promise<string> {
  return (await runHyplab(folder, ['list'])).stdout
}

const isRoot = await canMountDisks()

describe.skipIf(!isRoot)('on a disk of 64 MB', () => {
  it('with less than the floor nothing begins; a wait says so once, and ends when there is room', async () => {
    const { disk, deps, wait, saying } = await world(64)
    await requireRoom(deps)
    const run = await createRun(deps.store, sampleRun(1))
    await disk.fill((await freeSpace(disk.folder)) - 2 * MB)
    await expect(requireRoom(deps)).rejects.toMatchObject({
      code: 'NoRoom',
      retryable: false,
      message: expect.stringMatching(
        /^There is no room to begin: only [\d.]+ MB are free on the disk of \S+state, and [\d.]+ MB are to stay so\.$/,
      ),
    })
    const { done } = wait({ run, cell: 1, attempt: 1 })
    expect(await saying(run, 1)).toEqual([
      expect.stringMatching(/^Waiting for room: only .*`hyplab gc` says what is kept/),
    ])
    // So does the list of runs.
    expect(await listed(disk)).toMatch(/^1 +first-look .* waits for room /m)
    await disk.fill(0)
    await done
    expect(await saying(run, 2)).toEqual([expect.any(String), 'There is room again: it goes on.'])
    expect(await listed(disk)).toMatch(/^1 +first-look .* running /m)
  })

  it('a wait can be cancelled', async () => {
    const { disk, deps, wait, saying } = await world(64)
    const run = await createRun(deps.store, sampleRun(1))
    await disk.fill((await freeSpace(disk.folder)) - 2 * MB)
    const { done, cancel } = wait({ run, cell: 1, attempt: 1 })
    await saying(run, 1)
    cancel()
    await expect(done).rejects.toMatchObject({ name: 'CancelledFailure' })
    expect(await listed(disk)).toMatch(/^1 +first-look .* running /m)
  })

  it('a wait whose worker died is told once, by whoever goes on with it', async () => {
    const { disk, deps, wait, saying } = await world(64)
    const run = await createRun(deps.store, sampleRun(1))
    await disk.fill((await freeSpace(disk.folder)) - 2 * MB)
    const lost = wait({ run, cell: 1, attempt: 1 })
    await saying(run, 1)
    const { done } = wait({ run, cell: 1, attempt: 1 })
    await disk.fill(0)
    await Promise.all([lost.done, done])
    const told = await saying(run, 2)
    expect(told.filter((text) => text.startsWith('Waiting for room'))).toHaveLength(1)
    expect(told.at(-1)).toBe('There is room again: it goes on.')
  })

  it('room is made of what the rules give up, and of trees that were used long ago', async () => {
    const { disk, deps, wait, saying } = await world(64)
    const run = await createRun(deps.store, sampleRun(1))
    const tree = join(deps.folders.cache, 'sources', 's1')
    await mkdir(tree, { recursive: true })
    await writeFile(join(tree, 'source.json'), '{}')
    await writeFile(join(tree, 'large'), Buffer.alloc(8 * MB, 1))
    await utimes(join(tree, 'source.json'), 1, 1)
    await disk.fill((await freeSpace(disk.folder)) - 1 * MB)
    await wait({ run, cell: 1, attempt: 1 }).done
    expect(await saying(run, 3)).toEqual([
      expect.stringMatching(/^Waiting for room/),
      'Made 8 MB of room.',
      'There is room again: it goes on.',
    ])
  })

  it('a disk on which nothing more can be written is made room on, too', async () => {
    const { disk, deps, wait } = await world(64)
    const tree = join(deps.folders.cache, 'sources', 's1')
    await mkdir(tree, { recursive: true })
    await writeFile(join(tree, 'source.json'), '{}')
    await writeFile(join(tree, 'large'), Buffer.alloc(8 * MB, 1))
    await utimes(join(tree, 'source.json'), 1, 1)
    await disk.fillUp()
    await wait({ build: 'b' }).done
    expect(await freeSpace(disk.folder)).toBeGreaterThan(7 * MB)
  })

  it('a floor of the admin’s holds', async () => {
    const { deps } = await world(64)
    await writeFile(join(deps.folders.state, 'keep.yaml'), 'floor: 60 MB\n')
    await expect(requireRoom(deps)).rejects.toMatchObject({ code: 'NoRoom' })
    await writeFile(join(deps.folders.state, 'keep.yaml'), 'floor: 1 MB\n')
    await requireRoom(deps)
  })
})

describe.skipIf(!isRoot)('a build on a disk of 6 GB', () => {
  async function builder({ deps }: World) {
    const stack = gatedStack()
    const lockFile = join(stack.folder, 'sources.lock.json')
    const { id, name } = await identifyFirmware(await readStack(stack.recipe), { folders: deps.folders, lockFile })
    const task: BuildTask = { kind: 'firmware', id, name, run: 1, lab: 'test', recipe: stack.recipe, lockFile }
    const make = (): Promise<BuildResult> =>
      new MockActivityEnvironment({}, { logger }).run(
        (given: BuildTask) => build(deps, given),
        task,
      ) as Promise<BuildResult>
    return { task, make }
  }

  it('for which there is too little is no failed build: it says how much it wants, and is made when there is that', async () => {
    const small = await world(6000)
    const { disk, deps, wait } = small
    const { task, make } = await builder(small)
    await disk.fill((await freeSpace(disk.folder)) - 1500 * MB)
    const result = await make()
    expect(result).toMatchObject({
      ok: false,
      room: 2 * 1024 ** 3,
      message: expect.stringMatching(/A firmware build needs/),
    })
    expect(await findBuild(deps.store, task.id)).toBeUndefined()
    const { done } = wait({ build: task.id, need: result.room! })
    await disk.fill(0)
    await done
    expect(await make()).toMatchObject({ ok: true })
  })

  it('is not begun below the floor', async () => {
    const small = await world(6000)
    const { make } = await builder(small)
    await small.disk.fill((await freeSpace(small.disk.folder)) - 100 * MB)
    expect(await make()).toMatchObject({ ok: false, room: 0, message: expect.stringMatching(/^only 100 MB are free/) })
  })
})

describe.skipIf(!isRoot)('a build that no disk of this size can hold', () => {
  it('is a failed one of the lab’s, and not waited for', async () => {
    const small = await world(300)
    const stack = gatedStack()
    const lockFile = join(stack.folder, 'sources.lock.json')
    const { id, name } = await identifyFirmware(await readStack(stack.recipe), {
      folders: small.deps.folders,
      lockFile,
    })
    const task: BuildTask = { kind: 'firmware', id, name, run: 1, lab: 'test', recipe: stack.recipe, lockFile }
    const made = (await new MockActivityEnvironment({}, { logger }).run(
      (given: BuildTask) => build(small.deps, given),
      task,
    )) as BuildResult
    expect(made).toMatchObject({ ok: false, infra: true, message: expect.stringMatching(/needs 2048 MiB/) })
    expect(made.room).toBeUndefined()
  })
})

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { readUsage } from '../../store/keeping/usage.ts'
import { openStore, type Store } from '../../store/store.ts'
import { Keeper } from '../../worker/keeper.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { artifactsIn, day, makeBuild, makeOld, makeRun } from '../store/keeping/samples.ts'
import { noon } from '../store/samples.ts'

let store: Store
let folders: { state: string; cache: string }
let said: string[]
let keeper: Keeper

beforeEach(async () => {
  const folder = await tempFolder()
  folders = { state: join(folder, 'state'), cache: join(folder, 'cache') }
  await mkdir(folders.cache)
  store = await openStore(folders.state)
  onTestFinished(() => store.close())
  said = []
  keeper = new Keeper({ folders, store }, (text) => said.push(text))
  await makeBuild(store, 1, noon)
  const attempts = [{ ending: 'finished' as const, files: { 'console/uart0': 'said' } }]
  await makeRun(store, { plan: 'p', started: noon, ended: true, cells: [{ verdict: 'pass', build: 1, attempts }] })
  await makeOld(store, noon)
})

it('once a day what the rules give up goes by itself, and it is said how much', async () => {
  expect(await keeper.collectIfDue(noon + day / 2)).toBe(false)
  expect(await keeper.collectIfDue(noon + 2 * day)).toBe(true)
  expect(said).toEqual([])
  expect(await keeper.collectIfDue(noon + 2.5 * day)).toBe(false)
  expect(await keeper.collectIfDue(noon + 40 * day)).toBe(true)
  expect(said).toEqual([expect.stringMatching(/^collected garbage: \d+ B$/)])
  expect(await artifactsIn(store)).toEqual([])
})

it('where the rules leave it to the admin, nothing goes by itself', async () => {
  await writeFile(join(folders.state, 'keep.yaml'), 'collect: by hand\n')
  expect(await keeper.collectIfDue(noon + 40 * day)).toBe(false)
  await rm(join(folders.state, 'keep.yaml'))
  expect(await keeper.collectIfDue(noon + 40 * day)).toBe(true)
})

it('a budget is measured on its first day', async () => {
  await keeper.collectIfDue(noon)
  expect(await readUsage(store, [folders.state])).toEqual([])
  await writeFile(join(folders.state, 'keep.yaml'), 'budget: 1 GB\n')
  await keeper.collectIfDue(noon)
  expect(await readUsage(store, [folders.state])).toMatchObject([{ at: noon, used: expect.any(Number) }])
})

it('a mistake in the rules is said once, and stopping ends it', async () => {
  await writeFile(join(folders.state, 'keep.yaml'), 'budget: much\n')
  const going = keeper.start()
  while (said.length === 0) await new Promise((resolve) => setImmediate(resolve))
  keeper.stop()
  await going
  expect(said).toEqual([expect.stringMatching(/^garbage is not collected: \S+keep\.yaml:1:9: "much" is no size;/)])
})

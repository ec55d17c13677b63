import { expect, test } from 'vitest'
import { rm } from 'node:fs/promises'
import { artifactPath } from '../../store/artifacts.ts'
import { findBuild, putBuild, usableBuild } from '../../store/builds.ts'
import { type Store } from '../../store/store.ts'
import { failedBuild, noon, sampleBuild } from './samples.ts'
import { useStore } from './use-store.ts'

let store: Store
useStore((fresh) => (store = fresh))

test('the first whole build of an id stays', async () => {
  const first = await putBuild(store, await sampleBuild(store, 'id'))
  const second = { ...(await sampleBuild(store, 'id', 'other bytes')), started: noon + 5 }
  expect(await putBuild(store, second)).toEqual(first)
  expect(await putBuild(store, failedBuild('id'))).toEqual(first)
  expect(await findBuild(store, 'id')).toEqual(first)
  expect(await usableBuild(store, 'id')).toEqual(first)
})

test('a failed build gives way to a later one, failed or not', async () => {
  await putBuild(store, failedBuild('id'))
  expect(await findBuild(store, 'id')).toEqual(failedBuild('id'))
  expect(await usableBuild(store, 'id')).toBeUndefined()
  await putBuild(store, failedBuild('id', noon + 1))
  expect((await findBuild(store, 'id'))?.started).toBe(noon + 1)
  const good = await sampleBuild(store, 'id')
  await putBuild(store, good)
  expect(await usableBuild(store, 'id')).toEqual(good)
})

test('a build whose artifacts are gone is not usable and can be made again', async () => {
  const build = await putBuild(store, await sampleBuild(store, 'id'))
  await rm(artifactPath(store, build.products[0]!.sha256))
  expect(await usableBuild(store, 'id')).toBeUndefined()
  await expect(putBuild(store, build)).rejects.toThrow(/product Image of the build linux-6\.18\.5 is not among/)
  const again = { ...(await sampleBuild(store, 'id', 'Image, made again')), started: noon + 60_000 }
  expect(await putBuild(store, again)).toEqual(again)
  expect(await usableBuild(store, 'id')).toEqual(again)
})

test('an unknown build is undefined', async () => {
  expect(await findBuild(store, 'nothing')).toBeUndefined()
})

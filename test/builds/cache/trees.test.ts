import { existsSync } from 'node:fs'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { markUsed, usingCache, whileCacheIsIdle } from '../../../builds/cache/in-use.ts'
import { cachedTrees, removeTrees } from '../../../builds/cache/trees.ts'
import { tempFolder } from '../../host/temp-folder.ts'

const hour = 3600_000
const now = Date.now()
const never = new AbortController().signal
let cache: string

beforeEach(async () => {
  cache = await tempFolder()
})

/** A tree with something in it, that was used so many hours ago. */
async function tree(path: string, note: string, hours: number): Promise<string> {
  const file = join(cache, path, note)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(join(cache, path, 'object.o'), Buffer.alloc(50_000))
  await writeFile(file, '{}')
  const at = (now - hours * hour) / 1000
  await utimes(file, at, at)
  return file
}

async function remove(bytes: number): Promise<string[]> {
  const gone = await removeTrees({ cache }, await cachedTrees({ cache }), bytes, { now })
  return gone.trees.map(({ path, kind }) => `${kind} ${path.slice(cache.length + 1)}`)
}

describe('trees of the cache', () => {
  beforeEach(async () => {
    await tree('kernels/t1/v1', 'variant.json', 50)
    await tree('kernels/t1/v2', 'variant.json', 5)
    await tree('sources/s1', 'source.json', 40)
    await tree('firmware/edk2-1', 'products.json', 30)
    await tree('git/tree-1.git', 'index', 20)
    await tree('git/0123456789abcdef.git', 'HEAD', 900)
    await tree('downloads/d1', 'file', 900)
    await writeFile(join(cache, 'sources/s1.lock'), '')
    await mkdir(join(cache, 'kernels/t1/kconfig-1'))
  })

  it('are found with what they take, and downloads and clones are none of them', async () => {
    const found = await cachedTrees({ cache })
    expect(found.map(({ kind }) => kind)).toEqual([
      'kernel build',
      'kernel build',
      'source tree',
      'firmware build',
      'snapshot',
    ])
    for (const { bytes } of found) expect(bytes).toBeGreaterThan(50_000)
  })

  it('go by when they were used last, each wholly, and their locks stay', async () => {
    expect(await remove(0)).toEqual([])
    expect(await remove(70_000)).toEqual(['kernel build kernels/t1/v1', 'source tree sources/s1'])
    expect(existsSync(join(cache, 'sources/s1'))).toBe(false)
    expect(existsSync(join(cache, 'sources/s1.lock'))).toBe(true)
    expect(existsSync(join(cache, 'kernels/t1/kconfig-1'))).toBe(true)
    expect(await readdir(cache)).not.toContain('going')
  })

  it('a kernel’s tree without builds goes with the last of them', async () => {
    await remove(1e9)
    expect(await readdir(join(cache, 'kernels'))).toEqual([])
    expect(await readdir(join(cache, 'git'))).toEqual(['0123456789abcdef.git'])
    expect(existsSync(join(cache, 'downloads/d1/file'))).toBe(true)
  })

  it('one that is used again is young', async () => {
    await markUsed(join(cache, 'kernels/t1/v1/variant.json'))
    expect(await remove(70_000)).not.toContain('kernel build kernels/t1/v1')
  })

  it('one that was used after it was chosen stays', async () => {
    const seen = await cachedTrees({ cache })
    await markUsed(join(cache, 'kernels/t1/v1/variant.json'))
    const { trees } = await removeTrees({ cache }, seen, 1, { now })
    expect(trees).toEqual([])
    expect(existsSync(join(cache, 'kernels/t1/v1'))).toBe(true)
  })

  it('none goes while anybody builds, and builds do not keep each other out', async () => {
    const seen = await cachedTrees({ cache })
    await usingCache({ cache }, never, () =>
      usingCache({ cache }, never, async () => {
        expect(await removeTrees({ cache }, seen, 1e9, { now })).toEqual({ trees: [], busy: true })
      }),
    )
    expect((await removeTrees({ cache }, seen, 1e9, { now })).trees).toHaveLength(5)
  })

  it('what an earlier removal did not come to delete goes with the next', async () => {
    await mkdir(join(cache, 'going/x/y'), { recursive: true })
    await remove(0)
    expect(existsSync(join(cache, 'going'))).toBe(false)
  })

  it('a build that comes while trees are taken away waits for that', async () => {
    const order: string[] = []
    let build: Promise<unknown> = Promise.resolve()
    await whileCacheIsIdle({ cache }, async () => {
      build = usingCache({ cache }, never, async () => order.push('build'))
      await new Promise((resolve) => setImmediate(resolve))
      order.push('removed')
    })
    await build
    expect(order).toEqual(['removed', 'build'])
  })
})

it('a cache that is not there has no trees', async () => {
  expect(await cachedTrees({ cache: join(cache, 'nothing') })).toEqual([])
})

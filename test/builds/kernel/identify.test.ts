import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KernelInputs } from '../../../domain/cell.ts'
import { identifyKernel } from '../../../builds/kernel/identify.ts'
import { smallKernel } from './small-kernel.ts'

const source = { source: 'sha256:00', patches: ['11'] }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-identify-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function withFragment(name: string, text: string): Promise<KernelInputs> {
  await writeFile(join(folder, name), text)
  return { ...smallKernel(), fragments: [join(folder, name)] }
}

test('what can change the bytes changes the id', async () => {
  const kernel = await withFragment('a.config', 'CONFIG_KVM=y\n')
  const ids = [
    await identifyKernel(kernel, source),
    await identifyKernel({ ...kernel, symbols: { ...kernel.symbols, SMP: 'n' } }, source),
    await identifyKernel({ ...kernel, base: 'defconfig' }, source),
    await identifyKernel(kernel, { ...source, source: 'sha256:01' }),
    await identifyKernel(kernel, { ...source, patches: ['12'] }),
    await identifyKernel(await withFragment('a.config', 'CONFIG_KVM=n\n'), source),
  ].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('names, paths and comments do not', async () => {
  const one = await identifyKernel(await withFragment('a.config', 'CONFIG_KVM=y\nCONFIG_SMP=y\n'), source)
  const two = await identifyKernel(
    { ...(await withFragment('b.config', '# why\nCONFIG_SMP=y\n\nCONFIG_KVM=y\n')), name: 'other' },
    source,
  )
  expect(two.id).toBe(one.id)
  expect(two.name).toBe('other')
})

test('the inputs say what was hashed', async () => {
  const { kind, inputs } = await identifyKernel(smallKernel({ NR_CPUS: '4' }), source)
  expect(kind).toBe('kernel')
  expect(inputs).toMatchObject({
    source: 'sha256:00',
    patches: ['11'],
    base: 'allnoconfig',
    symbols: { MODULES: 'y', ARM_FFA_TRANSPORT: 'm', NR_CPUS: '4' },
    toolchain: { compiler: expect.stringMatching(/^aarch64-linux-gnu-gcc /) as string },
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KernelInputs } from '../../../domain/cell.ts'
import { sha256File } from '../../../host/sha256.ts'
import type { BuildContext, Product } from '../../../builds/build.ts'
import { buildKernel, type KernelOutcome } from '../../../builds/kernel/build-kernel.ts'
import { requestedConfig } from '../../../builds/kernel/requested-config.ts'
import { variantFolders, type VariantFolders } from '../../../builds/kernel/kernel-folders.ts'
import type { SourceTree } from '../../../builds/source/source.ts'
import { contextIn, elsewhereOf, ownFolders, realTree, smallKernel } from './small-kernel.ts'

const minutes = 60_000
let tree: SourceTree
/** The same files at another place. */
let elsewhere: SourceTree
let here: Awaited<ReturnType<typeof ownFolders>>
let there: Awaited<ReturnType<typeof ownFolders>>

beforeAll(async () => {
  tree = await realTree()
  here = await ownFolders()
  there = await ownFolders()
  // Hard links make a second tree out of one in a second.
  elsewhere = { ...tree, folder: elsewhereOf(tree) }
  await rm(elsewhere.folder, { recursive: true, force: true })
  await execa('cp', ['-al', tree.folder, elsewhere.folder])
}, 20 * minutes)

afterAll(async () => {
  await rm(elsewhere.folder, { recursive: true, force: true })
  await here.remove()
  await there.remove()
}, minutes)

async function products(outcome: KernelOutcome): Promise<Record<string, string>> {
  if (!outcome.ok) throw new Error(outcome.fault.message)
  const hashes = outcome.products.map(async ({ name, path }: Product) => [name, await sha256File(path)])
  return Object.fromEntries(await Promise.all(hashes)) as Record<string, string>
}

async function variantOf(inputs: KernelInputs, where: SourceTree, context: BuildContext): Promise<VariantFolders> {
  return variantFolders(context.folders, where, inputs.base, requestedConfig(inputs))
}

const small = smallKernel()
const oneMore = smallKernel({ ARM_FFA_TRANSPORT: 'y' })
let first: Record<string, string>

interface Asked {
  outcome: KernelOutcome
  context: ReturnType<typeof contextIn>
}

/** Builds two kernels of one tree; the second is asked for when the first one's compiler is at work. */
async function twoAtOnce(): Promise<[Asked, Asked]> {
  const contexts = [contextIn(here), { ...contextIn(here), logFile: join(here.cache, 'second.log') }] as const
  const { promise: compiles, resolve } = Promise.withResolvers<void>()
  contexts[0].progress = (step) => {
    contexts[0].seen.push(step)
    if (step.phase === 'compile') resolve()
  }
  const outcomes = await Promise.all([
    buildKernel(small, tree, contexts[0]),
    compiles.then(() => buildKernel(oneMore, tree, contexts[1])),
  ])
  return [
    { outcome: outcomes[0], context: contexts[0] },
    { outcome: outcomes[1], context: contexts[1] },
  ]
}

describe('one small real kernel', { timeout: 30 * minutes }, () => {
  let second: Asked

  test('is built with its modules and ours, and says what it is', async () => {
    const asked = await twoAtOnce()
    second = asked[1]
    const { outcome, context } = asked[0]
    first = await products(outcome)
    expect(Object.keys(first).sort()).toEqual([
      'Image',
      'System.map',
      'build.json',
      'config',
      'modules/fault-maker.ko',
      'modules/ffa-core.ko',
      'modules/ffa-fuzz.ko',
      'modules/ffa-module.ko',
      'modules/ffa-probe.ko',
    ])
    expect(outcome).toMatchObject({ ok: true, start: 'scratch' })
    // A first build knows no end, but how far it is.
    expect(context.seen.filter(({ phase }) => phase === 'compile').at(-1)?.done).toBeGreaterThan(300)
    expect(context.seen.every(({ expected }) => expected === undefined)).toBe(true)
    const about = JSON.parse(await readFile(pathOf(outcome, 'build.json'), 'utf8')) as Record<string, unknown>
    expect(about).toMatchObject({ kind: 'kernel', release: '6.18.5', environment: { KBUILD_BUILD_USER: 'hyplab' } })
    const image = await readFile(pathOf(outcome, 'Image'), 'latin1')
    // arch/arm64/kernel/head.S: the magic number of an arm64 Image, Documentation/arch/arm64/booting.rst.
    expect(image.slice(56, 60)).toBe('ARM\x64')
    expect(image).toContain('Linux version 6.18.5 (hyplab@hyplab)')
    expect(image).not.toContain(tree.folder)
    expect(image).not.toContain(here.cache)
    expect(await readFile(context.logFile, 'utf8')).toContain('  CC      init/main.o\n')
  })

  test('again: the same, and nothing is compiled', async () => {
    const context = contextIn(here)
    const outcome = await buildKernel(small, tree, context)
    expect(outcome).toMatchObject({ ok: true, start: 'again' })
    expect(await products(outcome)).toEqual(first)
    expect(context.seen.filter(({ phase }) => phase === 'compile').at(-1)?.done).toBeLessThan(20)
  })

  test('one symbol more, asked for at the same time: it waits, and starts from a copy of the first O=', async () => {
    const { outcome, context } = second
    expect(context.seen.map(({ phase }) => phase)).toContain('wait')
    expect(outcome).toMatchObject({ ok: true, start: 'seeded' })
    const made = await products(outcome)
    expect(Object.keys(made)).not.toContain('modules/ffa-core.ko')
    expect(made['Image']).not.toBe(first['Image'])
    expect(context.seen.filter(({ phase }) => phase === 'compile').at(-1)?.done).toBeLessThan(200)
  })

  test('killed in the middle and built again at another place: equal inputs, equal bytes', async () => {
    const context = contextIn(there)
    const variant = await variantOf(small, elsewhere, context)
    await killInTheMiddle(small, elsewhere, context)
    expect(existsSync(variant.building)).toBe(true)
    // What a compiler leaves behind that dies while it writes; its command line is on record as that of a whole object.
    await truncate(join(variant.output, 'init/main.o'), 100)
    const again = await buildKernel(small, elsewhere, context)
    expect(await products(again)).toEqual(first)
    expect(existsSync(variant.building)).toBe(false)
  })

  test('a cancelled build leaves no process and no lock, and an O= that goes on', async () => {
    const controller = new AbortController()
    const inputs = smallKernel({ TEE: 'y', OPTEE: 'y' })
    const context = contextIn(here, controller.signal)
    context.progress = (one) => {
      if (one.phase === 'compile' && one.done > 5) controller.abort(new Error('enough'))
    }
    await expect(buildKernel(inputs, tree, context)).rejects.toThrow('enough')
    const variant = await variantOf(inputs, tree, context)
    for (const lock of [variant.lock, variant.makeLock]) await execa('flock', ['--nonblock', lock, 'true'])
    const { stdout } = await execa('ps', ['-eo', 'args='])
    expect(stdout.split('\n').filter((line) => line.includes(variant.output))).toEqual([])
    expect(await buildKernel(inputs, tree, contextIn(here))).toMatchObject({ ok: true, start: 'again' })
  })

  test('a source that does not compile is a fault with its file and line', async () => {
    const main = join(elsewhere.folder, 'init/main.c')
    const text = await readFile(main, 'utf8')
    // A new file: the old one is a hard link.
    await rm(main)
    await writeFile(main, text.replace('void start_kernel(void)\n{', 'void start_kernel(void)\n{\n\thyplab_nothing();'))
    const line = text.slice(0, text.indexOf('void start_kernel(void)\n{')).split('\n').length + 2
    const broken = { ...elsewhere, identity: { source: 'tree:broken', patches: [] } }
    const outcome = await buildKernel(small, broken, contextIn(there))
    expect(outcome).toEqual({
      ok: false,
      fault: { message: expect.stringContaining('hyplab_nothing') as string, file: 'init/main.c', line },
    })
  })
})

function pathOf(outcome: KernelOutcome, name: string): string {
  const product = outcome.ok ? outcome.products.find((one) => one.name === name) : undefined
  if (product === undefined) throw new Error(`no ${name}`)
  return product.path
}

/** Builds in a process of its own and kills that with -9 when it has compiled for a while. */
async function killInTheMiddle(inputs: KernelInputs, where: SourceTree, context: BuildContext): Promise<void> {
  const { folders, logFile, jobs } = context
  const script = `
    import { buildKernel } from ${JSON.stringify(join(import.meta.dirname, '../../../builds/kernel/build-kernel.ts'))}
    const [inputs, tree, context] = JSON.parse(process.argv.at(-1))
    const progress = ({ phase, done }) => { if (phase === 'compile' && done > 200) console.log('enough') }
    await buildKernel(inputs, tree, { ...context, progress, signal: new AbortController().signal })
  `
  const child = spawn(
    process.execPath,
    ['--input-type=module-typescript', '-e', script, JSON.stringify([inputs, where, { folders, logFile, jobs }])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

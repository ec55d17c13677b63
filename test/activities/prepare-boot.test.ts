/** What a cell boots is what its builds made: anything else is set aside before the power goes on. */
import { chmod, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareBoot } from '../../activities/prepare-boot.ts'
import type { Deps } from '../../activities/deps.ts'
import { foldersFrom } from '../../host/folders.ts'
import { artifactPath, putArtifact, verifyArtifact } from '../../store/artifacts.ts'
import { putBuild, usableBuild, type Build } from '../../store/builds.ts'
import { setCellBuilds } from '../../store/cells.ts'
import { cellDetail, type CellContext } from '../../store/details.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { noon, sampleCell, sampleRun, temporaryState } from '../store/samples.ts'

const setup = { consoles: { uart0: ['EL3', 'NS'] }, boot: 'efi', bl33: 0x60000000, services: [] }
const made = {
  kernel: {
    Image: 'the Image',
    config: 'CONFIG_KVM=y\n',
    'System.map': '',
    'modules/optee.ko': 'a module',
    'modules/ffa-probe.ko': 'the probe',
  },
  firmware: { 'qemu_fw.bios': 'the flash', bl33: 'EDK2', 'machine.json': JSON.stringify(setup) },
}

let store: Store
let deps: Deps

beforeEach(async () => {
  store = await openStore(await temporaryState())
  // No step of this asks Temporal for anything.
  deps = { store, folders: { state: store.folder, cache: foldersFrom().cache }, client: undefined as never }
})

afterEach(async () => {
  await store.close()
  await rm(store.folder, { recursive: true })
})

async function keepBuild(kind: 'kernel' | 'firmware'): Promise<Build> {
  const products = Object.entries(made[kind]).map(async ([name, text]) => ({
    name,
    ...(await putArtifact(store, Buffer.from(text))),
  }))
  const build = { kind, id: kind, name: kind === 'kernel' ? 'linux' : 'optee', inputs: {}, outcome: 'ok' as const }
  const about = { fault: null, log: null, started: noon, seconds: 1 }
  return await putBuild(store, { ...build, ...about, products: await Promise.all(products) })
}

async function aCell(modules = ['optee']): Promise<CellContext> {
  await keepBuild('kernel')
  await keepBuild('firmware')
  const target = { ...sampleCell('nvhe').target, trace: false as const }
  await createRun(store, { ...sampleRun(1, 'workflow'), cells: [{ ...sampleCell('nvhe'), target, modules }] })
  await setCellBuilds(store, 1, 1, { kernel: 'kernel', firmware: 'firmware' })
  return await cellDetail(store, 1, 1)
}

const never = new AbortController().signal
const prepare = (context: CellContext) => prepareBoot(deps, context, join(store.folder, 'attempt'), never)

function pathOf({ kernel, firmware }: CellContext, name: string): string {
  const found = [...kernel!.products, ...firmware!.products].find((one) => one.name === name)
  return artifactPath(store, found!.sha256)
}

/** As a disk does it: the size stays. */
async function flipBit(path: string): Promise<void> {
  await chmod(path, 0o644)
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 0)
  await file.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, 0)
  await file.close()
}

describe('one flipped bit', () => {
  const files = [...Object.keys(made.kernel), ...Object.keys(made.firmware)].filter((name) => name !== 'System.map')
  it.each(files)('in %s keeps the cell from booting, and has its build made again', async (name) => {
    const context = await aCell()
    await prepare(context)
    const path = pathOf(context, name)
    await flipBit(path)
    await expect(prepare(context)).rejects.toMatchObject({
      code: 'ArtifactDamaged',
      message: expect.stringMatching(new RegExp(`^The ${name} of (linux|optee), ${path}, was damaged .* built again`)),
    })
    const kind = name in made.kernel ? 'kernel' : 'firmware'
    expect(await usableBuild(store, kind)).toBeUndefined()
    const [aside, ...others] = (await readdir(join(store.folder, 'artifacts/damaged'))).filter((one) => one !== 'lock')
    expect(others).toEqual([])
    expect(aside).toMatch(/^[0-9a-f]{64}\.\d+$/)
    await keepBuild(kind)
    const { files } = await prepare(await cellDetail(store, 1, 1))
    expect(await readFile(files.image, 'utf8')).toBe('the Image')
  })

  it('does not reach who has the file open already', async () => {
    const context = await aCell()
    const file = await open(pathOf(context, 'Image'))
    await flipBit(pathOf(context, 'Image'))
    await expect(prepare(context)).rejects.toMatchObject({ code: 'ArtifactDamaged' })
    await keepBuild('kernel')
    expect((await file.readFile('utf8')).slice(1)).toBe('he Image')
    await file.close()
  })

  it('that many cells find at once takes nothing away that was put in its place', async () => {
    const context = await aCell()
    for (const name of ['Image', 'qemu_fw.bios', 'bl33']) await flipBit(pathOf(context, name))
    const all = Array.from({ length: 8 }, async (_, n) => {
      const folder = join(store.folder, `attempt-${n}`)
      for (;;) {
        try {
          return await prepareBoot(deps, await cellDetail(store, 1, 1), folder, never)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ArtifactDamaged' })
          for (const kind of ['kernel', 'firmware'] as const)
            if (!(await usableBuild(store, kind))) await keepBuild(kind)
        }
      }
    })
    await Promise.all(all)
    expect((await readdir(join(store.folder, 'artifacts/damaged'))).filter((one) => one !== 'lock')).toHaveLength(3)
    for (const { sha256 } of [...context.kernel!.products, ...context.firmware!.products])
      await verifyArtifact(store, sha256)
  })
})

it('a file that has gone has its build made again, too', async () => {
  const context = await aCell()
  await rm(pathOf(context, 'modules/optee.ko'))
  await expect(prepare(context)).rejects.toMatchObject({
    code: 'ArtifactDamaged',
    message: expect.stringMatching(/^The modules\/optee\.ko of linux, .* has gone: it is built again\.$/),
  })
})

it('what is made again with other bytes is what the cell boots', async () => {
  const context = await aCell()
  await flipBit(pathOf(context, 'Image'))
  await expect(prepare(context)).rejects.toMatchObject({ code: 'ArtifactDamaged' })
  const other = { name: 'Image', ...(await putArtifact(store, Buffer.from('another Image'))) }
  const products = context.kernel!.products.map((product) => (product.name === 'Image' ? other : product))
  await putBuild(store, { ...context.kernel!, products })
  const { files, booted } = await prepare(await cellDetail(store, 1, 1))
  expect(await readFile(files.image, 'utf8')).toBe('another Image')
  expect(booted).toContainEqual({ ...other, world: null })
})

it('a module that the build did not make is named with those that it made', async () => {
  const context = await aCell(['opte'])
  await expect(prepare(context)).rejects.toMatchObject({
    code: 'BadInput',
    retryable: false,
    message: 'The build of linux made no module opte, only ffa-probe, optee; did you mean "optee"?',
  })
})

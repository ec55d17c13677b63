/** What cannot be built fails its cell, and says why in the tool's own words: a build error is a result. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { describe, expect, it } from 'vitest'
import { artifactPath } from '../../store/artifacts.ts'
import type { RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { newKernel, onlyBugCell } from './new-kernel.ts'
import { planLike } from './plans.ts'

const lab = useLab('broken-build')
const patch = fileURLToPath(new URL('../fixtures/plans/breaks-optee.patch', import.meta.url))
const stack = fileURLToPath(new URL('../../stacks/optee-sel1.yaml', import.meta.url))

interface Recipe {
  components: { optee: { patches?: string[] }; tfa: { arguments: Record<string, string> } }
}

/** A user's copy of the stack's recipe, with a patch over OP-TEE that does not compile. */
async function brokenStack(): Promise<string> {
  const recipe = parse(await readFile(stack, 'utf8')) as Recipe
  recipe.components.optee.patches = [patch]
  const manifest = recipe.components.tfa.arguments['QEMU_TOS_FW_CONFIG_DTS']!
  recipe.components.tfa.arguments['QEMU_TOS_FW_CONFIG_DTS'] = manifest.replace('file:', `file:${dirname(stack)}/`)
  const path = join(lab.state, 'broken-stack.yaml')
  await writeFile(path, stringify(recipe))
  return path
}

describe('a patch that breaks the compile', () => {
  it('fails its cell with the first error of the compiler, file and line, and keeps the log', async () => {
    const recipe = await brokenStack()
    const plan = await planLike(lab, 'broken-patch', (text) => {
      onlyBugCell(text)
      text.stacks = { 'optee-sel1': recipe }
    })
    const { run, cells, builds } = await lab.json<RunDocument>('run', plan)
    expect(run).toMatchObject({ state: 'finished', exitCode: 1 })
    expect(cells[0]).toMatchObject({ verdict: { verdict: 'fail' }, attempts: [] })
    const build = builds.find(({ kind }) => kind === 'firmware')!
    expect(build).toMatchObject({ outcome: 'failed', fault: { file: 'core/kernel/panic.c', line: 15 }, products: [] })
    expect(build.fault!.message).toMatch(/broken_on_purpose/)
    expect(cells[0]!.verdict!.sentence).toContain(build.fault!.message)
    const log = await readFile(artifactPath(lab.store, build.log!), 'utf8')
    expect(log).toMatch(/core\/kernel\/panic\.c:15:\d+: error: .*broken_on_purpose/)
  })
})

describe('a symbol that cannot take', () => {
  it('fails its cell and is named, with the dependency that is not met', async () => {
    const { plan } = await newKernel(lab, 'refused', { MMC: 'y', MMC_BLOCK: 'y' })
    const { run, cells, builds } = await lab.json<RunDocument>('run', plan)
    expect(run).toMatchObject({ state: 'finished', exitCode: 1 })
    expect(cells[0]).toMatchObject({ verdict: { verdict: 'fail' }, attempts: [] })
    const { fault } = builds.find(({ kind }) => kind === 'kernel')!
    expect(fault?.message).toMatch(/MMC_BLOCK\b.*\bBLOCK\b/)
  })
})

import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { KernelInputs } from '../../domain/cell.ts'
import type { BuildContext, Product } from '../build.ts'
import type { BuildFault } from '../../domain/build.ts'
import { onGround, type Ground } from '../ground.ts'
import { buildGuestModules, guestModules, type BuiltModule } from '../guest/modules.ts'
import { requireTools } from '../make/build-environment.ts'
import { runMake } from '../make/make.ts'
import type { SourceTree } from '../source/source.ts'
import { missingInTree } from '../source/whole-tree.ts'
import { configure } from './configure.ts'
import { parseConfig } from './config-text.ts'
import { identifyKernel } from './identify.ts'
import { markBuilding, mendInterrupted, unmarkBuilding } from './interrupted.ts'
import { openKconfig, syncConfig, type Kconfig } from './kconfig.ts'
import { kernelHistory, variantFolders, type VariantFolders } from './kernel-folders.ts'
import { kernelArgs, kernelEnvironment, kernelToolchain, kernelTools, reproducibleVariables } from './kernel-make.ts'
import { collectProducts } from './products.ts'
import type { Refusal } from './refusal.ts'
import { requestedConfig } from './requested-config.ts'
import { openOutput, type Start } from './seed.ts'

/** How a kernel build ended. */
export type KernelOutcome =
  | {
      ok: true
      products: Product[]
      /** How its O= folder began: one that was there, a copy of a near one, or nothing. */
      start: Start
    }
  | {
      ok: false
      fault: BuildFault
      /** Set when it failed because these requested symbols did not take. */
      refused?: Refusal[]
    }

/**
 * Builds Image and modules of one kernel, and our own modules where the kernel has modules, in an O= folder that
 * belongs to this tree and these symbols alone.
 * Nothing in the O= folder says that a build is whole: make is always asked, and says so in seconds.
 * @returns the products, in a folder of this call's own that is kept for an hour; or the fault.
 * @throws LabError BadInput (fragment, base), SourceMissing (no tree; retryable: the cache was deleted meanwhile), ToolMissing, DiskFull, BuildFailed (killed by the
 * host, retryable); the signal's reason when aborted, once every process of the build has gone.
 */
export async function buildKernel(
  inputs: KernelInputs,
  tree: SourceTree,
  context: BuildContext,
): Promise<KernelOutcome> {
  requireTools(kernelTools)
  requireTree(tree)
  return await onGround(context, async (ground) => {
    await ground.stand(tree.folder)
    ground.alsoLook(() => missingInTree(tree))
    return await buildOnGround(inputs, tree, context, ground)
  })
}

async function buildOnGround(
  inputs: KernelInputs,
  tree: SourceTree,
  context: BuildContext,
  ground: Ground,
): Promise<KernelOutcome> {
  const requested = requestedConfig(inputs, context.files)
  const toolchain = await kernelToolchain()
  const kconfig = await openKconfig(tree, toolchain, context)
  if (!kconfig.ok) return kconfig
  await ground.stand(kconfig.value.folder)
  const variant = variantFolders(context.folders, tree, inputs.base, requested)
  // The configuration does not need the O= folder: copying that takes as long as Kconfig does.
  const [configured, opened] = await Promise.allSettled([
    configure(kconfig.value, inputs.base, requested, context),
    openOutput(variant, tree, { base: inputs.base, requested }, context),
  ])
  const output = opened.status === 'fulfilled' ? opened.value : undefined
  try {
    if (configured.status === 'rejected') throw configured.reason
    if (opened.status === 'rejected') throw opened.reason
    if (!configured.value.ok) return configured.value
    await mkdir(variant.output, { recursive: true })
    await mendInterrupted(variant)
    await ground.stand(variant.folder, variant.output, variant.lock, variant.note)
    await placeConfig(variant, configured.value.text, kconfig.value, context)
    // make takes it from there and never makes it anew.
    const config = join(variant.output, '.config')
    ground.alsoLook(async () => (existsSync(config) ? undefined : config))
    const fault = await compile(variant, tree, opened.value.start, context)
    if (fault !== undefined) return { ok: false, fault }
    const guest = await compileGuest(variant, tree, configured.value.text, context)
    if (!guest.ok) return guest
    const about = await describe(inputs, tree, variant, context)
    return { ok: true, products: await collectProducts(variant, guest.modules, about), start: opened.value.start }
  } finally {
    output?.lock.release()
  }
}

function requireTree(tree: SourceTree): void {
  if (existsSync(join(tree.folder, 'Kconfig')) && existsSync(join(tree.folder, 'arch/arm64/Kconfig'))) return
  throw new LabError(
    'SourceMissing',
    `${tree.folder} (from ${tree.from}) is no Linux source tree: it lacks Kconfig or arch/arm64/Kconfig.`,
    // It has gone since it was obtained.
    { retryable: !existsSync(tree.folder) },
  )
}

/** A .config that is written anew makes kbuild look at everything again: one that is equal stays as it is. */
async function placeConfig(
  variant: VariantFolders,
  text: string,
  kconfig: Kconfig,
  context: BuildContext,
): Promise<void> {
  const path = join(variant.output, '.config')
  if (existsSync(path) && (await readFile(path, 'utf8')) === text) return
  await writeFile(`${path}.part`, text)
  await rename(`${path}.part`, path)
  // A new O= folder has more to prepare than that: make does it all.
  if (!existsSync(join(variant.output, 'include/config/auto.conf'))) return
  await markBuilding(variant)
  await syncConfig(kconfig, variant.output, variant.makeLock, context)
}

async function compile(
  variant: VariantFolders,
  tree: SourceTree,
  start: Start,
  context: BuildContext,
): Promise<BuildFault | undefined> {
  const history = { folder: kernelHistory(context.folders), kind: start }
  return await make(variant, tree, ['Image', 'modules'], context, { phase: 'compile', history })
}

/** One call of make on the O= folder, which counts as interrupted until make came to its own end. */
async function make(
  variant: VariantFolders,
  tree: SourceTree,
  targets: string[],
  context: BuildContext,
  about: { phase: string; history?: { folder: string; kind: string } },
): Promise<BuildFault | undefined> {
  await markBuilding(variant)
  const outcome = await runMake(
    {
      ...about,
      folder: variant.output,
      args: kernelArgs(tree, variant.output, targets),
      environment: kernelEnvironment(context.folders, tree.epoch),
      lockFile: variant.makeLock,
      roots: [tree.folder, variant.output, variant.folder],
    },
    context,
  )
  await unmarkBuilding(variant)
  return outcome.ok ? undefined : outcome.fault
}

async function compileGuest(
  variant: VariantFolders,
  tree: SourceTree,
  config: string,
  context: BuildContext,
): Promise<{ ok: true; modules: BuiltModule[] } | { ok: false; fault: BuildFault }> {
  if (parseConfig(config, '.config').get('MODULES') !== 'y') return { ok: true, modules: [] }
  const failed = new Error('make of our modules failed')
  let fault: BuildFault | undefined
  try {
    const modules = await buildGuestModules({
      into: variant.guest,
      make: async (targets) => {
        fault = await make(variant, tree, targets, context, { phase: 'probe' })
        if (fault !== undefined) throw failed
      },
    })
    return { ok: true, modules }
  } catch (error) {
    if (error === failed && fault !== undefined) return { ok: false, fault: inOurTree(fault) }
    throw error
  }
}

/** Since 6.13 make compiles modules in their own folder, and the compiler names files from there. */
function inOurTree(fault: BuildFault): BuildFault {
  const { file } = fault
  const isOurs = file !== undefined && guestModules.some((name) => file.startsWith(`${name}/`))
  return isOurs ? { ...fault, file: `guest/${file}` } : fault
}

async function describe(
  inputs: KernelInputs,
  tree: SourceTree,
  variant: VariantFolders,
  { files }: BuildContext,
): Promise<Record<string, unknown>> {
  const identity = await identifyKernel(inputs, tree.identity, files)
  const release = await readFile(join(variant.output, 'include/config/kernel.release'), 'utf8')
  return {
    kind: identity.kind,
    id: identity.id,
    inputs: identity.inputs,
    environment: reproducibleVariables(tree.epoch),
    epoch: tree.epoch,
    release: release.trim(),
  }
}

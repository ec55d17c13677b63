import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { requireFreeSpace } from '../../host/disk.ts'
import { withLock } from '../../host/lock.ts'
import { run } from '../../host/run.ts'
import type { BuildContext, BuildOutcome, Product } from '../build.ts'
import type { BuildFault } from '../../domain/build.ts'
import { spaceNeeded } from '../cache/space-needed.ts'
import { requireTools } from '../make/build-environment.ts'
import { buildComponent } from './build-component.ts'
import { readFinished, writeFinished } from './finished.ts'
import { identifyComponents, identifyFirmware, type IdentifiedComponent } from './identify.ts'
import { machineSetupProduct, writeMachineSetup } from './machine-setup.ts'
import type { StackRecipe } from './stack-recipe.ts'
import { resolveReferences, type Built } from './references.ts'

/**
 * Builds a stack's components one after another. A component that was finished before with the same inputs, for any stack
 * and any state folder of this cache, is used again: stacks differ in one component, and EDK2 takes minutes. One that was
 * stopped half-way starts from nothing: ccache has what was compiled.
 * @returns the recipe's products and `machine.json`, below the cache folder
 * @throws LabError SourceMissing, ChecksumMismatch, PatchFailed, BadInput (an added file that the tree has already),
 * ToolMissing, DiskFull, BuildFailed (killed); the signal's reason when aborted
 */
export async function buildFirmware(recipe: StackRecipe, context: BuildContext): Promise<BuildOutcome> {
  requireTools(['make', 'gcc', 'ccache', 'flock', ...recipe.toolchain])
  await requirePythonModules(recipe.pythonModules)
  const { id } = await identifyFirmware(recipe, context)
  const built: Built = new Map()
  for (const component of await identifyComponents(recipe, context)) {
    const made = await buildOnce(component, recipe, built, context)
    if (!made.ok) return made
    built.set(component.component.name, new Map(made.products.map(({ name, path }) => [name, path])))
  }
  const products = Object.entries(recipe.products).map(([name, reference]): Product => {
    return { name, path: resolveReferences(reference, recipe, built, { out: '', files: new Map() }) }
  })
  const folder = join(firmwareFolder(context), id.slice(0, 20))
  await mkdir(folder, { recursive: true })
  products.push({ name: machineSetupProduct, path: await writeMachineSetup(folder, recipe.setup) })
  return { ok: true, products }
}

async function buildOnce(
  { component, id }: IdentifiedComponent,
  recipe: StackRecipe,
  built: Built,
  context: BuildContext,
): Promise<{ ok: true; products: Product[] } | { ok: false; fault: BuildFault }> {
  const folder = join(firmwareFolder(context), `${component.name}-${id.slice(0, 16)}`)
  return await withLock(`${folder}.lock`, { signal: context.signal }, async () => {
    await mkdir(folder, { recursive: true })
    const finished = await readFinished(folder)
    if (finished) {
      await appendFile(context.logFile, `${component.name}: found whole in ${folder}\n`)
      return { ok: true, products: finished }
    }
    await requireFreeSpace(folder, spaceNeeded.firmware, 'A firmware build')
    const outcome = await buildComponent(component, recipe, { folder, built }, context)
    if (outcome.ok) await writeFinished(folder, outcome.products)
    return outcome
  })
}

/** Everything that firmware builds keep on this host; it can be deleted at any time and costs only time. */
function firmwareFolder({ folders }: BuildContext): string {
  return join(folders.cache, 'firmware')
}

async function requirePythonModules(modules: string[]): Promise<void> {
  for (const module of modules) {
    const { code } = await run('/usr/bin/python3', ['-c', `import ${module}`])
    if (code === 0) continue
    const packages: Record<string, string> = { elftools: 'python3-pyelftools' }
    throw new LabError(
      'ToolMissing',
      `The firmware's scripts need the module ${module} of /usr/bin/python3: run \`npm start\`, or as root \`apt-get install ${packages[module] ?? `python3-${module}`}\`.`,
    )
  }
}

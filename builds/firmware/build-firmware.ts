import { access, appendFile, constants, copyFile, cp, mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { requireFreeSpace } from '../../host/disk.ts'
import { withLock } from '../../host/lock.ts'
import { run } from '../../host/run.ts'
import type { BuildContext, BuildFault, BuildOutcome, Product } from '../build.ts'
import { buildEnvironment, requireTools } from '../make/build-environment.ts'
import { runMake } from '../make/make.ts'
import { debianSeries } from '../source/debian-series.ts'
import { obtainSource } from '../source/obtain.ts'
import { debianLocation, identifyFirmware } from './identify.ts'
import type { Component, StackRecipe } from './recipe.ts'
import { machineSetupProduct, writeMachineSetup } from './machine-setup.ts'
import { readFinished, writeFinished } from './finished.ts'
import { substitute } from './references.ts'

/** Three source trees, their copies and the objects of the largest (EDK2: 0.7 GB), with room to spare. */
const spaceNeeded = 2 * 1024 ** 3

/**
 * Builds a stack's components one after another, each in a copy of its source (TF-A builds its tools inside the source
 * tree). A build that was stopped half-way starts from nothing: it is a minute, and ccache has what was compiled. One
 * that was finished before, for any state folder of this cache, is used again.
 * @returns the recipe's products and `machine.json`, below the cache folder until the same stack is built again
 * @throws LabError SourceMissing, ChecksumMismatch, PatchFailed, BadInput (an added file that the tree has already), ToolMissing, DiskFull, BuildFailed (killed); the
 * signal's reason when aborted
 */
export async function buildFirmware(recipe: StackRecipe, context: BuildContext): Promise<BuildOutcome> {
  requireTools(['make', 'gcc', 'ccache', 'flock', ...recipe.toolchain])
  await requirePythonModules(recipe.pythonModules)
  const { id } = await identifyFirmware(recipe, context)
  const folder = join(context.folders.cache, 'firmware', id.slice(0, 20))
  return await withLock(`${folder}.lock`, { signal: context.signal }, async () => {
    await mkdir(folder, { recursive: true })
    const finished = await readFinished(folder)
    if (finished) {
      await appendFile(context.logFile, `${recipe.name}: found whole in ${folder}\n`)
      return { ok: true, products: finished }
    }
    await requireFreeSpace(folder, spaceNeeded, 'A firmware build')
    for (const component of recipe.components) {
      const fault = await buildComponent(component, recipe, folder, context)
      if (fault !== undefined) return { ok: false, fault }
    }
    const products = Object.entries(recipe.products).map(([name, reference]): Product => {
      return { name, path: resolveReferences(reference, recipe, folder, '') }
    })
    products.push({ name: machineSetupProduct, path: await writeMachineSetup(folder, recipe.setup) })
    await writeFinished(folder, products)
    return { ok: true, products }
  })
}

async function buildComponent(
  component: Component,
  recipe: StackRecipe,
  folder: string,
  context: BuildContext,
): Promise<BuildFault | undefined> {
  const debian = component.debianPatches ? await debianSeries(debianLocation(component), context) : []
  const tree = await obtainSource(component.sources, [...debian, ...component.patches], context)
  const source = join(folder, component.name, 'source')
  const out = join(folder, component.name, 'out')
  await rm(join(folder, component.name), { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  await cp(tree.folder, source, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  await addFiles(component, source)
  const variables = Object.entries(component.arguments).map(
    ([key, value]) => `${key}=${resolveReferences(value, recipe, folder, out)}`,
  )
  const outcome = await runMake(
    {
      folder: source,
      args: [...variables, ...component.targets],
      environment: {
        ...buildEnvironment(context.folders, tree.epoch),
        PYTHON3: '/usr/bin/python3',
        // A changed recipe builds in another folder. Seen from the component's own, its unchanged files are the same.
        CCACHE_BASEDIR: join(folder, component.name),
        CCACHE_NOHASHDIR: '1',
      },
      lockFile: join(folder, 'make.lock'),
      phase: component.name,
      history: { folder: join(context.folders.cache, 'firmware'), kind: `${recipe.name}-${component.name}` },
      roots: [source, out],
    },
    context,
  )
  await rm(source, { recursive: true })
  if (!outcome.ok) return outcome.fault
  for (const [name, path] of Object.entries(component.products)) {
    const missing = await access(join(out, path)).then(
      () => false,
      () => true,
    )
    if (missing) return { message: `${component.name} was built, but its product ${name} is not there`, file: path }
  }
  return undefined
}

/** Puts the recipe's own files into a copy of the source tree; what the tree has already is for a patch to change. */
async function addFiles(component: Component, source: string): Promise<void> {
  for (const [target, file] of Object.entries(component.files)) {
    const to = join(source, target)
    await mkdir(dirname(to), { recursive: true })
    await copyFile(file, to, constants.COPYFILE_EXCL).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause
      throw new LabError(
        'BadInput',
        `The source of ${component.name} has a file ${target} already: change it by a patch, or add ${file} under another name.`,
        { cause },
      )
    })
  }
}

function resolveReferences(value: string, recipe: StackRecipe, folder: string, out: string): string {
  return substitute(value, (reference) => {
    switch (reference.kind) {
      case 'out':
        return out
      case 'bl33':
        return `0x${recipe.setup.bl33.toString(16)}`
      case 'file':
        return resolve(dirname(recipe.file), reference.path)
      case 'product': {
        const component = recipe.components.find((one) => one.name === reference.component)
        return join(folder, reference.component, 'out', component?.products[reference.product] ?? '')
      }
    }
  })
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

import { access, constants, copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { BuildContext, Product } from '../build.ts'
import type { BuildFault } from '../../domain/build.ts'
import { disturbed, onGround, type Ground } from '../ground.ts'
import { asTheyAre, type InputFiles } from '../input-files.ts'
import { buildEnvironment } from '../make/build-environment.ts'
import { runMake } from '../make/make.ts'
import { debianSeries } from '../source/debian-series.ts'
import { obtainSource } from '../source/obtain.ts'
import type { SourceTree } from '../source/source.ts'
import { countFiles, missingInTree } from '../source/whole-tree.ts'
import { debianLocation } from './identify.ts'
import { placeFiles } from './recipe-files.ts'
import type { Component, StackRecipe } from './stack-recipe.ts'
import { resolveReferences, type Built } from './references.ts'

/**
 * Builds one component in a copy of its source, because TF-A builds its tools inside the source tree.
 * @param folder of this component alone, existing
 * @param built the products of the components before it
 * @throws as buildFirmware
 */
export async function buildComponent(
  component: Component,
  recipe: StackRecipe,
  { folder, built }: { folder: string; built: Built },
  context: BuildContext,
): Promise<{ ok: true; products: Product[] } | { ok: false; fault: BuildFault }> {
  const debian = component.debianPatches ? await debianSeries(debianLocation(component), context) : []
  const tree = await obtainSource(component.sources, [...debian, ...component.patches], context)
  const source = join(folder, 'source')
  const made = await onGround(context, async (ground) => {
    await ground.stand(folder)
    ground.alsoLook(() => missingInTree(tree))
    await rm(source, { recursive: true, force: true })
    await copyTree(tree, source)
    await addFiles(component, source, context.files ?? asTheyAre)
    return await makeComponent(component, recipe, { folder, built, epoch: tree.epoch, ground }, context)
  })
  await rm(source, { recursive: true, force: true })
  return made
}

/** @throws LabError SourceMissing (retryable): a copy of a tree that is being deleted lacks files without a word */
async function copyTree(tree: SourceTree, to: string): Promise<void> {
  const files = tree.files ?? (await countFiles(tree.folder))
  await cp(tree.folder, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  if ((await countFiles(to)) >= files) return
  throw disturbed((await missingInTree(tree)) ?? to)
}

async function makeComponent(
  component: Component,
  recipe: StackRecipe,
  { folder, built, epoch, ground }: { folder: string; built: Built; epoch: number; ground: Ground },
  context: BuildContext,
): Promise<{ ok: true; products: Product[] } | { ok: false; fault: BuildFault }> {
  const source = join(folder, 'source')
  const out = join(folder, 'out')
  await rm(out, { recursive: true, force: true })
  await mkdir(out)
  const lockFile = join(folder, 'make.lock')
  await writeFile(lockFile, '', { flag: 'a' })
  await ground.stand(source, out, lockFile)
  // A build may add files to its copy, but takes none away.
  const copied = await countFiles(source)
  ground.alsoLook(async () => ((await countFiles(source)) < copied ? source : undefined))
  const files = await placeFiles(component, recipe, context.files ?? asTheyAre)
  const variables = Object.entries(component.arguments).map(
    ([key, value]) => `${key}=${resolveReferences(value, recipe, built, { out, files })}`,
  )
  const outcome = await runMake(
    {
      folder: source,
      args: [...variables, ...component.targets],
      environment: {
        ...buildEnvironment(context.folders, epoch),
        PYTHON3: '/usr/bin/python3',
        // A changed recipe builds in another folder. Seen from the component's own, its unchanged files are the same.
        CCACHE_BASEDIR: folder,
        CCACHE_NOHASHDIR: '1',
      },
      lockFile,
      phase: component.name,
      history: { folder: join(context.folders.cache, 'firmware'), kind: `${recipe.name}-${component.name}` },
      roots: [source, out],
    },
    context,
  )
  if (!outcome.ok) return { ok: false, fault: outcome.fault }
  for (const [name, path] of Object.entries(component.products)) {
    const missing = await access(join(out, path)).then(
      () => false,
      () => true,
    )
    if (missing) {
      const message = `${component.name} was built, but its product ${name} is not there`
      return { ok: false, fault: { message, file: path } }
    }
  }
  const products = Object.entries(component.products).map(([name, path]) => ({ name, path: join(out, path) }))
  return { ok: true, products }
}

/** Puts the recipe's own files into a copy of the source tree; what the tree has already is for a patch to change. */
async function addFiles(component: Component, source: string, files: InputFiles): Promise<void> {
  for (const [target, file] of Object.entries(component.files)) {
    const to = join(source, target)
    await mkdir(dirname(to), { recursive: true })
    await copyFile(await files.at(file), to, constants.COPYFILE_EXCL).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause
      throw new LabError(
        'BadInput',
        `The source of ${component.name} has a file ${target} already: change it by a patch, or add ${file} under another name.`,
        { cause },
      )
    })
  }
}

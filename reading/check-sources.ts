import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readStack } from '../builds/firmware/recipe.ts'
import type { StackRecipe } from '../builds/firmware/stack-recipe.ts'
import { gitDirOf, isCommitId, isLocal, resolveLocal } from '../builds/source/git.ts'
import { obtainingContext } from '../builds/source/source.ts'
import type { SourceLocation } from '../domain/cell.ts'
import { LabError } from '../domain/errors.ts'
import { installed, type Plan } from '../domain/plan/plan.ts'
import type { LocatedError } from '../domain/yaml/located-error.ts'
import { valueAt } from '../domain/yaml/value-at.ts'
import { readYaml, type LocatedYaml, type Path } from '../domain/yaml/yaml-text.ts'
import { foldersFrom } from '../host/folders.ts'
import { readInput } from '../host/read-input.ts'

interface Mistake {
  message: string
  hint: string
}

/**
 * What is wrong with the sources of a plan's kernels and of its recipes' components that lie on this machine: a tree, a
 * repository with its ref, a tarball. Of several locations of one kernel or component one that is there will do, and
 * others may be had from elsewhere.
 * @param file the plan's name, for messages
 */
export async function sourceMistakes(plan: Plan, text: string, file: string): Promise<LocatedError[]> {
  // Most plans have no such mistake, and to read their text once more costs a tenth of the check.
  let read: LocatedYaml | undefined
  const yaml = (): LocatedYaml => (read ??= readYaml(text, file, 'plan').yaml!)
  const errors: LocatedError[] = []
  for (const [name, { sources }] of Object.entries(plan.kernels))
    errors.push(...(await mistakesAt(['kernels', name, 'source'], sources, kernelMistake, yaml, file)))
  const recipes = Object.values(plan.stacks).filter((recipe) => recipe !== installed)
  const stacks = await Promise.all(recipes.map((recipe) => readStack(recipe)))
  // One that is like another has the sources of that.
  for (const stack of new Map(stacks.map((stack) => [stack.file, stack])).values())
    errors.push(...(await recipeSourceMistakes(stack)))
  return errors
}

async function recipeSourceMistakes({ file, components }: StackRecipe): Promise<LocatedError[]> {
  const local = components.filter(({ sources }) => sources.some(isOfThisMachine))
  if (local.length === 0) return []
  const { yaml: read } = readYaml(readInput(file, ''), file, 'recipe')
  const yaml = () => read!
  const found = local.map(({ name, sources }) =>
    mistakesAt(['components', name, 'source'], sources, mistakeOf, yaml, file),
  )
  return (await Promise.all(found)).flat()
}

function isOfThisMachine(location: SourceLocation): boolean {
  return location.kind === 'tree' || location.kind === 'git' || location.kind === 'tarball'
}

/** @param at where the file has one location, or a list of them */
async function mistakesAt(
  at: Path,
  sources: readonly SourceLocation[],
  mistaken: typeof mistakeOf,
  yaml: () => LocatedYaml,
  file: string,
): Promise<LocatedError[]> {
  const found = await Promise.all(sources.map(mistaken))
  const never = found.flatMap((mistake, index) => (mistake?.always ? [index] : []))
  const wrong = found.every((mistake) => mistake !== undefined) ? [...found.keys()] : never
  return wrong.map((index) => {
    const { message, hint } = found[index]!
    const place = yaml().where(Array.isArray(valueAt(yaml().value, at)) ? [...at, index] : at)
    return { file, ...place, message, hint }
  })
}

/** As `mistakeOf`; a tree has to be a kernel's, besides. */
async function kernelMistake(location: SourceLocation): ReturnType<typeof mistakeOf> {
  return (await mistakeOf(location)) ?? (location.kind === 'tree' ? await noKernel(location.path) : undefined)
}

/** @returns undefined for one that is there, or of which only others know; `always` where no other location makes it right */
async function mistakeOf(location: SourceLocation): Promise<(Mistake & { always?: true }) | undefined> {
  switch (location.kind) {
    case 'tree':
      if (location.path === '/')
        return { message: 'this tree is the whole machine', hint: 'name the folder of the source', always: true }
      return await missing(location.path, 'folder')
    case 'tarball':
      return location.url.startsWith('file:') ? await missing(fileURLToPath(location.url), 'file') : undefined
    case 'git':
      return isLocal(location) ? await missingRef(location) : undefined
    default:
      return undefined
  }
}

async function missing(path: string, kind: 'folder' | 'file'): Promise<Mistake | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return { message: `there is no ${kind} ${path}`, hint: 'paths start at the folder of this file' }
  if (kind === 'folder' ? found.isDirectory() : found.isFile()) return undefined
  return { message: `${path} is no ${kind}`, hint: `name a ${kind}` }
}

/**
 * What every kernel's source has, and what only a kernel's has: U-Boot and Zephyr have a Makefile and a Kconfig, too. A folder
 * in which that cannot be told is left to the build.
 */
async function noKernel(path: string): Promise<Mistake | undefined> {
  const has = (name: string) =>
    stat(join(path, name)).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
    )
  for (const name of ['Makefile', 'Kconfig', 'init/Kconfig'])
    if (!(await has(name)))
      return { message: `${path} is no kernel: it has no ${name}`, hint: 'name the folder of a kernel source' }
  return undefined
}

async function missingRef(location: Extract<SourceLocation, { kind: 'git' }>): Promise<Mistake | undefined> {
  const context = obtainingContext({ folders: foldersFrom() })
  try {
    await gitDirOf(location.url, context)
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'SourceMissing') throw error
    return { message: `${location.url} is no git repository`, hint: 'paths start at the folder of this file' }
  }
  try {
    await resolveLocal(location, context)
    return undefined
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'SourceMissing') throw error
    const what = isCommitId(location.ref) ? 'commit' : 'ref'
    return {
      message: `${location.url} has no ${what} "${location.ref}"`,
      hint: `git -C ${location.url} show-ref has those that there are`,
    }
  }
}

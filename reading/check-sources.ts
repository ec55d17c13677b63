import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gitDirOf, isCommitId, isLocal, resolveLocal } from '../builds/source/git.ts'
import { obtainingContext } from '../builds/source/source.ts'
import type { SourceLocation } from '../domain/cell.ts'
import { LabError } from '../domain/errors.ts'
import type { Plan } from '../domain/plan/plan.ts'
import type { LocatedError } from '../domain/yaml/located-error.ts'
import { readYaml } from '../domain/yaml/yaml-text.ts'
import { foldersFrom } from '../host/folders.ts'

interface Mistake {
  message: string
  hint: string
}

/**
 * What is wrong with the sources of a plan's kernels that lie on this machine: a tree, a repository with its ref, a tarball.
 * Of several locations of one kernel one that is there will do, and others may be had from elsewhere.
 * @param file the plan's name, for messages
 */
export async function sourceMistakes(plan: Plan, text: string, file: string): Promise<LocatedError[]> {
  const { yaml } = readYaml(text, file, 'plan')
  const errors: LocatedError[] = []
  for (const [name, { sources }] of Object.entries(plan.kernels)) {
    const found = await Promise.all(sources.map(mistakeOf))
    const never = found.flatMap((mistake, index) => (mistake?.always ? [index] : []))
    const wrong = found.every((mistake) => mistake !== undefined) ? [...found.keys()] : never
    for (const index of wrong) {
      const { message, hint } = found[index]!
      const at = ['kernels', name, 'source']
      const place = yaml!.where(Array.isArray(yamlAt(yaml!.value, at)) ? [...at, index] : at)
      errors.push({ file, ...place, message, hint })
    }
  }
  return errors
}

function yamlAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((one: unknown, key) => (one as Record<string, unknown> | undefined)?.[key], value)
}

/** @returns undefined for one that is there, or of which only others know; `always` where no other location makes it right */
async function mistakeOf(location: SourceLocation): Promise<(Mistake & { always?: true }) | undefined> {
  switch (location.kind) {
    case 'tree':
      if (location.path === '/')
        return { message: 'this tree is the whole machine', hint: 'name the folder of the source', always: true }
      return (await missing(location.path, 'folder')) ?? (await noKernel(location.path))
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

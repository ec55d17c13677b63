import { stat } from 'node:fs/promises'
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
  // Most plans have no such mistake, and to read their text once more costs a tenth of the check.
  let yaml: ReturnType<typeof readYaml>['yaml']
  const errors: LocatedError[] = []
  for (const [name, { sources }] of Object.entries(plan.kernels)) {
    const found = await Promise.all(sources.map(mistakeOf))
    const never = found.flatMap((mistake, index) => (mistake?.always ? [index] : []))
    const wrong = found.every((mistake) => mistake !== undefined) ? [...found.keys()] : never
    for (const index of wrong) {
      const { message, hint } = found[index]!
      const at = ['kernels', name, 'source']
      yaml ??= readYaml(text, file, 'plan').yaml
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

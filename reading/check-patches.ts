import { basename } from 'node:path'
import { readPatches, type PatchFile } from '../builds/source/read-patches.ts'
import { counted } from '../domain/counted.ts'
import type { Plan } from '../domain/plan/plan.ts'
import { LabError } from '../domain/errors.ts'
import type { LocatedError } from '../domain/yaml/located-error.ts'
import { readYaml } from '../domain/yaml/yaml-text.ts'

/** What a plan's patches are. */
export interface CheckedPatches {
  errors: LocatedError[]
  /** What the user should know of those that are right: what of a thread is applied and what is not, a sentence each. */
  said: string[]
}

/**
 * Reads the patches of a plan's kernels as a build does: a mailbox must have a whole series, a mail a whole diff.
 * @param file the plan's name, for messages
 */
export async function checkPatches(plan: Plan, text: string, file: string): Promise<CheckedPatches> {
  const { yaml } = readYaml(text, file, 'plan')
  const known = new Map<string, ReturnType<typeof readOne>>()
  const errors: LocatedError[] = []
  const said = new Set<string>()
  for (const [name, { patches }] of Object.entries(plan.kernels)) {
    const parts: Part[] = []
    for (const [index, path] of patches.entries()) {
      const reading = known.get(path) ?? readOne(path)
      known.set(path, reading)
      const read = await reading
      if ('message' in read) {
        const message = `the patch ${basename(path)}: ${read.message}`
        errors.push({ file, ...yaml!.where(['kernels', name, 'patches', index]), message, hint: read.hint })
        continue
      }
      for (const sentence of saidOf(path, read)) said.add(sentence)
      if (read.part !== undefined) parts.push({ ...read.part, path })
    }
    for (const sentence of gapsIn(parts, name)) said.add(sentence)
  }
  return { errors, said: [...said] }
}

async function readOne(path: string): Promise<Awaited<ReturnType<typeof readPatches>>> {
  try {
    return await readPatches(path)
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    return { message: error.message.replace(/\.$/, ''), hint: 'name another file' }
  }
}

/** What of an entry is applied, where that is not the whole of a file. */
export function saidOf(path: string, { patches, said }: Pick<PatchFile, 'patches' | 'said'>): string[] {
  if (said.length === 0 && patches.length < 2) return []
  return [`${basename(path)}: ${counted(patches.length, 'patch', 'patches')}${said.map((one) => `; ${one}`).join('')}`]
}

type Part = NonNullable<PatchFile['part']> & { path: string }

/** Mails that were named one by one may be a part of their series on purpose: it is said, and is no mistake. */
function gapsIn(parts: readonly Part[], kernel: string): string[] {
  const series = Map.groupBy(parts, ({ of, version }) => `${version} ${of}`)
  return [...series.values()].flatMap((members) => {
    const { of } = members[0]!
    const numbers = new Set(members.map(({ number }) => number))
    const missing = Array.from({ length: of ?? 0 }, (_, index) => index + 1).filter((number) => !numbers.has(number))
    if (missing.length === 0 || numbers.has(0)) return []
    const names = missing.slice(0, 5).map((number) => `${number}/${of}`)
    const more = missing.length > names.length ? ' and others' : ''
    return [
      `${basename(members[0]!.path)}: ${names.join(', ')}${more} of its series ${missing.length === 1 ? 'is' : 'are'} not among the patches of ${kernel}`,
    ]
  })
}

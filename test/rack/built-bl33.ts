import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { buildFirmware } from '../../builds/firmware/build-firmware.ts'
import { readStack } from '../../builds/firmware/recipe.ts'
import type { Folders } from '../../host/folders.ts'

/** What boards of the rack have behind TF-A where Debian ships nothing that would do; each has a recipe beside this file. */
export type Bl33Name = 'edk2' | 'u-boot-mmc'

/** One of them, built. */
export interface BuiltBl33 {
  /** Where it is put. */
  at: number
  /** The recipe's products by name; `bl33` is the one that starts. */
  files: Record<string, string>
}

/**
 * Builds one into the cache, where whoever comes next finds it again: some minutes the first time.
 * @param logFile where what the tools say is appended
 * @throws Error when it cannot be built
 */
export async function builtBl33(name: Bl33Name, folders: Folders, logFile: string): Promise<BuiltBl33> {
  const recipe = join(import.meta.dirname, `${name}.yaml`)
  const stack = await readStack(recipe)
  await mkdir(dirname(logFile), { recursive: true })
  const { signal } = new AbortController()
  const jobs = availableParallelism()
  const outcome = await buildFirmware(stack, { folders, signal, progress: () => undefined, logFile, jobs })
  if (!outcome.ok) throw new Error(`${recipe} cannot be built: ${outcome.fault.message}`)
  return { at: stack.setup.bl33, files: Object.fromEntries(outcome.products.map((one) => [one.name, one.path])) }
}

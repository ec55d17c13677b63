import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { buildFirmware } from '../../../builds/firmware/build-firmware.ts'
import { readStack } from '../../../builds/firmware/recipe.ts'
import { foldersFrom } from '../../../host/folders.ts'

/** The recipe. */
export const fvpFull = join(import.meta.dirname, '../../../stacks/fvp-full.yaml')

/**
 * Builds a stack for real, or finds it built in the cache that all tests share: minutes, or a moment.
 * @param folder where the log and what is the build's alone are put
 * @returns the paths of its products, by name
 */
export async function builtStack(recipe: string, folder: string): Promise<Map<string, string>> {
  const outcome = await buildFirmware(await readStack(recipe), {
    folders: { state: join(folder, 'state'), cache: foldersFrom().cache },
    signal: new AbortController().signal,
    progress: () => undefined,
    logFile: join(folder, 'build.log'),
    jobs: availableParallelism(),
  })
  if (!outcome.ok) throw new Error(`${outcome.fault.message}: ${outcome.fault.file}:${outcome.fault.line}`)
  return new Map(outcome.products.map(({ name, path }) => [name, path]))
}

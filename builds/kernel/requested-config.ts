import { LabError } from '../../domain/errors.ts'
import type { KernelInputs } from '../../domain/cell.ts'
import { asTheyAre, type InputFiles } from '../input-files.ts'
import { configValue, parseConfig, type Config } from './config-text.ts'

/**
 * The symbols that a kernel is asked to have over its base: the fragments in their order, then the plan's inline ones.
 * @param read gives the symbols of one fragment, for who has read it before
 * @throws LabError BadInput for a fragment that cannot be read, or a line in it that is none of a configuration.
 */
export function requestedConfig(
  { fragments, symbols }: Pick<KernelInputs, 'fragments' | 'symbols'>,
  files: InputFiles = asTheyAre,
  read: (fragment: string) => Config = (fragment) => fragmentConfig(fragment, files),
): Config {
  const requested: Config = new Map()
  for (const fragment of fragments) {
    for (const [name, value] of read(fragment)) requested.set(name, value)
  }
  for (const [name, value] of Object.entries(symbols)) {
    requested.set(name.replace(/^CONFIG_/, ''), configValue(value))
  }
  return requested
}

/**
 * The symbols that one fragment asks for.
 * @throws LabError BadInput when it cannot be read, or for a line in it that is none of a configuration
 */
export function fragmentConfig(path: string, files: InputFiles): Config {
  return parseConfig(readFragment(path, files), path)
}

function readFragment(path: string, files: InputFiles): string {
  try {
    return Buffer.from(files.read(path)).toString('utf8')
  } catch (cause) {
    if (cause instanceof LabError) throw cause
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new LabError('BadInput', `The config fragment ${path} cannot be read (${code}).`, { cause })
  }
}

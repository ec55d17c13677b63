import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runOrThrow } from '../../host/run.ts'

/**
 * Installs pinned wheels with pip, below a folder alone.
 * @param wheels lines of a requirements file, each with its hash
 * @returns the folder for PYTHONPATH
 */
export async function installWheels(folder: string, wheels: string): Promise<string> {
  const [list, library] = [join(folder, 'list'), join(folder, 'library')]
  await writeFile(list, wheels)
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--require-hashes',
    '--only-binary=:all:',
    '--no-compile',
  ]
  await runOrThrow('/usr/bin/python3', [...pip, '--target', library, '-r', list])
  return library
}

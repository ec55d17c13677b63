import { mkdir, readdir, writeFile } from 'node:fs/promises'
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

/**
 * Fetches and unpacks the source of one package, which has files that its wheel does not have.
 * @param source a line of a requirements file, with its hash
 * @returns the folder of what was unpacked
 */
export async function fetchSource(folder: string, source: string): Promise<string> {
  const [list, into] = [join(folder, 'sources'), join(folder, 'source')]
  await mkdir(into, { recursive: true })
  await writeFile(list, source)
  const name = source.trim().split('==')[0]!
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--no-binary', name]
  await runOrThrow('/usr/bin/python3', [...pip, '--dest', into, '-r', list])
  const [archive] = await readdir(into)
  await runOrThrow('tar', ['-xf', join(into, archive!), '-C', into, '--strip-components=1'])
  return into
}

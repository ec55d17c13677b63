import { existsSync } from 'node:fs'
import { mkdtemp, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'rolldown'
import { replaceFile } from '../../host/whole-file.ts'
import { newest, readNewest, stateOf, type MadeOf } from './fitting-bundle.ts'

/** Packages of hundreds of small files. The others have parts in machine code, or are loaded by few commands. */
const bundled = ['@noble/hashes', 'commander', 'croner', 'kysely', 'picocolors', 'yaml', 'zod']

/** A command that goes on loads parts of its bundle later; so long stays one that is no longer the newest. */
const keptMs = 3 * 24 * 3600 * 1000

/**
 * Makes a bundle of the command line: a file for each set of modules that is loaded together.
 * @param checkout whose sources; an absolute path
 * @param folder where bundles are kept, with a note of what the newest was made of
 * @throws Error when there is a mistake in a source, or the folder cannot be written
 */
export async function makeBundle(checkout: string, folder: string): Promise<MadeOf> {
  const { rolldown } = await import('rolldown')
  // What packages say changes with this file only.
  const lock = join(checkout, 'package-lock.json')
  const files: MadeOf['files'] = { [lock]: stateOf(lock) ?? 'none' }
  const build = await rolldown({
    input: join(checkout, 'cli/hyplab.ts'),
    platform: 'node',
    logLevel: 'silent',
    external: (id) => !isPath(id) && !bundled.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [itsPlace, noteState(files)],
  })
  await mkdir(folder, { recursive: true })
  await removeOld(folder)
  await removeOfGone(dirname(folder))
  const made = await mkdtemp(join(folder, 'bundle-'))
  try {
    // Of .mjs Node knows without a look that it is a module.
    const names = { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' }
    await build.write({ dir: made, format: 'esm', ...names })
    const madeOf = { checkout, entry: join(made, 'hyplab.mjs'), files }
    await replaceFile(join(folder, newest), JSON.stringify(madeOf))
    return madeOf
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    throw error
  } finally {
    await build.close()
  }
}

/** What a module knows of its place stays that of its source, beside which its other files lie. */
const itsPlace: Plugin = {
  name: 'its-place',
  transform: (code, id) =>
    code.includes('import.meta.')
      ? code
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
          .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
      : undefined,
}

/** Notes how each source was before it is read: one that is written meanwhile is another one from then on. */
function noteState(files: MadeOf['files']): Plugin {
  return {
    name: 'note-state',
    load(id) {
      if (isPath(id) && !id.includes('/node_modules/')) files[id] = stateOf(id) ?? 'none'
    },
  }
}

function isPath(id: string): boolean {
  return id.startsWith('.') || id.startsWith(sep)
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('bundle-')) continue
    const { mtimeMs } = await stat(join(folder, name))
    if (Date.now() - mtimeMs > keptMs) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** Checkouts may share node_modules; who is gone, or has moved, needs no bundle. */
async function removeOfGone(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const known = readNewest(join(folder, name))
    if (known !== undefined && !existsSync(known.checkout))
      await rm(join(folder, name), { recursive: true, force: true })
  }
}

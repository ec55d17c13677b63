import { constants } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Product } from '../build.ts'
import type { BuiltModule } from '../guest/modules.ts'
import type { VariantFolders } from './kernel-folders.ts'

/** Kept this long after a build, in ms, for the caller to store them elsewhere. */
const kept = 3600 * 1000

/**
 * Copies what a finished build made out of its O= folder, which the next build of the variant may write into:
 * `Image`, `System.map`, `config`, `modules/*.ko` as the build lists them in modules.order, our own modules
 * among them, and `build.json`.
 * @param about what was built, from what and how: the content of `build.json`.
 */
export async function collectProducts(
  variant: VariantFolders,
  guest: BuiltModule[],
  about: Record<string, unknown>,
): Promise<Product[]> {
  await mkdir(variant.products, { recursive: true })
  await forgetOld(variant.products)
  const into = await mkdtemp(join(variant.products, 'build-'))
  await mkdir(join(into, 'modules'))
  const sources: [string, string][] = [
    ['Image', join(variant.output, 'arch/arm64/boot/Image')],
    ['System.map', join(variant.output, 'System.map')],
    ['config', join(variant.output, '.config')],
    ...(await modules(variant.output)).map((path): [string, string] => [`modules/${basename(path)}`, path]),
    ...guest.map(({ name, path }): [string, string] => [`modules/${name}.ko`, path]),
  ]
  for (const [name, from] of sources) await copyFile(from, join(into, name), constants.COPYFILE_FICLONE)
  await writeFile(join(into, 'build.json'), `${JSON.stringify(about, null, 2)}\n`)
  return [...sources.map(([name]) => name), 'build.json'].map((name) => ({ name, path: join(into, name) }))
}

/** The modules of a build: modules.order names `x.o` since Linux 6.4, `x.ko` before. */
async function modules(output: string): Promise<string[]> {
  const order = await readFile(join(output, 'modules.order'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Without CONFIG_MODULES there is none.
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return order
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => join(output, line.replace(/\.k?o$/, '.ko')))
}

async function forgetOld(products: string): Promise<void> {
  for (const name of await readdir(products)) {
    const path = join(products, name)
    if ((await stat(path)).mtimeMs < Date.now() - kept) await rm(path, { recursive: true, force: true })
  }
}

import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { sha256Folder } from '../identity.ts'

/**
 * Our kernel modules: each is a folder of `guest/` with a Kbuild of its own. All are built with each kernel, so that cells
 * that want different ones share a build; only what a cell names goes into its initrd.
 */
export const guestModules = ['ffa-probe', 'fault-maker', 'ffa-fuzz'] as const

const sources = join(import.meta.dirname, '../../guest')

/** What `buildGuestModules` needs: all folders absolute. */
export interface GuestModulesOptions {
  /** A folder of this build alone: it is emptied, and make writes here. */
  into: string
  /** Runs `make` on the kernel's source and finished O= folder with these arguments more; throws when make fails. */
  make: (args: string[]) => Promise<void>
}

/** A built module: its name without `.ko`, and its file. */
export interface BuiltModule {
  name: string
  path: string
}

/** A hash for each module's source. */
export async function guestModulesIdentity(): Promise<Record<string, string>> {
  const hashes = guestModules.map(async (name) => [name, await sha256Folder(join(sources, name))] as const)
  return Object.fromEntries(await Promise.all(hashes))
}

/**
 * Builds our modules out of tree against a finished kernel build, in a private copy of their sources and with one make
 * (Documentation/kbuild/modules.rst; M= with O= works the same on 6.12 to 7.3, MO= does not exist before 6.13).
 * @throws LabError BuildFailed when make leaves one out; whatever `make` throws
 */
export async function buildGuestModules({ into, make }: GuestModulesOptions): Promise<BuiltModule[]> {
  await rm(into, { recursive: true, force: true })
  await mkdir(into, { recursive: true })
  for (const name of guestModules) await cp(join(sources, name), join(into, name), { recursive: true })
  await writeFile(join(into, 'Kbuild'), `obj-m := ${guestModules.map((name) => `${name}/`).join(' ')}\n`)
  await make([`M=${into}`, 'modules'])
  const built = guestModules.map((name) => ({ name, path: join(into, name, `${name}.ko`) }))
  for (const { name, path } of built)
    await stat(path).catch(() => {
      throw new LabError('BuildFailed', `make made no ${name}.ko in ${into}: is CONFIG_MODULES=y?`)
    })
  return built
}

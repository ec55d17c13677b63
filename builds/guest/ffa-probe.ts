import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'

/** What `buildFfaProbe` needs: all folders absolute. */
export interface FfaProbeOptions {
  /** `guest/ffa-probe`; only read. */
  source: string
  /** The kernel's source tree. */
  tree: string
  /** Its finished O= folder (Module.symvers and .config are read from it). */
  output: string
  /** A folder of this build alone: it is emptied, and make writes here. */
  into: string
  /** Runs `make` with these arguments and the kernel build's ARCH, CROSS_COMPILE and environment; throws when make fails. */
  make: (args: string[]) => Promise<void>
}

/**
 * Builds our FF-A probe module out of tree against a finished kernel build, in a private copy of its source
 * (Documentation/kbuild/modules.rst; M= with O= works the same on 6.12 to 7.3, MO= does not exist before 6.13).
 * @returns the path of `ffa-probe.ko`
 * @throws LabError BuildFailed when make leaves no module; whatever `make` throws
 */
export async function buildFfaProbe({ source, tree, output, into, make }: FfaProbeOptions): Promise<string> {
  await rm(into, { recursive: true, force: true })
  await mkdir(into, { recursive: true })
  for (const file of await readdir(source)) await cp(join(source, file), join(into, file))
  await make(['-C', tree, `O=${output}`, `M=${into}`, 'modules'])
  const module = join(into, 'ffa-probe.ko')
  await stat(module).catch(() => {
    throw new LabError('BuildFailed', `make made no ${module}: is CONFIG_MODULES=y in ${output}/.config?`)
  })
  return module
}

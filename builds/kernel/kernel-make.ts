import type { Folders } from '../../host/folders.ts'
import { buildEnvironment, toolVersion } from '../make/build-environment.ts'
import type { SourceTree } from '../source/source.ts'

/** Raised when a change of this builder changes the bytes that it makes from equal inputs. */
export const kernelRecipe = 1

/** What a kernel build calls, besides what every Debian has (scripts of the tree, Linux 6.1 to 7.3). */
export const kernelTools = [
  'make',
  'flock',
  'ccache',
  'gcc',
  'aarch64-linux-gnu-gcc',
  'aarch64-linux-gnu-ld',
  'flex',
  'bison',
  'bc',
  'perl',
  'python3',
  'cp',
]

/** The variables of every call of make, without the folders. */
export const kernelVariables = [
  'ARCH=arm64',
  'CROSS_COMPILE=aarch64-linux-gnu-',
  'CC=ccache aarch64-linux-gnu-gcc',
  'HOSTCC=ccache gcc',
  // Empty but set: scripts/setlocalversion then does not add `+` for a git tree without a tag.
  'LOCALVERSION=',
]

/** `make`'s arguments for a tree and an O= folder. */
export function kernelArgs(tree: SourceTree, output: string, targets: string[]): string[] {
  return ['-C', tree.folder, `O=${output}`, ...kernelVariables, ...targets]
}

/**
 * The variables that keep time, user and host out of the Image (Documentation/kbuild/reproducible-builds.rst, Linux
 * 6.18). The time is a date in words: init/Makefile puts the text into `uname -v` as it is, usr/Makefile gives it to
 * `date -d`.
 */
export function reproducibleVariables(epoch: number): Record<string, string> {
  return {
    KBUILD_BUILD_TIMESTAMP: new Date(epoch * 1000).toUTCString(),
    KBUILD_BUILD_USER: 'hyplab',
    KBUILD_BUILD_HOST: 'hyplab',
    KBUILD_BUILD_VERSION: '1',
  }
}

/** The whole environment of a kernel build. */
export function kernelEnvironment(folders: Folders, epoch: number): Record<string, string> {
  return { ...buildEnvironment(folders, epoch), ...reproducibleVariables(epoch) }
}

/** The tools whose version decides a kernel's bytes, each with the first line that it says of itself. */
export type Toolchain = Record<'compiler' | 'linker', string>

/**
 * Asks the tools for their versions.
 * @throws LabError ToolMissing.
 */
export async function kernelToolchain(): Promise<Toolchain> {
  const [compiler, linker] = await Promise.all([
    toolVersion('aarch64-linux-gnu-gcc'),
    toolVersion('aarch64-linux-gnu-ld'),
  ])
  return { compiler, linker }
}

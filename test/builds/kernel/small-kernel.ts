import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KernelInputs, SourceLocation } from '../../../domain/cell.ts'
import { foldersFrom, type Folders } from '../../../host/folders.ts'
import type { BuildContext, BuildProgress } from '../../../builds/build.ts'
import { obtainSource } from '../../../builds/source/obtain.ts'
import type { SourceTree } from '../../../builds/source/source.ts'

/** The kernel of plans/first-look.yaml. */
const source: SourceLocation = {
  kind: 'debian',
  package: 'linux',
  version: '6.18.5-1~bpo13+1',
  sha256: '69ac99a397e2e1d9e97f6ade0c01e4ab704ba999667932b6b35fec032700cb19',
}

/** The real tree, from this host's cache where it is there. */
export async function realTree(): Promise<SourceTree> {
  const folders = foldersFrom()
  return await obtainSource([source], [], { folders, signal: new AbortController().signal, progress: () => {} })
}

/** Where another tree of the same files may lie for a test: the same place each time, so that ccache knows it. */
export function elsewhereOf(tree: SourceTree): string {
  return `${tree.folder}-elsewhere`
}

/** About as little as arm64 can be with modules, one of which is FF-A. */
export function smallKernel(symbols: Record<string, string> = {}): KernelInputs {
  return {
    name: 'small',
    sources: [source],
    patches: [],
    base: 'allnoconfig',
    fragments: [],
    symbols: { MODULES: 'y', ARM_FFA_TRANSPORT: 'm', LOCALVERSION_AUTO: 'n', ...symbols },
  }
}

/** Folders of a test's own, except for ccache: compiling the same files again in each run of the tests proves nothing. */
export async function ownFolders(): Promise<Folders & { remove(): Promise<void> }> {
  const own = await mkdtemp(join(tmpdir(), 'hyplab-kernel-'))
  const shared = join(foldersFrom().cache, 'ccache')
  await mkdir(shared, { recursive: true })
  await mkdir(join(own, 'cache'))
  await symlink(shared, join(own, 'cache', 'ccache'))
  return {
    cache: join(own, 'cache'),
    state: join(own, 'state'),
    remove: () => rm(own, { recursive: true, force: true }),
  }
}

/** A context that remembers the progress. */
export function contextIn(
  folders: Folders,
  signal = new AbortController().signal,
): BuildContext & { seen: BuildProgress[] } {
  const seen: BuildProgress[] = []
  const { cache, state } = folders
  return {
    folders: { cache, state },
    signal,
    seen,
    progress: (one) => seen.push(one),
    logFile: join(cache, 'build.log'),
    jobs: 2,
  }
}

import { join } from 'node:path'
import { sha256 } from '../../host/sha256.ts'
import type { Folders } from '../../host/folders.ts'
import { canonicalJson } from '../identity.ts'
import type { SourceTree } from '../source/source.ts'
import type { Config } from './config-text.ts'
import type { Toolchain } from './kernel-make.ts'

/** Everything that kernel builds keep on this host; it can be deleted at any time and costs only time. */
export function kernelsFolder(folders: Folders): string {
  return join(folders.cache, 'kernels')
}

/** Where `readLastBuild` finds what kernel builds took here: kinds `scratch`, `seeded`, `again`. */
export function kernelHistory(folders: Folders): string {
  return join(kernelsFolder(folders), 'history')
}

/** The folders and locks of one O=: a source tree with one requested configuration. */
export interface VariantFolders {
  /** All O= of the same tree lie here; `lock` beside them is held while one is being added. */
  siblings: string
  siblingsLock: string
  folder: string
  lock: string
  /** The O= folder itself. */
  output: string
  /** Locked by every process that writes into the O= folder. */
  makeLock: string
  /** What the variant is: VariantNote. Written when `output` is there. */
  note: string
  /** Exists while make runs: one that is found at a start is left over from a build that was killed. */
  building: string
  /** Our own modules are built here. */
  guest: string
  /** One folder for each build that was finished lately. */
  products: string
}

/** O= folders hold absolute paths into the tree, so that the tree's place is a part of what a variant is. */
function treeKey(tree: SourceTree): string {
  return sha256(canonicalJson({ identity: tree.identity, folder: tree.folder })).slice(0, 16)
}

/** Where a variant's things are. */
export function variantFolders(folders: Folders, tree: SourceTree, base: string, requested: Config): VariantFolders {
  const siblings = join(kernelsFolder(folders), treeKey(tree))
  const name = sha256(canonicalJson({ base, symbols: Object.fromEntries(requested) })).slice(0, 16)
  const folder = join(siblings, name)
  return { siblings, siblingsLock: join(siblings, 'lock'), ...variantAt(folder) }
}

/** The parts of a variant that follow from its folder. */
export function variantAt(folder: string): Omit<VariantFolders, 'siblings' | 'siblingsLock'> {
  return {
    folder,
    lock: join(folder, 'lock'),
    output: join(folder, 'o'),
    makeLock: join(folder, 'make.lock'),
    note: join(folder, 'variant.json'),
    building: join(folder, 'building'),
    guest: join(folder, 'guest'),
    products: join(folder, 'products'),
  }
}

/** Where a tree's Kconfig programs and base configurations are: they depend on the tree and the toolchain. */
export function kconfigFolder(folders: Folders, tree: SourceTree, toolchain: Toolchain): string {
  const key = sha256(canonicalJson(toolchain)).slice(0, 16)
  return join(kernelsFolder(folders), treeKey(tree), `kconfig-${key}`)
}

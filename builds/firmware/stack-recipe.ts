import type { SourceLocation } from '../../domain/cell.ts'
import type { MachineSetup } from '../../domain/machine-setup.ts'

/** How to build one piece of firmware with make. */
export interface Component {
  name: string
  version: string
  /** Tried in order. */
  sources: SourceLocation[]
  /** Whether the patches of the Debian source package are applied, before `patches`. */
  debianPatches: boolean
  /** Absolute paths. */
  patches: string[]
  /** Files that are added to the source tree after the patches: the path in the tree to the absolute path of the file. */
  files: Record<string, string>
  /** make's variables in order; values may hold `${...}`, see references.ts. */
  arguments: Record<string, string>
  targets: string[]
  /** Product name to its path below the output folder. */
  products: Record<string, string>
}

/** A stack as its recipe file describes it. */
export interface StackRecipe {
  /** The file's name without its ending. */
  name: string
  /** Absolute; that of the other recipe when this one is only `like` it. */
  file: string
  title: string
  /** How the machine is to be set up for it. */
  setup: MachineSetup
  /** Kconfig symbols that a kernel on it needs, each with the values that will do. */
  needs: Record<string, string[]>
  /** Tools whose version can change the bytes. */
  toolchain: string[]
  pythonModules: string[]
  /** In the order in which they are built. */
  components: Component[]
  /** Product name to `${component:product}`. */
  products: Record<string, string>
}

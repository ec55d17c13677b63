import type { MachineSetup } from '../domain/machine-setup.ts'
import type { Target } from '../domain/target.ts'
import type { BootOrder } from './boot-order.ts'

/** Files that a target boots: absolute paths. */
export interface TargetFiles {
  image: string
  initrd: string
  /** What the stack made for this kind of target, by the name that an attempt keeps it as, e.g. `firmware`, `bl33`. */
  firmware: Record<string, string>
}

/** What one attempt is made of, whatever boots it. */
export interface TargetOrder extends BootOrder {
  target: Target
  /** How the stack wants the machine to be set up; absent where the target keeps the firmware that it has. */
  setup?: MachineSetup
  files: TargetFiles
  /** The cell's kernel command line, without what the target adds. */
  cmdline: string
  /** A tracer of the target's calls to the firmware, for a target that takes one; without it nothing is traced. */
  tracer?: string
}

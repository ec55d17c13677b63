/** A QEMU virt machine. */
export interface QemuTarget {
  kind: 'qemu'
  name: string
  cpu: string
  smp: number
  /** MiB. */
  memory: number
  /** That its SMCs are not to be traced; absent where they are, as far as the host has a tracer. */
  trace?: false
}

/** Any place of a lab that fits. */
export interface LabTarget {
  kind: 'board' | 'fvp'
  name: string
  /** The class of the place, as the lab names it. */
  class: string
  /** Tags that the place must have. */
  tags: string[]
  /** The one place that it must be, where attempts are to be compared; any that fits where absent. */
  place?: string
}

/** What a cell boots on. */
export type Target = QemuTarget | LabTarget

/** The class by which a target's time is budgeted: that of its places, or `qemu` for all machines of this host. */
export function classOf(target: Target): string {
  return isLeased(target) ? target.class : 'qemu'
}

/** Whether a target is a place of a lab, which is leased and given back. */
export function isLeased(target: Target): target is LabTarget {
  return target.kind !== 'qemu'
}

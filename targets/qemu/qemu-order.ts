import type { MachineOrder } from './machine.ts'

/** What one attempt on a QEMU target is made of. */
export interface QemuOrder extends MachineOrder {
  /** The attempt's own folder, existing; `qemu.log` and what a TPM needs are made in it. */
  folder: string
  /** QEMU's arguments for the machine, in place of those that follow from the rest: for other guests. */
  machine?: string[]
  /** The SMC tracer as a QEMU plugin; without it nothing is traced. */
  tracer?: string
}

import type { ConsoleEvidence } from '../evidence/evidence.ts'
import type { FaultKind } from '../signatures/signature.ts'

/** Something that broke: one report of it, from the first line to the one that closes it. */
export interface Fault {
  /** Who reported it: the kernel (its hypervisor included), or anything below or before it. */
  where: 'kernel' | 'firmware'
  kind: FaultKind
  /** What it is called on every boot: no addresses, offsets, times, pids, CPU numbers or registers. */
  title: string
  /** The whole report; its text is shortened in the middle. */
  evidence: ConsoleEvidence
  /** Whether nothing broke that is not made good: a WARN, a memory cgroup at its own limit, a load that failed and was made up for. */
  warning: boolean
  /** Whether it is, or says that it is, the end: a panic of the kernel, its hypervisor or the firmware. */
  panic: boolean
  /** The `kernel panicked because of a warning` kind of panic: what made it is the fault before. */
  onWarning: boolean
}

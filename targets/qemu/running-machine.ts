import type { Line } from '../powered.ts'
import type { Qmp } from './qmp.ts'

/** A QEMU that has not run an instruction yet, or is running; every one of its channels is attached. */
export interface Machine {
  pgid: number
  qmp: Qmp
  lines: Line[]
  /** Resolves when QEMU has gone and everything that it had said was read. */
  gone: Promise<{ code: number }>
  /** Ends QEMU by force. */
  kill(): void
  /** The last lines that QEMU itself, not the target, complained in; one line, empty when none. */
  complaint(): Promise<string>
}

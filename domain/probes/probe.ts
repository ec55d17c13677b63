import type { Finding } from '../finding.ts'
import type { FactRequest } from '../records/fact-request.ts'
import type { Seen } from './seen.ts'

/** A group of findings that are derived together. Pure: the same showing gives the same findings. */
export interface Probe {
  /** The part of the findings' ids before the dot, and the name by which a plan asks for it. */
  group: string
  /** The ids of the findings that `judge` returns, always all of them, in this order. */
  findings: readonly string[]
  /** What the target's init must read for it, beside what it always reports. */
  wants: readonly FactRequest[]
  /** Kernel config symbols that it looks at, without CONFIG_. */
  config: readonly string[]
  judge(seen: Seen): Finding[]
}

import type { Finding, Outcome } from '../finding.ts'
import type { FactRequest } from '../records/fact-request.ts'
import type { Seen } from './seen.ts'

/** A finding that hyplab can make: an interface, so an id is never given another meaning, and outcomes are only added. */
export interface FindingKind {
  /** `<group>.<name>`, also the title of its section in docs/findings.md. */
  id: string
  /** One line: the question that it answers. */
  asks: string
  /** What it can come to. */
  outcomes: readonly Outcome[]
  /** The first version of the probes (`probesVersion`) that has it. */
  since: number
}

/** A group of findings that are derived together. Pure: the same showing gives the same findings. */
export interface Probe {
  /** The part of the findings' ids before the dot, and the name by which a plan asks for it. */
  group: string
  /** The findings that `judge` returns, always all of them, in this order. */
  findings: readonly FindingKind[]
  /** What the target's init must read for it, beside what it always reports. */
  wants: readonly FactRequest[]
  /** Kernel config symbols that it looks at, without CONFIG_. */
  config: readonly string[]
  judge(seen: Seen): Finding[]
}

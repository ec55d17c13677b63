import type { HostView } from './attempt.ts'
import type { Finding } from './finding.ts'
import type { FaultKind } from './signatures/signature.ts'

/**
 * How long, in seconds, a target may stand still before that is written down: busy hosts stop a target for parts of a
 * second, and no kernel takes offence at less than the 2 s of a shortened watchdog.
 */
export const noticedStandstill = 2
/** From so many seconds on an attempt says nothing of the kernel any more, whatever it said. */
export const longestStandstill = 10

/** Reports of a kernel that looked at its clock, which went on while the target did not: not one of them is evidence then. */
const clockFaults: ReadonlySet<FaultKind> = new Set([
  'rcu-stall',
  'soft-lockup',
  'hard-lockup',
  'hung-task',
  'workqueue-stall',
])

/**
 * Takes how the host saw an attempt and its findings; returns the kernel's report that the standstill may have made, or
 * undefined. A kernel that panics on such a report panics by the clock, too.
 */
export function madeByStandstill({ stoodStill }: HostView, findings: readonly Finding[]): Finding | undefined {
  if (stoodStill === undefined) return undefined
  return findings.find(
    ({ id, outcome, facts }) =>
      id === 'fault.kernel' && outcome === 'fail' && clockFaults.has(facts['kind'] as FaultKind),
  )
}

/** Takes how the host saw an attempt; returns whether the target stood still for so long that nothing of it counts. */
export function stoodTooLong({ stoodStill }: HostView): boolean {
  return stoodStill !== undefined && stoodStill >= longestStandstill
}

/** One sentence about a standstill of so many seconds. */
export function standstillSentence(seconds: number): string {
  return `The target, or the worker that watches it, stood still for ${Math.round(seconds)} s while its clock went on.`
}

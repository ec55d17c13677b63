import type { Sighting } from '../../signatures/sighting.ts'
import type { RecordOf, Seen } from '../seen.ts'
import { takeoverOf } from '../kvm-mode.ts'

/** What our probe module's own calls say where there is no trace. */
export interface Asked {
  /** The line that says that a protected mode came up. */
  takeover: Sighting
  /** Calls that were made after it, before any FFA_VERSION of the probe's own. */
  calls: RecordOf<'ffa-call'>[]
}

/** Undefined where no line says that pKVM took over, or no call was made after it. */
export function askedAfterTakeover(seen: Seen): Asked | undefined {
  const takeover = takeoverOf(seen)
  if (!takeover) return undefined
  const all = seen.records('ffa-call')
  const healed = all.findIndex(({ body }) => body.name === 'FFA_VERSION')
  const { at = 0 } = takeover
  const calls = (healed < 0 ? all : all.slice(0, healed)).filter(({ body }) => body.at > at)
  return calls.length > 0 ? { takeover: takeover.mode, calls } : undefined
}

/** The call of that function that was answered last. */
export function lastCall({ calls }: Asked, name: string): RecordOf<'ffa-call'> | undefined {
  return calls.findLast(({ body }) => body.name === name)
}

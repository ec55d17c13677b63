import { LabError } from '../domain/errors.ts'
import { holdsLease, renewLease } from '../store/leases.ts'
import type { HeldPlace } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import type { Deps } from './deps.ts'

/**
 * For how long a place stays an attempt's when nobody renews its lease: long enough for a server that is away for a moment
 * between two steps, short enough for those who wait behind a worker that has died.
 */
export const leaseMs = 120_000
const renewMs = 10_000
const beatMs = 1_000

/**
 * Works on a place, with heartbeats, and renews its lease meanwhile. When the lease is lost, the work is aborted.
 * @throws LabError StaleFence when the lease is over
 */
export async function whileHolding<Details, Result>(
  deps: Pick<Deps, 'store'>,
  held: HeldPlace,
  first: Details,
  work: (report: (details: Details) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  await renewLease(deps.store, held, Date.now() + leaseMs)
  const lost = new AbortController()
  const renew = (): void =>
    void renewLease(deps.store, held, Date.now() + leaseMs).catch((error: unknown) => {
      // A database that cannot be written for a moment takes no lease away.
      if (error instanceof LabError && error.code === 'StaleFence') lost.abort(error)
    })
  const timer = setInterval(renew, renewMs)
  try {
    return await whileBeating(beatMs, first, (report, signal) => work(report, AbortSignal.any([signal, lost.signal])))
  } finally {
    clearInterval(timer)
  }
}

/**
 * Whether a place may be commanded: asked before each command, so that who comes late with an old fence switches nothing.
 * @throws LabError StaleFence
 */
export async function requireLease({ store }: Pick<Deps, 'store'>, held: HeldPlace): Promise<void> {
  if (await holdsLease(store, held)) return
  throw new LabError('StaleFence', `The lease ${held.fence} of ${held.place} is over: its power is no longer ours.`)
}

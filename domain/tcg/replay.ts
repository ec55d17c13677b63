import { digest as hash, bankNamed } from '../digest/bank.ts'
import type { EventLog, TcgEvent } from './event-log.ts'
import { noAction } from './event-types.ts'

/** A PCR as a log says that it came to be. */
export interface Replay {
  bank: string
  pcr: number
  /** Before the first event. */
  start: Uint8Array
  /** Each event that extends it, with the digest for this bank and the value after it. */
  steps: { event: TcgEvent; digest: Uint8Array; value: Uint8Array }[]
  /** After the last event. */
  value: Uint8Array
}

/**
 * Replays a log: for each bank that we can compute and each PCR that has an event, in the log's order of banks and by
 * PCR. A PCR is left out of a bank when one of its events has no digest for it.
 */
export function replayEventLog(log: EventLog): Replay[] {
  const replays: Replay[] = []
  for (const bank of log.banks) {
    const size = bankNamed(bank)?.size
    if (size === undefined) continue
    const byPcr = new Map<number, TcgEvent[]>()
    for (const event of log.events) {
      if (event.type === noAction) continue
      const same = byPcr.get(event.pcr)
      if (same) same.push(event)
      else byPcr.set(event.pcr, [event])
    }
    for (const [pcr, events] of [...byPcr].sort(([a], [b]) => a - b)) {
      const digests = events.map((event) => event.digests.find((each) => each.bank === bank)?.digest)
      if (digests.every((each) => each !== undefined))
        replays.push(replay(bank, pcr, startOf(log, pcr, size), events, digests))
    }
  }
  return replays
}

/** Extends a PCR that starts as `start` with digests, one for each event. */
function replay(bank: string, pcr: number, start: Uint8Array, events: TcgEvent[], digests: Uint8Array[]): Replay {
  let value = start
  const steps = events.map((event, n) => {
    const digest = digests[n] ?? new Uint8Array()
    value = hash(bank, value, digest) ?? value
    return { event, digest, value }
  })
  return { bank, pcr, start, steps, value }
}

/** What a PCR comes to when it starts so and is extended with these digests. */
export function extendAll(bank: string, start: Uint8Array, digests: readonly Uint8Array[]): Uint8Array {
  return digests.reduce((value, each) => hash(bank, value, each) ?? value, start)
}

/** PCR 0 after TPM2_Startup from a locality ends in that number, and in 4 after an H-CRTM (TPM 2.0 Library part 1, 34.3). */
function startOf(log: EventLog, pcr: number, size: number): Uint8Array {
  const hcrtm = log.events.some(({ typeName }) => typeName === 'EV_EFI_HCRTM_EVENT')
  return pcr === 0 ? startedFrom(log.startupLocality ?? (hcrtm ? 4 : 0), size) : new Uint8Array(size)
}

/** PCR 0 as TPM2_Startup from a locality leaves it. */
export function startedFrom(locality: number, size: number): Uint8Array {
  const start = new Uint8Array(size)
  start[size - 1] = locality
  return start
}

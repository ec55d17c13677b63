import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../../domain/errors.ts'
import type { OutletMemory } from './pdu-memory.ts'
import type { Outlet, OutletState, Switched } from './power.ts'

/** A command whose answer was lost may be obeyed for so long, milliseconds; then it was lost itself. */
const lateMs = 10_000
/** Between two questions to an outlet that is not yet as it was told to be, milliseconds. */
const askAgainMs = 250
/** No driver takes longer to give up, milliseconds. */
const mostMs = 90_000

export interface SwitchParts {
  pdu: string
  outlet: string
  driver: Outlet
  /** Seconds. */
  patience: number
}

/**
 * Sends a command and sees what became of it, while nobody else speaks to the PDU. Once the command is out, an abort ends
 * this only after its answer: whoever switches off then finds nothing in flight.
 * @param mine the command is written there, and kept, before it is sent, for this process may end before the answer
 * @throws LabError PlaceBroken when the PDU refuses, gives no answer, or says something else in the end
 */
export async function commandOutletTo(
  to: 'on' | 'off',
  parts: SwitchParts,
  mine: OutletMemory,
  keep: () => Promise<void>,
  signal: AbortSignal,
): Promise<Switched> {
  const { driver, outlet } = parts
  signal.throwIfAborted()
  const before = mine.unanswered
  const remarks: string[] = []
  let at = Date.now()
  const remember = async (unanswered: OutletMemory['unanswered']): Promise<void> => {
    mine.unanswered = unanswered
    await keep()
  }
  const send = async (): Promise<LabError | undefined> => {
    at = Date.now()
    await remember({ to, at })
    const lost = await answerLost(parts, to).catch(async (refused: unknown) => {
      await remember(before)
      throw refused
    })
    // A lost one may still come: from now on, for it was waited for until now. An on before this stays in doubt.
    await remember(lost === undefined ? before : { to, at: Date.now() })
    signal.throwIfAborted()
    return lost
  }

  const lost = await send()
  if (!driver.readsBack) {
    if (lost) throw lost
    return { read: 'unread', at, remarks }
  }
  if (lost) remarks.push(`${lost.message} It was asked what it did.`)
  // An on whose answer nobody had may still come, after our off.
  const late = to === 'off' && before?.to === 'on' ? Math.min(before.at, Date.now()) + lateMs : 0
  let said = await readUntil(to, parts, late, signal)
  if (said !== to && (lost !== undefined || to === 'off')) {
    remarks.push(`PDU ${parts.pdu} said ${said} of outlet ${outlet} after it was told ${to}; it was told once more.`)
    await send()
    said = await readUntil(to, parts, 0, signal)
  }
  if (said !== to) {
    const why = lost === undefined ? '' : ` (${lost.message})`
    const sentence = `PDU ${parts.pdu} says ${said} of outlet ${outlet}, which was told ${to}${why}.`
    throw new LabError('PlaceBroken', sentence, { retryable: true })
  }
  await remember(undefined)
  return { read: to, at, remarks }
}

/**
 * Sends once. The caller's abort does not reach it: half a request is one of which nobody knows what became.
 * @returns why there was no answer; undefined when there was
 * @throws LabError PlaceBroken when the PDU refused
 */
async function answerLost({ driver, pdu }: SwitchParts, to: 'on' | 'off'): Promise<LabError | undefined> {
  const limit = AbortSignal.timeout(mostMs)
  try {
    await driver.set(to, limit)
    return undefined
  } catch (error) {
    if (error instanceof LabError && error.retryable) return error
    if (error === limit.reason)
      return new LabError('PlaceBroken', `PDU ${pdu} gave no answer in ${mostMs / 1000} s.`, { retryable: true })
    throw error
  }
}

/**
 * Asks until the outlet says what it was told to be, and still says so at the time `hold`.
 * @param hold milliseconds of this host's clock
 * @returns what it said last
 * @throws LabError PlaceBroken when it said nothing that could be understood for as long as its patience lasts
 */
async function readUntil(
  wanted: OutletState,
  { driver, patience }: SwitchParts,
  hold: number,
  signal: AbortSignal,
): Promise<OutletState> {
  const end = performance.now() + patience * 1000
  let was = false
  for (;;) {
    const said = await driver.state(signal).catch((error: unknown) => {
      if (error instanceof LabError) return error
      throw error
    })
    if (said === wanted && Date.now() >= hold) return said
    // One that had obeyed and changed again will not change back by waiting.
    if (was && said !== wanted && !(said instanceof LabError)) return said
    was ||= said === wanted
    if (performance.now() >= end && said !== wanted) {
      if (said instanceof LabError) throw said
      return said
    }
    await delay(askAgainMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

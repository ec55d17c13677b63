import { isEqual, isFilled } from '../bytes/bytes.ts'
import { bankNamed } from '../digest/bank.ts'
import type { EventLog, TcgEvent } from './event-log.ts'
import { recomputedDigests } from './measured-data.ts'
import type { Pcrs } from './pcrs.ts'
import { extendAll, replayEventLog, startedFrom, type Replay } from './replay.ts'

/** How a PCR and the log differ. */
export type Difference =
  /** The PCR fits when this event has the digest that its data has: the log was changed, or wrote down another digest. */
  | 'wrong-digest'
  /** The PCR fits when the events from this one on are left out: they were logged, never extended. */
  | 'logged-only'
  /** The PCR fits when this one event is left out. */
  | 'one-logged-only'
  /** PCR 0 fits when it starts with another locality than the log says. */
  | 'locality'
  /** The PCR has a value and the log no event for it. */
  | 'not-logged'
  /** Nothing that we try makes it fit. */
  | 'unexplained'

/** One PCR held against the log. */
export interface PcrCheck {
  bank: string
  pcr: number
  read: Uint8Array
  /** What the log makes of it; absent where it has no event for this PCR. */
  replayed?: Uint8Array
  /** Absent where both agree. */
  differs?: { how: Difference; event?: TcgEvent; locality?: number }
}

/** PCRs that only firmware and boot loaders extend; others go on to change when the OS runs (10 by IMA, 11 to 15 by systemd). */
export const firmwarePcrs: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

/** More events in one PCR are not tried one by one: the work grows with their square. */
const triedOneByOne = 300

/**
 * Holds a log against PCRs that were read: every PCR of every bank that both have, and the firmware's PCRs (0 to 9) that
 * have a value and no event. In the order of banks and PCRs. Banks that we do not know are left out.
 */
export function checkEventLog(log: EventLog, pcrs: Pcrs): PcrCheck[] {
  const replays = replayEventLog(log)
  const checks: PcrCheck[] = []
  for (const bank of log.banks) {
    if (!bankNamed(bank)) continue
    for (const [pcr, read] of [...(pcrs.get(bank) ?? [])].sort(([a], [b]) => a - b)) {
      const replay = replays.find((each) => each.bank === bank && each.pcr === pcr)
      if (replay) checks.push({ bank, pcr, read, replayed: replay.value, ...differenceOf(replay, read) })
      else if (isUnlogged(log, pcr, read)) checks.push({ bank, pcr, read, differs: { how: 'not-logged' } })
    }
  }
  return checks
}

/** The first event, in the log's order, that does not fit a firmware PCR; undefined where none can be named. */
export function firstMisfit(checks: readonly PcrCheck[]): PcrCheck | undefined {
  return checks
    .filter(({ pcr, differs }) => firmwarePcrs.includes(pcr) && differs?.event)
    .toSorted((a, b) => (a.differs?.event?.index ?? 0) - (b.differs?.event?.index ?? 0))[0]
}

function isUnlogged(log: EventLog, pcr: number, read: Uint8Array): boolean {
  return firmwarePcrs.includes(pcr) && !isFilled(read, 0) && !log.events.some((event) => event.pcr === pcr)
}

function differenceOf(replay: Replay, read: Uint8Array): Pick<PcrCheck, 'differs'> {
  if (isEqual(replay.value, read)) return {}
  return {
    differs: wrongDigest(replay, read) ?? locality(replay, read) ?? loggedOnly(replay, read) ?? unexplained(replay),
  }
}

function wrongDigest({ bank, start, steps }: Replay, read: Uint8Array): PcrCheck['differs'] {
  const digests = steps.map(({ digest }) => digest)
  for (const [n, { event, digest }] of steps.slice(0, triedOneByOne).entries()) {
    const possible = recomputedDigests(event, bank) ?? []
    if (possible.some((each) => isEqual(each, digest))) continue
    if (possible.some((each) => isEqual(extendAll(bank, start, digests.with(n, each)), read)))
      return { how: 'wrong-digest', event }
  }
  return undefined
}

function locality({ bank, pcr, start, steps }: Replay, read: Uint8Array): PcrCheck['differs'] {
  if (pcr !== 0) return undefined
  const digests = steps.map(({ digest }) => digest)
  const found = [0, 1, 2, 3, 4].find((each) => isEqual(extendAll(bank, startedFrom(each, start.length), digests), read))
  return found === undefined ? undefined : { how: 'locality', locality: found }
}

function loggedOnly({ bank, start, steps }: Replay, read: Uint8Array): PcrCheck['differs'] {
  const before = [start, ...steps.map(({ value }) => value)].findIndex((value) => isEqual(value, read))
  const next = steps[before]
  if (before >= 0 && next) return { how: 'logged-only', event: next.event }
  const digests = steps.map(({ digest }) => digest)
  const one =
    steps.length <= triedOneByOne
      ? steps.find((_, n) => isEqual(extendAll(bank, start, digests.toSpliced(n, 1)), read))
      : undefined
  return one ? { how: 'one-logged-only', event: one.event } : undefined
}

/** Of the events in question one that contradicts its own data is the best guess at the culprit; without one there is none. */
function unexplained({ bank, steps }: Replay): NonNullable<PcrCheck['differs']> {
  const suspect = steps.find(({ event, digest }) => {
    const possible = recomputedDigests(event, bank)
    return possible !== undefined && !possible.some((each) => isEqual(each, digest))
  })
  return suspect ? { how: 'unexplained', event: suspect.event } : { how: 'unexplained' }
}

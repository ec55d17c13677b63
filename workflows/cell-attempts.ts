import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow'
import { ApplicationFailure } from '@temporalio/common'
import type { Activities } from '../activities/registry.ts'
import type { ErrorCode } from '../domain/errors.ts'
import { queues } from '../domain/naming.ts'
import { counts } from '../domain/verdict/counts.ts'
import type { Verdict } from '../domain/verdict/verdict.ts'
import { beginHold } from './begin-hold.ts'
import type { AttemptResult, AttemptTask, CellResult, CellTask, LeasedAttempt } from './contracts.ts'
import { awaitingBuild, awaitingRoom, bookkeeping, booting, closing } from './options.ts'
import { leasedAttempts, type SharedPlace } from './leased-attempt.ts'
import { endedByItsWorker, reasonOf } from './reason-of.ts'

const { rebuild } = proxyActivities<Pick<Activities, 'rebuild'>>(awaitingBuild)
const { awaitRoom } = proxyActivities<Pick<Activities, 'awaitRoom'>>(awaitingRoom)
const { judgeCell, isCellSettled } = proxyLocalActivities<Pick<Activities, 'judgeCell' | 'isCellSettled'>>(bookkeeping)

/** The attempts of a cell, made one by one until enough of them count or infrastructure broke too often. */
export interface CellAttempts {
  /** Makes one. @returns whether it counts, and whether another is wanted behind it */
  next: () => Promise<{ counts: boolean; more: boolean }>
  /** Judges the cell, and resolves when its last place has been put away. */
  end: () => Promise<CellResult>
}

/** @param pair the place that the cell shares with those that it takes turns with */
export function cellAttempts(task: CellTask, pair?: SharedPlace): CellAttempts {
  let verdict: Verdict | undefined
  /** The board of the last attempt is kept where the cell does not come out as the plan says. */
  const keep = async (attempt: LeasedAttempt, { ending }: AttemptResult): Promise<boolean> => {
    if (!task.hold || !counts(ending) || !(await isLast())) return false
    verdict = await judgeCell({ run: task.run, cell: task.number })
    if (asExpected.has(verdict)) return false
    await beginHold(task, attempt)
    return true
  }
  /** Whether no other attempt is made after one that counts and has just ended. */
  const isLast = async (): Promise<boolean> =>
    counted + 1 >= task.count ||
    // Stories of before began without that question.
    (task.until !== undefined &&
      patched('kept-when-settled') &&
      (await isCellSettled({ run: task.run, cell: task.number })))
  const leased = task.leased ? leasedAttempts(task, keep, pair) : undefined
  const bootNow =
    leased?.make ??
    proxyActivities<Pick<Activities, 'bootAttempt'>>(booting(queues.host(task.lab, task.host))).bootAttempt
  /** An attempt for which there was no room has not begun, and is no attempt yet. */
  const boot = async (which: AttemptTask): Promise<AttemptResult> => {
    for (;;) {
      try {
        return await bootNow(which)
      } catch (error) {
        if (!isOfType(error, noRoom)) throw error
        await awaitRoom(which)
      }
    }
  }
  const { closeLostAttempt } = proxyActivities<Pick<Activities, 'closeLostAttempt'>>(
    closing(queues.closing(task.lab, task.host)),
  )
  const attempt = async (number: number): Promise<AttemptResult & { broke?: unknown }> => {
    const which = { run: task.run, cell: task.number, attempt: number }
    try {
      return await boot(which)
    } catch (error) {
      const lost = { ...which, reason: reasonOf(error) }
      // Also on cancel: the attempt's row must not stay open, whether or not its worker lived to close it.
      const closed = await CancellationScope.nonCancellable(() => closeLostAttempt(lost))
      if (isCancellation(error)) throw error
      return { ...closed, broke: error }
    }
  }
  let counted = 0
  let broken = 0
  let rebuilt = 0
  const most = Math.max(task.count, task.confirm ?? 0)
  /** Whether nothing more need be tried, although more may be. */
  const settled = async () =>
    (task.until !== undefined || counted >= task.count) &&
    counted < most &&
    (await isCellSettled({ run: task.run, cell: task.number }))
  let number = task.first ?? 1
  /** @returns whether the attempt counts, and whether there is no use in another one */
  const one = async (): Promise<{ counts: boolean; over: boolean }> => {
    const { ending, broke } = await attempt(number++)
    if (counts(ending)) {
      counted++
      return { counts: true, over: (await settled()) || isHopeless(broke) }
    }
    if (!isDamage(broke) || rebuilt >= mostRebuilds) {
      broken++
      return { counts: false, over: isHopeless(broke) }
    }
    rebuilt++
    const builds = await rebuild({ run: task.run, cell: task.number, lab: task.lab })
    return { counts: false, over: builds.some(({ ok }) => !ok) || isHopeless(broke) }
  }
  const next = async () => {
    const made = await one()
    return { counts: made.counts, more: !made.over && counted < most && broken <= task.infra }
  }
  const end = async (): Promise<CellResult> => {
    try {
      verdict ??= await judgeCell({ run: task.run, cell: task.number })
      return { cell: task.number, verdict }
    } finally {
      await leased?.away()
    }
  }
  return { next, end }
}

/** Nobody has to look at a board for these. */
const asExpected: ReadonlySet<Verdict> = new Set(['pass', 'known-fail'])

/** A disk that damages what was just made again would have a cell build for ever. */
const mostRebuilds = 3

/** A file that the attempt was to boot is damaged or gone: no attempt was spent on it, and its build is made again. */
function isDamage(error: unknown): boolean {
  return isOfType(error, damaged)
}

function isOfType(error: unknown, code: ErrorCode): boolean {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === code
}

const damaged: ErrorCode = 'ArtifactDamaged'
const brokenPlace: ErrorCode = 'PlaceBroken'
const noRoom: ErrorCode = 'NoRoom'

/** Nothing that another attempt would find changed: a module that was not built, a target that cannot be. */
function isHopeless(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.nonRetryable === true &&
    // Another place of the class may be sound, and this one may be mended meanwhile.
    error.cause.type !== brokenPlace &&
    !endedByItsWorker(error.cause)
  )
}

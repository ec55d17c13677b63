import type { ActivityOptions, LocalActivityOptions } from '@temporalio/common'

/**
 * Reading and writing rows: retried until the disk or the database is back. In the way of a boot they are local
 * activities, done within the workflow task: that saves two trips to the server each, some 60 ms.
 */
export const bookkeeping: Pick<ActivityOptions & LocalActivityOptions, 'startToCloseTimeout' | 'retry'> = {
  startToCloseTimeout: '1 minute',
  retry: {
    initialInterval: '200ms',
    maximumInterval: '10s',
    nonRetryableErrorTypes: ['PlanInvalid', 'BadInput', 'SourceMissing'],
  },
}

/** Reading a plan and writing its run: what is wrong with a plan no time mends. */
export const beginning: ActivityOptions = {
  ...bookkeeping,
  retry: {
    ...bookkeeping.retry,
    nonRetryableErrorTypes: ['PlanInvalid', 'LabInvalid', 'BadInput', 'NotFound'],
  },
}

/**
 * A cancelled step has ended, and put away what it held, before its story goes on. To be said: the SDK's documents call it
 * the default, but without it 1.24 sends TRY_CANCEL.
 */
const cancellable = { cancellationType: 'WAIT_CANCELLATION_COMPLETED' } as const

/** Closing a lost attempt: on the host of its place, which alone can power it off and has its files. */
export function closing(taskQueue: string): ActivityOptions {
  return { ...bookkeeping, startToCloseTimeout: '5 minutes', taskQueue }
}

/**
 * Naming the builds of a run: an instant when each source has one known hash, but one that has none must be fetched
 * before it can be named.
 */
export const naming: ActivityOptions = {
  ...cancellable,
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '1s', maximumAttempts: 5 },
}

/**
 * A build: long, heartbeating, repeated where it was when a worker died. What the compiler says is a result and never
 * arrives here, and neither does what repeating cannot mend: an error says so itself, for a server that cannot be reached
 * and one that has no such file are both a missing source.
 */
export const building: ActivityOptions = {
  ...cancellable,
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '1s', maximumAttempts: 5 },
}

/** Waiting for a build that another run may have started: ends when the build does. */
export const awaitingBuild: ActivityOptions = {
  ...cancellable,
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '1s', nonRetryableErrorTypes: ['BadInput'] },
}

/** Waiting until there is room on the disk, perhaps until somebody comes to make some. */
export const awaitingRoom: ActivityOptions = { ...awaitingBuild, startToCloseTimeout: '30 days' }

/** Waiting for a place of a lab, which others may have for hours. */
export function leasing(taskQueue: string): ActivityOptions {
  return { ...awaitingBuild, taskQueue }
}

/** Keeping a board for its owner until the time is up, perhaps for days. */
export function holding(taskQueue: string): ActivityOptions {
  return { ...awaitingBuild, startToCloseTimeout: '30 days', taskQueue }
}

/** Putting kernel and initrd onto a board: never retried by the server, as with a boot. */
export function flashing(taskQueue: string): ActivityOptions {
  return { ...booting(taskQueue), startToCloseTimeout: '30 minutes' }
}

/** Switching a place off, and giving it back: again and again, for a board that is left on is nobody's. */
export function puttingAway(taskQueue: string): ActivityOptions {
  return {
    taskQueue,
    startToCloseTimeout: '2 minutes',
    retry: { initialInterval: '1s', maximumInterval: '10s', maximumAttempts: 5 },
  }
}

/**
 * One attempt on a place. Never retried by the server: a lost attempt is closed and counted by the cell, and the next
 * one has the next number, which is the fence that stops the first if it still runs.
 */
export function booting(taskQueue: string): ActivityOptions {
  return {
    ...cancellable,
    taskQueue,
    startToCloseTimeout: '3 hours',
    heartbeatTimeout: '10s',
    retry: { maximumAttempts: 1 },
  }
}

/** Deciding what is told of a night, again and again while the schedule's file is wrong: somebody may just be writing it. */
export const planningTelling: ActivityOptions = {
  startToCloseTimeout: '15 minutes',
  scheduleToCloseTimeout: '20 hours',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '2s', maximumInterval: '10 minutes' },
}

/** Sending a message: until the next night comes, which has its own. What no time mends, the step says itself. */
export const delivering: ActivityOptions = {
  startToCloseTimeout: '15 minutes',
  scheduleToCloseTimeout: '20 hours',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '10s', maximumInterval: '30 minutes' },
}

/** Sending a test: somebody waits and reads what comes of it. */
export const testingTelling: ActivityOptions = {
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 1 },
}

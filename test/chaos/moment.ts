import { setTimeout as delay } from 'node:timers/promises'
import { followRun, type Happened } from '../../cli/follow.ts'
import type { Stage } from '../../domain/stage.ts'
import type { Store } from '../../store/store.ts'
import type { Moment } from './disturbance.ts'

/** What an undisturbed run and its boots take, seconds; shares of them make moments. */
export interface Pace {
  run: number
  boot: number
}

/** In its first seconds a command starts a service, writes its run and has it started. */
const commandSeconds = 2

/**
 * Waits for the moment.
 * @param run its number, once it is known; undefined when there will be none
 * @param over aborted when the run has ended
 * @returns false when the run was over first
 */
export async function awaitMoment(
  store: Store,
  moment: Moment,
  run: Promise<number | undefined>,
  pace: Pace,
  over: AbortSignal,
): Promise<boolean> {
  try {
    if (moment.from === 'command') await delay(moment.share * commandSeconds * 1000, undefined, { signal: over })
    else {
      const number = await run
      if (number === undefined) return false
      if (moment.from === 'stage' && !(await reached(store, number, moment, over))) return false
      const whole = moment.from === 'stage' ? pace.boot : pace.run
      await delay(moment.share * whole * 1000, undefined, { signal: over })
    }
    return true
  } catch (error) {
    if (over.aborted) return false
    throw error
  }
}

async function reached(
  store: Store,
  run: number,
  { stage, nth }: Moment & { from: 'stage' },
  over: AbortSignal,
): Promise<boolean> {
  let before = 0
  for await (const event of followRun(store, run, over)) if (begins(event, stage) && before++ === nth) return true
  return false
}

function begins(event: Happened, stage: Stage): boolean {
  return stage === 'power' ? event.kind === 'attempt-started' : event.kind === 'stage' && event.data.stage === stage
}

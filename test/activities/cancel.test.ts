/** When an attempt is judged to its end, and when somebody else does that. */
import { ActivityCancellationDetails } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { unlessWanted } from '../../activities/cancel.ts'

/** What a step's signal for judging says when the step is cut off while it judges. */
async function whileJudging(details: Partial<Record<'cancelRequested' | 'workerShutdown' | 'timedOut', boolean>>) {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })
  return (await environment.run(async () => {
    const judging = unlessWanted(environment.context.cancellationSignal)
    environment.cancel('CANCELLED', new ActivityCancellationDetails(details))
    return judging?.aborted
  })) as boolean | undefined
}

it('an attempt that somebody cancels while it is judged is judged to the end', async () => {
  expect(await whileJudging({ cancelRequested: true })).toBe(false)
})

it('one whose worker is stopped, or that the server has given up, is left to who closes it', async () => {
  expect(await whileJudging({ workerShutdown: true })).toBe(true)
  expect(await whileJudging({ timedOut: true })).toBe(true)
})

it('one that ended by being cut off is judged, for that is how it ended', async () => {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })
  const judging = environment.run(async () => {
    environment.cancel('CANCELLED', new ActivityCancellationDetails({ workerShutdown: true }))
    return unlessWanted(environment.context.cancellationSignal)
  })
  expect(await judging).toBeUndefined()
})

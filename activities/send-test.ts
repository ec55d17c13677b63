import { randomBytes } from 'node:crypto'
import { LabError } from '../domain/errors.ts'
import { readScheduleAlone } from '../reading/read-schedule.ts'
import { wordTest } from '../reports/word-test.ts'
import { deliverMessage } from '../telling/deliver-message.ts'
import type { TestTold } from '../workflows/night-contracts.ts'
import { whileBeating } from './beat.ts'

/** How often the server hears that a test is under way, milliseconds. */
const beatMs = 2_000

/**
 * Sends a message of no meaning to each place that a schedule tells, from here, where a night's would be sent from, with the
 * environment that it would have.
 * @throws LabError PlanInvalid, BadInput when the schedule's file cannot be read
 */
export async function sendTest({ file }: { file: string }): Promise<TestTold[]> {
  const { schedule } = readScheduleAlone(file)
  return await whileBeating(beatMs, undefined, async (_report, signal) => {
    const told: TestTold[] = []
    for (const { key, to } of schedule.tell) {
      const message = { ...wordTest(schedule.name, file), id: randomBytes(16).toString('hex'), schedule: schedule.name }
      const sent = await deliverMessage({ ...message, written: Date.now() }, to, signal).then(
        (answer) => ({ ok: true, answer }),
        (error: unknown) => {
          if (error instanceof LabError) return { ok: false, answer: error.message }
          throw error
        },
      )
      told.push({ target: key, ...sent })
    }
    return told
  })
}

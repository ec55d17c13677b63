import { existsSync } from 'node:fs'
import { LabError } from '../domain/errors.ts'
import { readScheduleAlone } from '../reading/read-schedule.ts'
import { noteSent, noteTry, readDelivery } from '../store/deliveries.ts'
import { listSchedules } from '../store/schedules.ts'
import { deliverMessage } from '../telling/deliver-message.ts'
import { whileBeating } from './beat.ts'
import type { Deps } from './deps.ts'
import { waitingForFile } from './waiting-for-file.ts'

/** How often the server hears that a delivery is under way, milliseconds. */
const beatMs = 2_000

/**
 * Sends a message to its place, as the schedule's file says now how it is reached. One that was sent is not sent again: only
 * who is killed between the other side's yes and the note of it sends twice, with the same id.
 * @throws LabError NotDelivered when it did not get there, retryable when it may later; what reading the schedule throws
 */
export async function deliver({ store }: Deps, { id }: { id: string }): Promise<void> {
  const { message, target, state } = await readDelivery(store, id)
  if (state !== 'waiting') return
  const file = (await listSchedules(store)).find(({ name }) => name === message.schedule)?.file
  try {
    if (file === undefined || !existsSync(file))
      throw new LabError(
        'NotDelivered',
        `The schedule ${message.schedule} is gone, and with it how ${target} is reached.`,
      )
    const telling = waitingForFile(() => readScheduleAlone(file)).schedule.tell.find(({ key }) => key === target)
    if (!telling) throw new LabError('NotDelivered', `${file} does not name ${target} any longer.`)
    const answer = await whileBeating(beatMs, undefined, (_report, signal) =>
      deliverMessage(message, telling.to, signal),
    )
    await noteSent(store, id, answer)
  } catch (error) {
    if (error instanceof LabError) await noteTry(store, id, error.message)
    throw error
  }
}

import type { Command } from 'commander'
import { deliveriesOf } from '../../store/deliveries.ts'
import { listNights, type Night } from '../../store/nights.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { moment, nightInWords } from '../schedules/show-schedules.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'
import { wholeNumber } from './list.ts'

/** `nights [SCHEDULE]`: what the schedules came to, newest first. */
export function defineNights(command: Command, context: () => Context): void {
  command
    .option('-n, --number <count>', 'how many', wholeNumber, 20)
    .action(async (schedule: string | undefined, { number }: { number: number }) => {
      const { folders, json, paint, print, printJson, talk } = context()
      await withStore(folders, async (store) => {
        const nights = await listNights(store, schedule, number)
        if (json)
          return printJson({
            schemaVersion: 1,
            nights: await Promise.all(nights.map((night) => withTold(store, night))),
          })
        if (nights.length === 0) {
          process.exitCode = exitCodes.nothing
          return talk('No nights yet: `hyplab schedule apply` plans some, `hyplab schedule trigger NAME` begins one.')
        }
        const rows = await Promise.all(
          nights.map(async (night) => [
            moment(night.due, 'UTC'),
            night.schedule,
            (await nightInWords(store, night)) + (await untoldInWords(store, night)),
          ]),
        )
        print(table([['due', 'schedule', 'what became of it'].map(paint.dim), ...rows]))
      })
    })
}

/** Whom a night's messages did not reach, or not yet, and why. */
async function untoldInWords(store: Store, { id }: Night): Promise<string> {
  const untold = (await deliveriesOf(store, id)).filter(({ state }) => state !== 'sent')
  return untold
    .map(({ target, state, answer }) => {
      const yet = state === 'waiting' ? 'not told yet' : 'not told'
      return ` (${yet}: ${target}${answer === null ? '' : `: ${answer}`})`
    })
    .join('')
}

async function withTold(store: Store, night: Night): Promise<object> {
  const told = (await deliveriesOf(store, night.id)).map(({ message, target, state, answer }) => ({
    id: message.id,
    target,
    subject: message.subject,
    state,
    answer,
  }))
  return { ...night, told }
}

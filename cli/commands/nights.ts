import type { Command } from 'commander'
import { listNights } from '../../store/nights.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { moment, nightInWords } from '../schedules/show-schedules.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'
import { wholeNumber } from './list.ts'

/** `nights [SCHEDULE]`: what the schedules came to, newest first. */
export function addNightsCommand(program: Command, context: () => Context): void {
  program
    .command('nights [schedule]')
    .description('list the newest nights of a schedule, or of all, newest first')
    .option('-n, --number <count>', 'how many', wholeNumber, 20)
    .action(async (schedule: string | undefined, { number }: { number: number }) => {
      const { folders, json, paint, print, printJson, talk } = context()
      await withStore(folders, async (store) => {
        const nights = await listNights(store, schedule, number)
        if (json) return printJson({ schemaVersion: 1, nights })
        if (nights.length === 0) {
          process.exitCode = exitCodes.nothing
          return talk('No nights yet: `hyplab schedule apply` plans some, `hyplab schedule trigger NAME` begins one.')
        }
        const rows = await Promise.all(
          nights.map(async (night) => [moment(night.due, 'UTC'), night.schedule, await nightInWords(store, night)]),
        )
        print(table([['due', 'schedule', 'what became of it'].map(paint.dim), ...rows]))
      })
    })
}

import type { Command } from 'commander'
import { scheduleJsonSchema } from '../../domain/schedule/schema.ts'
import type { Context } from '../context.ts'
import { wholeNumber } from './list.ts'

/** Loaded when one of them is used: they need the Temporal client. */
const actions = () => import('../schedules/actions.ts')

/** `schedule …`: plans that are run night after night. */
export function defineSchedule(schedule: Command, context: () => Context): void {
  schedule
    .command('apply [file...]')
    .description(
      'give schedules to the server as their files say, where that differs; all of schedules/ when none is named',
    )
    .action(async (files: string[]) => (await actions()).apply(context(), files))
  schedule
    .command('diff [file...]')
    .description('say what apply would do; exit code 1 when it would do something')
    .action(async (files: string[]) => (await actions()).diff(context(), files))
  schedule
    .command('list')
    .description('list the schedules: how they stand, when the next night is, what became of the last')
    .action(async () => (await actions()).list(context()))
  schedule
    .command('next <name>')
    .description('say when the next nights begin, and which hours of the year the clock is moved over')
    .option('-n, --number <count>', 'how many', wholeNumber, 5)
    .action(async (name: string, { number }: { number: number }) => (await actions()).next(context(), name, number))
  schedule
    .command('trigger <name>')
    .description('begin a night now')
    .option('-w, --watch', 'follow it to its end and exit with its code')
    .option('-q, --quiet', 'tell nobody of it')
    .action(async (name: string, options: { watch?: true; quiet?: true }) =>
      (await actions()).trigger(context(), name, options),
    )
  schedule
    .command('tell <name>')
    .description('say who is told of its nights, and what became of the last messages')
    .option('--test', 'send a test message to each of them; exit code 3 when one did not get there')
    .action(async (name: string, { test }: { test?: true }) => {
      const { showTelling, testTelling } = await import('../schedules/tell.ts')
      await (test ? testTelling(context(), name) : showTelling(context(), name))
    })
  schedule
    .command('pause <name>')
    .description('begin no more nights until it is resumed')
    .requiredOption('--why <text>', 'the reason, for whoever finds it paused')
    .action(async (name: string, { why }: { why: string }) => (await actions()).pause(context(), name, why))
  schedule
    .command('resume <name>')
    .description('begin nights again')
    .action(async (name: string) => (await actions()).resume(context(), name))
  schedule
    .command('backfill <name>')
    .description('run the nights of a span that has gone, one after the other')
    .requiredOption('--from <time>', 'its beginning, e.g. 2026-11-28T00:00Z')
    .requiredOption('--to <time>', 'its end')
    .action(async (name: string, { from, to }: { from: string; to: string }) =>
      (await actions()).backfill(context(), name, from, to),
    )
  schedule
    .command('remove <name>')
    .description('take a schedule from the server; its nights stay')
    .action(async (name: string) => (await actions()).remove(context(), name))
  schedule
    .command('schema')
    .description('print the JSON Schema of schedules, for editors')
    .action(() => context().printJson(scheduleJsonSchema()))
}

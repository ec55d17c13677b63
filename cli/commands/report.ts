import { existsSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import type { KnownIssue } from '../../domain/known/known-issue.ts'
import { compareNight } from '../../domain/night/compare-night.ts'
import { tellNight } from '../../domain/night/tell-night.ts'
import { readKnownFile } from '../../reading/read-known.ts'
import { readNight } from '../../reading/read-night.ts'
import { readScheduleFile } from '../../reading/read-schedule.ts'
import { nightText } from '../../reports/night-text.ts'
import { listSchedules } from '../../store/schedules.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { moment } from '../schedules/show-schedules.ts'
import { withStore } from '../with-store.ts'
import { wholeNumber } from './list.ts'

/** `report SCHEDULE`: what a night means, held against the nights before it. */
export function addReportCommand(program: Command, context: () => Context): void {
  program
    .command('report <schedule>')
    .description('tell what the newest night of a schedule means: what is new, fixed, failing since, unstable, known')
    .option('--night <id>', 'another night, by its number in `hyplab --json nights`', wholeNumber)
    .addOption(new Option('--format <format>', 'how it is told').choices(['text', 'json']).default('text'))
    .action(async (schedule: string, { night: id, format }: { night?: number; format: 'text' | 'json' }) => {
      const { folders, json, print, printJson, talk } = context()
      await withStore(folders, async (store) => {
        const read = await readNight(store, schedule, id)
        if (!read)
          throw new LabError('NotFound', `There is no such night of ${schedule}: \`hyplab nights\` lists them.`)
        const { issues, zone, owner } = await knownOf(store, schedule, talk)
        const { night, run, tonight, past, unchangedSince } = read
        const changes = compareNight(tonight, past)
        const story = tellNight(changes, issues, past, night.due)
        process.exitCode = story.red
          ? exitCodes.verdict
          : run === null || story.incomplete
            ? exitCodes.infra
            : exitCodes.ok
        if (json || format === 'json') return printJson({ schemaVersion: 1, night, unchangedSince, story })
        const summary = run?.summary ?? run?.state ?? ''
        print(nightText({ ...night, due: moment(night.due, zone), summary, owner, unchangedSince }, story))
      })
    })
}

/** What a schedule's file says of its reports: known issues, zone, owner; nothing when its file is not there any longer. */
async function knownOf(
  store: Store,
  name: string,
  talk: (text: string) => void,
): Promise<{ issues: KnownIssue[]; zone: string; owner: string | undefined }> {
  const file = (await listSchedules(store)).find((row) => row.name === name)?.file
  if (file === undefined || !existsSync(file)) {
    talk(`The file of ${name} is not there any longer: no known issues are taken into account.`)
    return { issues: [], zone: 'UTC', owner: undefined }
  }
  const { schedule } = await readScheduleFile(file)
  const issues = schedule.known === undefined ? [] : readKnownFile(schedule.known)
  return { issues, zone: schedule.when.zone, owner: schedule.owner }
}

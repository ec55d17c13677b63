import { existsSync } from 'node:fs'
import { InvalidArgumentError, type Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import type { Report } from '../../domain/report/report.ts'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import { readKnownFile } from '../../reading/read-known.ts'
import type { NightSettings } from '../../reading/read-report.ts'
import { readScheduleFile } from '../../reading/read-schedule.ts'
import { reportFormats, usualOrigin, type ReportFormat } from '../../reports/format-names.ts'
import { listSchedules } from '../../store/schedules.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { reportOf } from '../report-of.ts'
import { withStore } from '../with-store.ts'
import { writeOutput } from '../write-output.ts'
import { wholeNumber } from './list.ts'

interface Options {
  night?: number
  format: ReportFormat
  output?: string
  origin: string
}

/** `report RUN|SCHEDULE`: a run, or what a night means, for people, trackers and other people's programs. */
export function defineReport(command: Command, context: () => Context): void {
  command
    .option('--night <id>', 'another night, by its number in `hyplab --json nights`', wholeNumber)
    .option('--format <format>', `how it is told: ${reportFormats.join(', ')}`, formatOf, 'text')
    .option('-o, --output <file>', 'write it there, whole or not at all; to standard output when left out')
    .option('--origin <name>', "for kcidb: the CI system's name there; nothing is sent", originOf, usualOrigin)
    .action(async (what: string, { night, format, output, origin }: Options) => {
      const { folders, json, talk } = context()
      // Loaded here, because no other command needs them.
      const { readReport } = await import('../../reading/read-report.ts')
      const { renderReport } = await import('../../reports/formats.ts')
      const report = await withStore(folders, async (store) => {
        const of = await reportOf(store, what, night)
        return await readReport(store, of, (schedule) => settingsOf(store, schedule, talk), Date.now())
      })
      if (!report) throw new LabError('NotFound', `There is no such night of ${what}: \`hyplab nights\` lists them.`)
      const text = renderReport(report, json ? 'json' : format, origin)
      if (output !== undefined) {
        await writeOutput(output, text)
        talk(`Written: ${output}`)
      } else if (json) context().printJson(report)
      else context().print(text)
      process.exitCode = exitCodeOfReport(report)
    })
}

/** A night is judged by what is new in it; a run by itself by what the plan expects, as `hyplab run` does. */
function exitCodeOfReport({ story, run }: Report): number {
  if (story?.red) return exitCodes.verdict
  if (story) return run === null || story.incomplete ? exitCodes.infra : exitCodes.ok
  // One that goes on has no verdict yet.
  return run?.exitCode ?? exitCodes.infra
}

function formatOf(text: string): ReportFormat {
  const format = reportFormats.find((one) => one === text)
  if (format !== undefined) return format
  const hint = suggest(text, reportFormats)
  throw new InvalidArgumentError(`There is no such format: ${hint}${hint.endsWith('?') ? '' : '.'}`)
}

function originOf(text: string): string {
  if (!/^[a-z0-9_]+$/.test(text))
    throw new InvalidArgumentError('It must be of small letters, digits and underscores, as KCIDB has it.')
  return text
}

/** What a schedule's file says of its reports: known issues, zone, owner; nothing when its file is not there any longer. */
async function settingsOf(store: Store, name: string, talk: (text: string) => void): Promise<NightSettings> {
  const file = (await listSchedules(store)).find((row) => row.name === name)?.file
  if (file === undefined || !existsSync(file)) {
    talk(`The file of ${name} is not there any longer: no known issues are taken into account.`)
    return { issues: [], zone: 'UTC', owner: undefined }
  }
  const { schedule } = await readScheduleFile(file)
  const issues = schedule.known === undefined ? [] : readKnownFile(schedule.known)
  return { issues, zone: schedule.when.zone, owner: schedule.owner }
}

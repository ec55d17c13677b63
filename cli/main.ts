/** `hyplab`: reads the command line, runs one command, maps what went wrong to one sentence and an exit code. */
import { Command, CommanderError } from 'commander'
import { LabError } from '../domain/errors.ts'
import { addBisectCommand } from './commands/bisect.ts'
import { addBuildCommand } from './commands/build.ts'
import { addCancelCommand } from './commands/cancel.ts'
import { addCompareCommand } from './commands/compare.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addFindingsCommand } from './commands/findings.ts'
import { addFlakesCommand } from './commands/flakes.ts'
import { addGcCommand } from './commands/gc.ts'
import { addInspectCommand } from './commands/inspect.ts'
import { addJudgeCommand } from './commands/judge.ts'
import { addLabCommands } from './commands/lab.ts'
import { addListCommand } from './commands/list.ts'
import { addLogsCommand } from './commands/logs.ts'
import { addNightsCommand } from './commands/nights.ts'
import { addPinCommands } from './commands/pins.ts'
import { addPlacesCommands } from './commands/places.ts'
import { addPlanCommands } from './commands/plan.ts'
import { addReportCommand } from './commands/report.ts'
import { addReproduceCommand } from './commands/reproduce.ts'
import { addRerunCommand } from './commands/rerun.ts'
import { addRunCommand } from './commands/run.ts'
import { addScheduleCommands } from './commands/schedule.ts'
import { addServiceCommands } from './commands/service.ts'
import { addShowCommand } from './commands/show.ts'
import { addSmcCommand } from './commands/smc.ts'
import { addTimelineCommand } from './commands/timeline.ts'
import { addWatchCommand } from './commands/watch.ts'
import { makeContext, type Context } from './context.ts'
import { exitCodeOf, exitCodeOfCommander, exitCodes } from './exit-codes.ts'
import { errorToJson } from './show/json.ts'
import { version } from './version.ts'

const examples = `
Examples:
  hyplab run plans/first-look.yaml            build, boot, judge, show the table
  hyplab run plans/first-look.yaml --dry-run  say what it would do
  hyplab show 12                              the run's verdicts and findings; 12.1 a cell, 12.1.1 an attempt
  hyplab logs 12.1.1 --console uart0          what the target said, byte for byte
  hyplab inspect dmesg.txt                    the same judgement for a log from anywhere
  hyplab reproduce 12.1.1                     one command line that boots the same thing by hand
  hyplab report 12 --format html -o run.html  the run as one page; also text, md, junit, ktap, kcidb, json

Exit codes:
  0 as expected   1 a verdict is not what the plan expects   2 wrong command line, plan or lab file   3 the lab broke
  4 nothing there 5 server or store out of reach             130 interrupted`

const program = new Command('hyplab')
  .description('Shows, with evidence, how a kernel behaves under pKVM with an FF-A secure partition manager.')
  .version(version)
  .option('--json', 'one JSON document on standard output')
  .option('--no-color', 'no colours')
  .option('--debug', 'show stack traces')
  .addHelpText('after', examples)
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'hyplab: ')) })

let printed = false
const context = (): Context => {
  const made = makeContext(program.opts())
  return {
    ...made,
    printJson(value) {
      printed = true
      made.printJson(value)
    },
  }
}
for (const add of [
  addRunCommand,
  addWatchCommand,
  addListCommand,
  addShowCommand,
  addLogsCommand,
  addSmcCommand,
  addCancelCommand,
  addBuildCommand,
  addTimelineCommand,
  addReproduceCommand,
  addJudgeCommand,
  addPlanCommands,
  addLabCommands,
  addPlacesCommands,
  addScheduleCommands,
  addNightsCommand,
  addFlakesCommand,
  addReportCommand,
  addCompareCommand,
  addRerunCommand,
  addBisectCommand,
  addFindingsCommand,
  addInspectCommand,
  addPinCommands,
  addGcCommand,
  addServiceCommands,
  addDoctorCommand,
])
  add(program, context)

// A reader that has seen enough (`| head`) closes the pipe; that is not an error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.infra),
)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
  // Who reads JSON gets the error as JSON, too, unless what there was to tell has been printed before it came up.
  if (program.opts<{ json?: boolean }>().json && !printed && process.exitCode !== exitCodes.ok)
    process.stdout.write(`${JSON.stringify(errorToJson(error, process.exitCode), null, 2)}\n`)
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return exitCodeOfCommander(error)
  const { debug } = program.opts<{ debug?: boolean }>()
  if (error instanceof LabError) {
    // Mistakes in a file stand at the start of their lines, where editors look for file:line:column.
    const prefix = error.code === 'PlanInvalid' || error.code === 'LabInvalid' ? '' : 'hyplab: '
    process.stderr.write(`${prefix}${debug ? error.stack : error.message}\n`)
    return exitCodeOf(error.code)
  }
  process.stderr.write(
    `hyplab: ${debug ? (error as Error).stack : `${(error as Error).message} (a fault of hyplab itself; --debug shows where)`}\n`,
  )
  return exitCodes.infra
}

/** `hyplab`: reads the command line, runs one command, maps what went wrong to one sentence and an exit code. */
import { CommanderError } from 'commander'
import { LabError } from '../domain/errors.ts'
import { makeContext, type Context } from './context.ts'
import { exitCodeOf, exitCodeOfCommander, exitCodes } from './exit-codes.ts'
import { makeProgram, runCommand } from './program.ts'
import { errorToJson } from './show/error-json.ts'

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
const program = makeProgram(context)

// A reader that has seen enough (`| head`) closes the pipe; that is not an error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  const why = error.code === 'ENOSPC' ? 'no space is left there' : error.message
  process.stderr.write(`hyplab: standard output cannot be written: ${why}.\n`)
  process.exit(exitCodes.infra)
})
// There is nobody left to tell.
process.stderr.on('error', () => {})

try {
  await runCommand(program, context)
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

import { InvalidArgumentError, type Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import { inputKinds, type InputKind } from '../../domain/inspect/recognise.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'

interface InspectOptions {
  kind: Map<string, InputKind>
  schema?: boolean
}

/** `inspect FILE...`: judges logs and measurements of one machine, from anywhere, as a boot of hyplab's own is judged. */
export function defineInspect(command: Command, context: () => Context): void {
  command
    .option('-k, --kind <file=kind>', `say what a file is: ${inputKinds.join(', ')}`, kindOf, new Map())
    .option('--schema', 'print the JSON Schema of what --json prints')
    .action(async (files: string[], { kind, schema }: InspectOptions) => {
      const { json, paint, print, printJson, talk } = context()
      // Loaded here, because no other command pays for them then.
      const { inspectJsonSchema } = await import('../../domain/inspect/report-schema.ts')
      if (schema) return printJson(inspectJsonSchema())
      if (files.length === 0) throw new LabError('BadInput', 'Say which files to inspect; - is standard input.')
      const stranger = [...kind.keys()].find((file) => !files.includes(file))
      if (stranger !== undefined)
        throw new LabError('BadInput', `--kind names ${stranger}, which is not among the files.`)
      const { readFiles } = await import('../inspect-files.ts')
      const { inspect } = await import('../../domain/inspect/inspect.ts')
      const { reportInspection } = await import('../show/inspect-report.ts')
      const { readingProgress } = await import('../show/reading-progress.ts')
      const progress = readingProgress()
      const read = await readFiles(files, kind, progress.read).finally(progress.end)
      const nothing = read.files.filter((file) => file.kind === 'none')
      const sentence = nothing.map(({ file, note }) => `${file} ${note}.`).join('\n')
      if (nothing.length === read.files.length) throw new LabError('BadInput', sentence)
      const report = inspect(read.logs, read.measurements, read.files)
      if (json) printJson(report)
      else print(reportInspection(report, paint))
      if (nothing.length === 0) return
      talk(`hyplab: ${sentence}`)
      process.exitCode = exitCodes.usage
    })
}

/** `FILE=KIND`, collected. */
function kindOf(text: string, before: Map<string, InputKind>): Map<string, InputKind> {
  const equals = text.lastIndexOf('=')
  const kind = inputKinds.find((each) => each === text.slice(equals + 1))
  if (equals < 1 || kind === undefined)
    throw new InvalidArgumentError(`It must be FILE=KIND with a kind of ${inputKinds.join(', ')}.`)
  return new Map(before).set(text.slice(0, equals), kind)
}

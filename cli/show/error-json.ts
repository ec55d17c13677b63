import { CommanderError } from 'commander'
import { LabError } from '../../domain/errors.ts'

const schemaVersion = 1

/**
 * What went wrong, for a command that has nothing else to print: the same sentences as on standard error, and of a file with
 * mistakes each by itself. `code` is null for a fault of hyplab itself.
 */
export function errorToJson(error: unknown, exitCode: number): object {
  const { code = null, mistakes = [] } = error instanceof LabError ? error : {}
  if (!(error instanceof CommanderError))
    return { schemaVersion, error: { code, message: (error as Error).message, exitCode, mistakes } }
  // Without a command it says how it is used, and this error has no words.
  const message = error.code === 'commander.help' ? 'no command is named' : error.message.replace(/^error: /, '')
  return { schemaVersion, error: { code: 'BadInput', message, exitCode, mistakes } }
}

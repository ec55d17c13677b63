/**
 * Makes a machine ready: Debian packages and Temporal's server. Costs a fraction of a second when all is there, and can
 * be stopped and started again at any moment. `--for-tests` adds what only the tests need.
 */
import { LabError } from '../domain/errors.ts'
import { foldersFrom } from '../host/folders.ts'
import { temporalBinary, timeSkippingServer } from '../host/temporal-binary.ts'
import { installPackages } from './install-packages.ts'
import { say } from './say.ts'

try {
  const folders = foldersFrom()
  await installPackages(folders)
  await temporalBinary(folders, say)
  if (process.argv.includes('--for-tests')) await timeSkippingServer(folders, say)
} catch (error) {
  if (!(error instanceof LabError)) throw error
  say(error.message)
  process.exitCode = 1
}

/**
 * Makes a machine ready: Debian packages, Temporal's server, the SMC tracer. Costs a fraction of a second when all is
 * there, and can be stopped and started again at any moment. `--for test` adds what `npm test` needs, `--for rest` what the
 * other tests need as well: other people's tools to compare with, and their logs.
 */
import { parseArgs } from 'node:util'
import { tracerOf } from '../builds/guest/tracer.ts'
import { LabError } from '../domain/errors.ts'
import { foldersFrom } from '../host/folders.ts'
import { hostPackages, testPackages } from '../host/packages.ts'
import { temporalBinary, timeSkippingServer } from '../host/temporal-binary.ts'
import { installPackages } from './install-packages.ts'
import { say } from './say.ts'
import { obtainTestData } from './test-data.ts'

const { values } = parseArgs({ options: { for: { type: 'string' } } })
const forRest = values.for === 'rest'
const forTests = forRest || values.for === 'test'

try {
  const folders = foldersFrom()
  await installPackages(folders, forRest ? [...hostPackages, ...testPackages] : hostPackages)
  await temporalBinary(folders, say)
  const tracer = await tracerOf({ folders }, folders.cache)
  if (tracer.path === undefined) say(`Boots will not be traced. ${tracer.why}`)
  if (forTests) await timeSkippingServer(folders, say)
  if (forRest) await obtainTestData(folders, say)
} catch (error) {
  if (!(error instanceof LabError)) throw error
  say(error.message)
  process.exitCode = 1
}

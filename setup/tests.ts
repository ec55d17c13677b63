/**
 * Runs vitest, and what failed once more: `node setup/tests.ts --project 'rest*'`. The tests boot kernels, start servers and
 * kill processes on a machine that others may use; one that fails in a busy moment costs the hour that the others took. A
 * file that fails a second time has failed; one that passes then is named at the end, for it is to be mended. Nothing is tried
 * again where more than three files failed, or vitest itself did: that is no busy moment.
 *
 * Arguments go to vitest. With HYPLAB_TEST_ONCE=1, or with a test file among the arguments, nothing is tried again.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { execa } from 'execa'
import { say } from './say.ts'

const atMost = 3

/** What vitest's json reporter writes, as far as it is read here (vitest 4, `JsonTestResults`). */
interface Results {
  readonly success: boolean
  readonly testResults: readonly { readonly name: string; readonly status: string }[]
}

const given = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'hyplab-tests-'))
try {
  process.exitCode = await run()
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** @returns the exit code. */
async function run(): Promise<number> {
  const [code, failed] = await vitest('first', given)
  if (code === 0) return 0
  const once = process.env['HYPLAB_TEST_ONCE'] === '1' || given.some((argument) => argument.includes('.test.'))
  if (once || failed.length === 0 || failed.length > atMost) return code
  const names = failed.map((file) => relative(process.cwd(), file)).join(', ')
  say(`failed, and run once more: ${names}`)
  const [again] = await vitest('second', [...given, ...failed])
  if (again === 0) say(`passed at the second go only, and to be mended: ${names}`)
  return again
}

/**
 * @param name of the results file.
 * @returns vitest's exit code, and the paths of the files whose tests failed; none when it did not come to its end.
 */
async function vitest(name: string, args: readonly string[]): Promise<[number, string[]]> {
  const file = join(folder, `${name}.json`)
  const { exitCode } = await execa(
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args],
    {
      stdio: 'inherit',
      reject: false,
    },
  )
  return [exitCode ?? 1, await failedFiles(file)]
}

async function failedFiles(file: string): Promise<string[]> {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- vitest's own format
    const { testResults } = JSON.parse(await readFile(file, 'utf8')) as Results
    return testResults.filter(({ status }) => status === 'failed').map(({ name }) => name)
  } catch {
    return []
  }
}

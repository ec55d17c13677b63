/** What a shell can tell from hyplab's exit code, on the real command line. */
import { execa } from 'execa'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../cli/exit-codes.ts'
import { errorCodes } from '../../domain/errors.ts'
import { tempFolder } from '../host/temp-folder.ts'

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

async function hyplab(...args: string[]) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...args], {
    reject: false,
    stdin: 'ignore',
    env: { HYPLAB_STATE: await tempFolder(), NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  return { code: exitCode, stdout, stderr }
}

const talk = (pattern: RegExp) => expect.stringMatching(pattern)

describe('exit codes', () => {
  it.each([
    [['--help'], 0],
    [['--version'], 0],
    [['run', '--help'], 0],
    [['plan', 'schema'], 0],
    [['plan', 'check', 'plans/first-look.yaml'], 0],
  ])('hyplab %s: %i, with data and no talk', async (args, code) => {
    expect(await hyplab(...args)).toEqual({ code, stdout: talk(/\S/), stderr: '' })
  })

  it.each([
    [['watchh'], 2, /unknown command 'watchh'[^]*did you mean watch/i],
    [['run'], 2, /missing required argument 'plan'/],
    [['run', 'no-such-plan.yaml'], 2, /no-such-plan\.yaml/],
    [['run', 'plans/first-look.yaml', '--only', 'config=ffa=n'], 2, /"ffa=n" is no config .*ffa=y, ffa=m/],
    [['run', 'plans/first-look.yaml', '--only', 'colour=red'], 2, /no axis "colour"/],
    [['run', 'plans/first-look.yaml', '--only', 'config=ffa=m', '--only', 'mode=nvhe'], 4, /No cell of the plan/],
    [['run', 'plans/first-look.yaml', '--at-once', '0'], 2, /--at-once must be a whole number from 1/],
    [['list', '-n', 'many'], 2, /whole number from 1/],
    [['show', '99'], 4, /"99" names nothing/],
    [['show', 'yesterday'], 4, /"yesterday" names nothing/],
    [['list'], 4, /No runs yet/],
    [['cancel', '1'], 4, /"1" names nothing/],
  ])('hyplab %s: %i, with a sentence on standard error and nothing else', async (args, code, sentence) => {
    expect(await hyplab(...args)).toEqual({ code, stdout: '', stderr: talk(sentence) })
  })

  it('every error has one, and none of them looks like success', () => {
    for (const code of errorCodes) expect(exitCodeOf(code)).toBeGreaterThan(0)
  })
})

it('a reader that closes the pipe early is no error', async () => {
  const env = { HYPLAB_STATE: await tempFolder() }
  const { exitCode, stderr } = await execa(
    'sh',
    ['-c', `"$0" "$1" plan schema | head -n 1; exit 0`, process.execPath, main],
    {
      env,
    },
  )
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
})

it.each([['--version'], ['findings']])('says that standard output is full, and exits 3: hyplab %s', async (word) => {
  const { exitCode, stderr } = await execa('sh', ['-c', '"$0" "$1" "$2" >/dev/full', process.execPath, main, word], {
    reject: false,
    env: { HYPLAB_STATE: await tempFolder() },
  })
  expect(stderr).toBe('hyplab: standard output cannot be written: no space is left there.')
  expect(exitCode).toBe(3)
})

import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import type { Secret } from '../../domain/lab/at.ts'
import { hideSecrets, readSecret } from '../../host/secret.ts'
import { tempFolder } from './temp-folder.ts'

const never = new AbortController().signal
const read = (secret: Secret) => readSecret(secret, 'the community of PDU desk', never)

afterEach(() => vi.unstubAllEnvs())

test('a secret comes from the environment, a private file or a command, without its last line break', async () => {
  const file = join(await tempFolder(), 'secret')
  await writeFile(file, 'from file\n', { mode: 0o600 })
  vi.stubEnv('LAB_SECRET', 'from env')
  expect(await read({ env: 'LAB_SECRET' })).toBe('from env')
  expect(await read({ file })).toBe('from file')
  expect(await read({ command: ['printf', '%s\\n\\n', 'two words'] })).toBe('two words\n')
})

test.each([0o640, 0o604, 0o660])('a file of mode %o is refused and not read', async (mode) => {
  const file = join(await tempFolder(), 'secret')
  await writeFile(file, 'sesame')
  await chmod(file, mode)
  const error = await read({ file }).catch((thrown: unknown) => thrown)
  expect(String(error)).toContain(`${file} is open to others (mode ${mode.toString(8)}): chmod 600 ${file}`)
  expect(inspect(error, { depth: null })).not.toContain('sesame')
})

test('a file of mode 0400 is good', async () => {
  const file = join(await tempFolder(), 'secret')
  await writeFile(file, 'sesame', { mode: 0o400 })
  expect(await read({ file })).toBe('sesame')
})

test('what a command that failed said is not told, nor its words', async () => {
  const command = ['sh', '-c', 'echo sesame; echo sesame >&2; exit 3']
  const error = await read({ command }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'PlaceBroken', retryable: false })
  expect(String(error)).toContain('There is no secret for the community of PDU desk: the command sh ended with code 3')
  expect(inspect(error, { depth: null })).not.toContain('sesame')
})

test.each<[Secret, string]>([
  [{ env: 'LAB_SECRET_UNSET' }, 'the environment variable LAB_SECRET_UNSET is not set'],
  [{ file: '/nowhere/secret' }, 'the file /nowhere/secret cannot be read (ENOENT)'],
  [{ command: ['hyplab-no-such-command'] }, 'the command hyplab-no-such-command ended with code 127'],
  [{ command: ['true'] }, 'the output of the command true holds nothing'],
])('%j that gives nothing is told by where it should be', async (secret, why) => {
  await expect(read(secret)).rejects.toThrow(`There is no secret for the community of PDU desk: ${why}`)
})

test('a command that waits for a person is ended by an abort', async () => {
  const reading = readSecret({ command: ['sleep', '600'] }, 'x', AbortSignal.timeout(50))
  await expect(reading).rejects.toThrow('aborted due to timeout')
})

test('a secret that comes back in an answer is hidden, each time', () => {
  expect(hideSecrets('a sesame, b sesame', ['sesame', ''])).toBe('a ***, b ***')
})

import { open } from 'node:fs/promises'
import type { Secret } from '../domain/lab/at.ts'
import { LabError } from '../domain/errors.ts'
import { run } from './run.ts'

/**
 * Reads a secret from where the lab says that it is. One line break at its end does not belong to it.
 * @param what whose secret it is, for people: `the community of PDU rack`
 * @throws LabError PlaceBroken, with nothing of the secret nor of what the command said, when there is none or when its
 *   file can be read by others; the signal's reason when aborted
 */
export async function readSecret(secret: Secret, what: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  const text = (await read(secret, what, signal)).replace(/\r?\n$/, '')
  if (text === '') throw missing(what, `${placeOf(secret)} holds nothing`)
  return text
}

/**
 * Reads a file that only its owner may read, such as a key.
 * @throws LabError PlaceBroken when it is not there or open to others; never with anything of what is in it
 */
export async function readPrivateFile(path: string, what: string): Promise<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw missing(what, `the file ${path} cannot be read (${error.code})`)
  })
  try {
    // Asked of the open file: a name may stand for another one a moment later.
    const { mode } = await file.stat()
    const open = mode & 0o077
    if (open !== 0)
      throw missing(what, `the file ${path} is open to others (mode ${(mode & 0o777).toString(8)}): chmod 600 ${path}`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** The text without the secrets that stand in it, in case that the other side sent one back. */
export function hideSecrets(text: string, secrets: string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text)
}

async function read(secret: Secret, what: string, signal: AbortSignal): Promise<string> {
  if ('env' in secret) {
    const text = process.env[secret.env]
    if (text === undefined) throw missing(what, `the environment variable ${secret.env} is not set`)
    return text
  }
  if ('file' in secret) return await readPrivateFile(secret.file, what)
  const [program = '', ...words] = secret.command
  // Its words stay unsaid, too: any of them may tell something.
  const { code, stdout } = await run(program, words, { signal })
  if (code !== 0) throw missing(what, `the command ${program} ended with code ${code}; try it by hand`)
  return stdout
}

function placeOf(secret: Secret): string {
  if ('env' in secret) return `the environment variable ${secret.env}`
  return 'file' in secret ? `the file ${secret.file}` : `the output of the command ${secret.command[0]}`
}

function missing(what: string, why: string): LabError {
  return new LabError('PlaceBroken', `There is no secret for ${what}: ${why}.`)
}

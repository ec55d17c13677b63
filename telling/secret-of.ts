import { LabError } from '../domain/errors.ts'
import type { Secret } from '../domain/lab/at.ts'
import { readSecret } from '../host/secret.ts'

/**
 * Reads a secret that is needed to reach somebody.
 * @param what whose, for people
 * @throws LabError NotDelivered without anything of it, retryable: somebody may put it there
 */
export async function secretOf(secret: Secret, what: string, signal: AbortSignal): Promise<string> {
  try {
    return await readSecret(secret, what, signal)
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    throw new LabError('NotDelivered', error.message, { retryable: true, cause: error })
  }
}

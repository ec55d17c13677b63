import { LabError } from '../domain/errors.ts'

/**
 * Reads what a user edits: that it is wrong now does not mean that it is in ten minutes.
 * @throws LabError as `read` does, retryable
 */
export function waitingForFile<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    throw new LabError(error.code, error.message, { retryable: true, cause: error, mistakes: error.mistakes })
  }
}

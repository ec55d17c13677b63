import type { Flash } from './flash.ts'

/**
 * @param flash puts files where a board starts them from
 * @param clear takes them back
 * @returns the same, and what a failure or a cancel leaves half-done is taken back; the failure stays the one that is told
 */
export function clearedOnFailure(flash: Flash['flash'], clear: Flash['clear']): Flash['flash'] {
  return async (files, signal) => {
    try {
      return await flash(files, signal)
    } catch (error) {
      await clear().catch(() => undefined)
      throw error
    }
  }
}

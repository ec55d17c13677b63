import { LabError } from '../../domain/errors.ts'
import type { TargetEnd } from '../powered.ts'
import type { ModelOutput } from './model-output.ts'
import { limitReached } from './statistics.ts'

/** The beginning of a sentence about a model that has gone: its exit code, or the signal that ended it. */
export function endedAs(code: number): string {
  return code > 128 ? `The model was ended by signal ${code - 128}` : `The model ended with code ${code}`
}

/**
 * What the end of a running model means. PSCI SYSTEM_OFF ends it with code 0, as `exit_on_shutdown` wants it, and it says
 * `Simulation stopped by user` then as always; with a limit that was put on it, it says which.
 * @param ended code, or why its host cannot tell it any more
 */
export function endOf(ended: { code: number } | LabError, output: ModelOutput): TargetEnd {
  if (ended instanceof LabError) return { kind: 'lost', reason: ended.message }
  if (ended.code !== 0) {
    const reason = `${endedAs(ended.code)} while the target was running; it said: ${output.lastWords()}`
    return { kind: 'lost', reason }
  }
  const limit = limitReached(output.text())
  if (limit !== undefined) return { kind: 'lost', reason: `The model stopped by itself: ${limit}` }
  return { kind: 'power-off', reason: '' }
}

/** What is said of a model that was not seen to run for so many seconds, while we ran. */
export function stillSentence(seconds: number): string {
  const time = `${Number(seconds.toFixed(1))} s`
  return `The model stood still for ${time}: it was stopped, or its host could not be asked; the target was powered off.`
}

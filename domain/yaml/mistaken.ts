import { LabError, type ErrorCode } from '../errors.ts'
import { formatError, type LocatedError } from './located-error.ts'

/** @returns the error of a file with mistakes, each on a line of its own, and as data */
export function mistaken(code: ErrorCode, mistakes: readonly LocatedError[]): LabError {
  return new LabError(code, mistakes.map(formatError).join('\n'), { mistakes })
}

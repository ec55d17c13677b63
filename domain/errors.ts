import type { LocatedError } from './yaml/located-error.ts'

export const errorCodes = [
  'PlanInvalid',
  'LabInvalid',
  'BadInput',
  'NotFound',
  'SourceMissing',
  'ChecksumMismatch',
  'PatchFailed',
  'ConfigRefused',
  'BuildFailed',
  'ToolMissing',
  'DiskFull',
  'NoRoom',
  'ArtifactDamaged',
  'StaleFence',
  'TargetBroken',
  'PlaceBroken',
  'NotDelivered',
  'NotBegun',
  'StoreBroken',
  'ServerUnreachable',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/**
 * The one error that our own code throws. `message` is a sentence that says what is wrong, where, and how to fix it.
 * `retryable` says whether the same step may succeed when it is run again with nothing changed; `mistakes` are those of a file
 * of the user's that the sentence tells, a line each.
 */
export class LabError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly mistakes: readonly LocatedError[]

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryable?: boolean; cause?: unknown; mistakes?: readonly LocatedError[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'LabError'
    this.code = code
    this.retryable = options.retryable ?? false
    this.mistakes = options.mistakes ?? []
  }
}

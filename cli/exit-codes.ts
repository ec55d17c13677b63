import type { CommanderError } from 'commander'
import type { ErrorCode } from '../domain/errors.ts'

/** What a shell or a CI job can tell from the exit code alone; documented in `hyplab --help` and the README. */
export const exitCodes = {
  ok: 0,
  /** A verdict is not what the plan expects. */
  verdict: 1,
  /** The command line, a plan or a lab's file is wrong. */
  usage: 2,
  /** The lab broke, not the kernel: no verdict could be given. */
  infra: 3,
  /** Nothing matches what was asked for. */
  nothing: 4,
  /** The Temporal server or the store is out of reach. */
  unreachable: 5,
  interrupted: 130,
} as const

const byError: Record<ErrorCode, number> = {
  PlanInvalid: exitCodes.usage,
  LabInvalid: exitCodes.usage,
  BadInput: exitCodes.usage,
  NotFound: exitCodes.nothing,
  SourceMissing: exitCodes.infra,
  ChecksumMismatch: exitCodes.infra,
  PatchFailed: exitCodes.verdict,
  ConfigRefused: exitCodes.verdict,
  BuildFailed: exitCodes.verdict,
  ToolMissing: exitCodes.infra,
  DiskFull: exitCodes.infra,
  NoRoom: exitCodes.infra,
  ArtifactDamaged: exitCodes.infra,
  StaleFence: exitCodes.infra,
  TargetBroken: exitCodes.infra,
  PlaceBroken: exitCodes.infra,
  NotDelivered: exitCodes.infra,
  NotBegun: exitCodes.infra,
  StoreBroken: exitCodes.unreachable,
  ServerUnreachable: exitCodes.unreachable,
}

export function exitCodeOf(code: ErrorCode): number {
  return byError[code]
}

/** Commander's own complaints are usage errors, except that help and version were asked for. */
export function exitCodeOfCommander(error: CommanderError): number {
  return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
}

import type { Evidence } from '../../evidence/evidence.ts'
import type { FactValue } from '../../finding.ts'
import type { EfiVariableBody } from '../../records/record.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { citeCall } from '../cite-smc.ts'
import { passagesOf } from '../../smc/passage.ts'
import { askedKvmMode } from '../kvm-mode.ts'
import type { RecordOf, Seen } from '../seen.ts'

export type Step = RecordOf<'efi-variable'>

/** What EFI variables were at one time of a boot. */
export interface Clock {
  state: 'work' | 'refused' | 'failed' | 'none' | 'unknown'
  /** How many were listed. */
  listed?: number
  /** Of the first step that failed. */
  errno?: number
  evidence: Evidence[]
}

/**
 * What mount says where there are no variables to be had: ENODEV, and ENOENT where the kernel was not booted by EFI and
 * therefore made no place to mount it at (drivers/firmware/efi/efi.c efisubsys_init(), 6.18).
 */
const noVariables: Record<number, string> = {
  [-19]: 'The kernel has no efivarfs, or the firmware no EFI runtime services.',
  [-2]: 'This boot has no EFI: there is no place to mount efivarfs at.',
}

/** Why there are no EFI variables, by the step that tells; undefined where there may be some. */
export function withoutVariables(steps: readonly Step[]): { why: string; step: Step } | undefined {
  const step = steps.find(({ body }) => body.step === 'mount' && noVariables[body.rc] !== undefined)
  return step && { why: noVariables[step.body.rc]!, step }
}

/** EINVAL is what Linux makes of EFI_INVALID_PARAMETER (drivers/firmware/efi/vars.c efi_status_to_err()). */
const invalid = -22

/**
 * Judges the steps that init took on efivarfs at one time. They work when variables were listed and no step failed
 * but for a variable that is not there (efivarfs asks the firmware for each name and size when it is mounted).
 * They are refused when none is listed and a read or write gave EINVAL, which is what an EFI call comes to whose FF-A
 * message pKVM refuses. The status that the log shows is no part of it: EDK2 2025.02 ignores the error of its own call and
 * returns the status of an older one (MdeModulePkg VariableSmmRuntimeDxe.c SendCommunicateBuffer()).
 */
export function clockOf(steps: readonly Step[]): Clock {
  const evidence = steps.map(citeRecord)
  const mount = find(steps, 'mount')
  if (!mount) return { state: 'unknown', evidence }
  if (noVariables[mount.body.rc] !== undefined)
    return { state: 'none', errno: mount.body.rc, evidence: [citeRecord(mount)] }
  if (mount.body.rc !== 0) return { state: 'failed', errno: mount.body.rc, evidence }
  const list = find(steps, 'list')
  const listed = list?.body.count
  const counted = listed === undefined ? {} : { listed }
  const tried = steps.filter(({ body }) => body.step === 'read' || body.step === 'write' || body.step === 'delete')
  const bad = tried.find(({ body }) => body.rc === invalid) ?? tried.find(({ body }) => body.rc !== 0 && body.rc !== -2)
  if (listed !== undefined && listed > 0 && !bad) return { state: 'work', ...counted, evidence }
  if (listed === 0 && bad?.body.rc === invalid) return { state: 'refused', ...counted, errno: invalid, evidence }
  if (list && list.body.rc !== 0) return { state: 'failed', errno: list.body.rc, evidence }
  if (bad) return { state: 'failed', ...counted, errno: bad.body.rc, evidence }
  return { state: 'unknown', ...counted, evidence }
}

/** Init's steps at one of its two times, in order. */
export function stepsAt(seen: Seen, when: EfiVariableBody['when']): Step[] {
  return seen.records('efi-variable').filter(({ body }) => body.when === when)
}

/** Lines of the log in which efivarfs or the platform keyring says that a call failed. */
export function refusalLines(seen: Seen): Evidence[] {
  return ['efivars.list-failed', 'efivars.name-too-long', 'efivars.info-failed']
    .flatMap((id) => seen.all(id))
    .slice(0, 4)
    .map(cite)
}

/**
 * Calls of the EFI runtime code that EL2 answered with an error and passed to nobody: the proof that pKVM stands between
 * the variables and their partition. Empty where there is no trace, and where there is none such.
 */
export function refusedEfiCalls(seen: Seen): Evidence[] {
  const refused = passagesOf(seen.shown.smc ?? []).filter(
    ({ call, course }) => call.caller === 'EFI runtime' && course === 'refused',
  )
  return refused.slice(0, 3).map(({ call }) => citeCall(call))
}

/** Whether pKVM is what refused: shown by the trace, or by every FF-A call of our own being refused as EFI's were. */
export function refusedByPkvm(seen: Seen): Evidence[] {
  const traced = refusedEfiCalls(seen)
  if (traced.length > 0) return traced
  if (askedKvmMode(seen.shown.asked.cmdline ?? '') !== 'protected') return []
  const calls = seen.records('ffa-call').filter(({ body }) => body.name !== 'FFA_VERSION')
  const all = calls.length > 0 && calls.every(({ body }) => body.status === 'INVALID_PARAMETERS')
  return all ? calls.slice(0, 1).map(citeRecord) : []
}

/** The facts of a clock. */
export function factsOf({ listed, errno }: Clock): Record<string, FactValue> {
  return { ...(listed === undefined ? {} : { listed }), ...(errno === undefined ? {} : { errno }) }
}

function find(steps: readonly Step[], step: EfiVariableBody['step']): Step | undefined {
  return steps.find(({ body }) => body.step === step)
}

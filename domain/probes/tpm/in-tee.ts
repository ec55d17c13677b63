import { cite } from '../../evidence/cite.ts'
import type { Seen } from '../seen.ts'
import type { Loss } from './loss.ts'

/** The UUID of the trusted application that is a TPM (drivers/char/tpm/tpm_ftpm_tee.c ftpm_ta_uuid). */
const ftpm = 'bc50d971-d4c9-42c4-82cb-343fb7f37896'
/** TEE_ERROR_TARGET_DEAD: the application ended, which a panic does to it (lib/libutee/include/tee_api_defines.h of OP-TEE). */
const targetDead = 'ffff3024'

/**
 * Takes what was seen; returns that a TPM in the TEE was lost, undefined where no line says so: its trusted application
 * could not be opened, or ended when it was, of a panic where OP-TEE's console shows one.
 */
export function lostInTee(seen: Seen): Loss | undefined {
  const refused = seen.last('tpm.ftpm-refused')
  const failed = seen.last('tpm.probe-failed')
  if (!refused || !failed || failed.match.groups['driver'] !== refused.match.groups['driver']) return undefined
  const { code = '' } = refused.match.groups
  const panic = seen.faults.find(({ title }) => new RegExp(`^OP-TEE: TA(?: ${ftpm})? panicked `).test(title))
  const dead = code === targetDead
  const why = dead ? `${panic ? 'panicked' : 'ended'} when it was opened` : 'could not be opened'
  return {
    line: failed,
    sentence: `No driver took the TPM: the trusted application that is one ${why} (0x${code}).`,
    evidence: [cite(refused), cite(failed), ...(dead && panic ? [panic.evidence] : [])],
    facts: {
      layer: 'tee',
      cause: dead ? (panic ? 'ta-panicked' : 'ta-dead') : 'ta-refused',
      errno: Number(failed.match.groups['errno']),
      code: `0x${code}`,
    },
  }
}

import { cite } from '../../evidence/cite.ts'
import type { Finding } from '../../finding.ts'
import { known, pass } from '../outcome.ts'
import { isBefore, type Seen } from '../seen.ts'

/** TPM2_RC_INITIALIZE: no firmware had started it, so the kernel does (drivers/char/tpm/tpm2-cmd.c tpm2_auto_startup()). */
const notStarted = '256'

/**
 * Takes the id of the finding; returns it where a TIS driver found a TPM. Rests on what tpm_tis_core_init() says of a TPM
 * that answered it (drivers/char/tpm/tpm_tis_core.c:1242 in 6.18.5), where nothing behind it takes that back: a probe that
 * fails after that line says why, but for an iTPM of Intel's that does not answer.
 */
export function foundByTis(seen: Seen, id: string): Finding | undefined {
  const line = seen.last('tpm.tis')
  if (!line) return undefined
  const { driver: name, device, version } = line.match.groups
  const taken = ['tpm.probe-failed', 'tpm.tis-gave-up', 'tpm.chip-error']
    .flatMap((each) => seen.all(each))
    .some((each) => {
      const { code, driver: by = name } = each.match.groups
      return code !== notStarted && by === name && isBefore(line, each) !== false
    })
  // IMA found no chip behind that line: whatever became of it, it was not registered then.
  if (taken || seen.all('ima.bypass').some((bypass) => isBefore(line, bypass) === true)) return undefined
  return pass(
    id,
    `The driver ${name} found a TPM ${version} at ${device}, and no line says that it gave it up.`,
    [cite(line)],
    known({ driver: name, version }),
  )
}

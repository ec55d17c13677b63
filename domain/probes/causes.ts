import type { Finding } from '../finding.ts'

/** When a failed finding is a consequence, and of which others: the first of `by` that failed, too, is its cause. */
interface Rule {
  of: readonly string[]
  /** What its facts must say; any of these. Left out: whatever they say. */
  when?: (facts: Finding['facts']) => boolean
  by: readonly string[]
  /** It does not hold where one of these failed too. */
  unless?: readonly string[]
}

const early = 'order.ffa-before-kvm'

/** What leaves pKVM without an FF-A version, the nearest first. */
const noVersion = ['ffa-path.version', early]

const saying =
  (...causes: string[]) =>
  ({ cause }: Finding['facts']): boolean =>
    causes.includes(String(cause))

const errno =
  (value: number) =>
  (facts: Finding['facts']): boolean =>
    facts['errno'] === value

/**
 * How failures follow from each other, as the sources have it. Each rule names the layer by what the finding itself found
 * out (`facts.cause`, `errno`), so that a TPM that is lost for want of a bank is not blamed on pKVM.
 *
 * - pKVM answers every call with INVALID_PARAMETERS until it has seen FFA_VERSION (kvm_host_ffa_handler(),
 *   has_version_negotiated; arch/arm64/kvm/hyp/nvhe/ffa.c, 6.18.5), be it the driver's, the TPM's, OP-TEE's or EFI's.
 * - An FFA_VERSION or FFA_RXTX_MAP that was made before kvm_arm_init() set HCR_EL2.TSC went past pKVM.
 * - DIRECT_REQ2 is on pKVM's block list (ffa_call_supported()), and tpm_crb_ffa does not fall back to DIRECT_REQ.
 * - IMA looks for a TPM once, when it starts (ima_init(), security/integrity/ima/ima_init.c).
 */
const rules: readonly Rule[] = [
  { of: ['ffa-path.version'], when: saying('order', 'not-negotiated'), by: [early] },
  { of: ['ffa-path.bypass', 'ffa-path.rxtx'], by: [early] },
  {
    of: ['ffa.usable', 'ffa.negotiated', 'ffa.notifications', 'ffa.direct-message', 'ffa.direct-message-2'],
    when: saying('not-negotiated'),
    by: noVersion,
  },
  { of: ['ffa.memory', 'ffa-path.refused', 'tpm.driver'], when: saying('not-negotiated'), by: noVersion },
  { of: ['ffa.partitions', 'ffa.direct-message', 'optee.driver', 'tpm.interface'], when: errno(-22), by: noVersion },
  { of: ['order.uefi-certs'], when: saying('bypassed', 'never'), by: noVersion },
  { of: ['efivars.certs'], when: saying('not-negotiated', 'undefined'), by: [...noVersion, 'order.uefi-certs'] },
  {
    // Where a version was agreed in the end, and nobody but the keyring had asked until then.
    of: ['ffa-path.refused'],
    when: saying('not-negotiated'),
    by: ['order.uefi-certs'],
    unless: ['efivars.before-driver', ...noVersion],
  },
  // A log alone: pKVM refuses EFI's calls as all others.
  {
    of: ['efivars.efivarfs'],
    when: ({ cause, errno: value }) => cause === undefined && value === undefined,
    by: noVersion,
  },
  {
    // Where a version was agreed in the end, what was refused until then is the cause.
    of: ['ffa-path.efi', 'efivars.before-driver', 'efivars.after-driver', 'efivars.efivarfs', 'efiwrite.round-trip'],
    when: saying('not-negotiated', 'pkvm'),
    by: [...noVersion, 'ffa-path.refused'],
  },
  {
    of: ['ffa.usable', 'ffa.memory', 'ffa-path.refused'],
    when: saying('no-host-buffers'),
    by: ['ffa-path.rxtx'],
  },
  { of: ['ffa.partitions'], when: errno(-16), by: ['ffa-path.rxtx'] },
  { of: ['tpm.interface', 'tpm.driver'], when: errno(-95), by: ['ffa.direct-message-2'] },
  { of: ['tpm.command', 'tpm.banks', 'tpm.handover', 'order.ima-tpm'], by: ['tpm.driver'] },
  { of: ['ima.tpm'], when: saying('no-tpm'), by: ['tpm.driver'] },
  { of: ['ima.tpm'], when: saying('no-ffa'), by: ['ffa.usable'] },
  // A trusted application that is a TPM (drivers/char/tpm/tpm_ftpm_tee.c).
  { of: ['tpm.driver'], when: saying('ta-panicked'), by: ['fault.firmware'] },
  { of: ['ima.tpm'], when: saying('ordering'), by: ['order.ima-tpm'] },
  { of: ['ima.boot-aggregate'], by: ['ima.tpm'] },
  { of: ['ima.replay'], when: saying('nothing-extended'), by: ['ima.tpm'] },
]

/**
 * Takes the findings of one attempt and returns them with `because` set where one is a consequence of another: only a
 * failure is one, and only of another failure.
 */
export function linkCauses(findings: readonly Finding[]): Finding[] {
  const failed = new Set(findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id))
  return findings.map((finding) => {
    const because = failed.has(finding.id) ? causeOf(finding, failed) : undefined
    return because === undefined ? finding : { ...finding, because }
  })
}

function causeOf({ id, facts }: Finding, failed: ReadonlySet<string>): string | undefined {
  return rules
    .filter(
      ({ of, when, unless = [] }) =>
        of.includes(id) && (!when || when(facts)) && !unless.some((each) => failed.has(each)),
    )
    .flatMap(({ by }) => by)
    .find((cause) => cause !== id && failed.has(cause))
}

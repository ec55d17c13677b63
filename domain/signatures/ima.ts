import { kernels, type Signature } from './signature.ts'

/** What IMA says of itself, prefix `ima: `. No line says that it uses a TPM: the measurement list and the PCRs do. */
export const ima: Signature[] = [
  {
    id: 'ima.bypass',
    pattern: /^ima: No TPM chip found, activating TPM-bypass!(?: \(rc=(?<errno>-?\d+)\))?$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'security/integrity/ima/ima_init.c:124 ima_init(); with the error until 4.18',
  },
  {
    id: 'ima.hash',
    pattern: /^ima: Allocated hash algorithm: (?<algorithm>\S+)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'security/integrity/ima/ima_crypto.c:81 ima_init_ima_crypto(): IMA started',
  },
  {
    id: 'ima.no-bank',
    pattern: /^ima: No suitable TPM algorithm for boot aggregate$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'security/integrity/ima/ima_crypto.c:860 ima_calc_boot_aggregate()',
  },
  {
    id: 'ima.pcr-not-read',
    pattern: /^ima: Error Communicating to TPM chip$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'security/integrity/ima/ima_crypto.c:781 ima_pcrread(): the boot_aggregate is over something else then',
  },
  {
    id: 'ima.pcr-not-extended',
    pattern: /^ima: Error Communicating to TPM chip, result: (?<errno>-?\d+)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'security/integrity/ima/ima_queue.c:154 ima_pcr_extend(): the entry stays in the list',
  },
  {
    id: 'ima.no-arch-policy',
    pattern: /^ima: No architecture policies found$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'security/integrity/ima/ima_policy.c:976 ima_init_policy()',
  },
  {
    id: 'ima.policy-update',
    pattern: /^ima: policy update (?<result>completed|failed)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'security/integrity/ima/ima_fs.c:467 ima_release_policy()',
  },
  {
    id: 'ima.off',
    pattern: /^ima: IMA functionality is disabled$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'security/integrity/ima/ima_main.c:1234 init_ima(), in a kdump kernel with ima=off',
  },
  {
    id: 'ima.secure-boot',
    pattern: /^(?:ima|integrity): secureboot mode (?<mode>enabled|disabled|unknown, no efi|unknown)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source:
      'security/integrity/ima/ima_efi.c:19 to 29; security/integrity/efi_secureboot.c with "integrity" in 7.1 and 7.3',
  },
]

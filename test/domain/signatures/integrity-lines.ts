/** Lines of the TPM, IMA and EFI variables as their sources' format strings make them, with the groups that must come out. */
export const integrityLines: [id: string, text: string, groups: Record<string, string>][] = [
  [
    'tpm.table',
    '[    0.000000] ACPI: TPM2 0x00000000BE062998 00004C (v04 BOCHS  BXPC     00000002 BXPC 00000001)',
    { address: '00000000BE062998', length: '00004C', revision: '04' },
  ],
  [
    'tpm.efi-tables',
    '[    0.000000] efi: SMBIOS=0xbf3a0000 SMBIOS 3.0=0xbe9c0000 TPMFinalLog=0xbe820000 TPMEventLog=0xbdf3f018 INITRD=0xbdf44f18 ',
    {
      tables: 'SMBIOS=0xbf3a0000 SMBIOS 3.0=0xbe9c0000 TPMFinalLog=0xbe820000 TPMEventLog=0xbdf3f018 INITRD=0xbdf44f18',
    },
  ],
  [
    'tpm.final-log-bad',
    '[    0.0] efi: TPM Final Events table not present'.replace('0.0', '0.000000'),
    { why: 'TPM Final Events table not present' },
  ],
  [
    'tpm.final-log-bad',
    'efi: [Firmware Bug]: Failed to parse event in TPM Final Events Log',
    { why: '[Firmware Bug]: Failed to parse event in TPM Final Events Log' },
  ],
  [
    'tpm.crb-ffa-version',
    '[    0.551398] ffa-crb arm-ffa-2: ABI version 1.0',
    { device: 'arm-ffa-2', major: '1', minor: '0' },
  ],
  [
    'tpm.crb-ffa-refused',
    '[    0.551398] ffa-crb arm-ffa-2: failed to get crb interface version. rc:-95',
    { device: 'arm-ffa-2', errno: '-95' },
  ],
  [
    'tpm.crb-ffa-failed',
    "ffa-crb arm-ffa-2: partition doesn't support direct message receive.",
    { device: 'arm-ffa-2', why: "partition doesn't support direct message receive." },
  ],
  [
    'tpm.crb-ffa-twice',
    "[    0.8] Error: Driver 'ffa-crb' is already registered, aborting...".replace('0.8', '0.800000'),
    {},
  ],
  [
    'tpm.crb-timeout',
    'tpm_crb MSFT0101:00: cmdReady timed out',
    { driver: 'tpm_crb', device: 'MSFT0101:00', why: 'cmdReady timed out' },
  ],
  [
    'tpm.crb-timeout',
    'tpm_crb_acpi MSFT0101:00: TPM_LOC_STATE_x.requestAccess timed out',
    { driver: 'tpm_crb_acpi', device: 'MSFT0101:00', why: 'TPM_LOC_STATE_x.requestAccess timed out' },
  ],
  [
    'tpm.crb-table-bad',
    'tpm_crb MSFT0101:00: [Firmware Bug]: TPM2 ACPI table has wrong size 52 for start method type 15',
    { driver: 'tpm_crb', device: 'MSFT0101:00', why: 'TPM2 ACPI table has wrong size 52 for start method type 15' },
  ],
  [
    // 5.15 to 6.8.
    'tpm.probe-failed',
    '[    0.939967] tpm_crb: probe of MSFT0101:00 failed with error -16',
    { driver: 'tpm_crb', device: 'MSFT0101:00', errno: '-16' },
  ],
  [
    'tpm.probe-failed',
    'optee-ftpm optee-ta-bc50d971-d4c9-42c4-82cb-343fb7f37896: probe with driver optee-ftpm failed with error -22',
    { driver: 'optee-ftpm', device: 'optee-ta-bc50d971-d4c9-42c4-82cb-343fb7f37896', errno: '-22' },
  ],
  [
    'tpm.probe-failed',
    'tpm_crb MSFT0101:00: probe with driver tpm_crb failed with error -16',
    { driver: 'tpm_crb', device: 'MSFT0101:00', errno: '-16' },
  ],
  [
    'tpm.tis',
    'tpm_tis MSFT0101:00: 2.0 TPM (device-id 0x1, rev-id 1)',
    { driver: 'tpm_tis', device: 'MSFT0101:00', version: '2.0' },
  ],
  [
    'tpm.tis',
    'tpm_tis c000000.tpm_tis: 2.0 TPM (vendor-id 0x1014, device-id 0x1, rev-id 1)',
    { driver: 'tpm_tis', device: 'c000000.tpm_tis', version: '2.0' },
  ],
  ['tpm.manual-start', 'tpm tpm0: starting up the TPM manually', { device: 'tpm0' }],
  [
    'tpm.chip-error',
    'tpm tpm0: A TPM error (256) occurred attempting the self test',
    { device: 'tpm0', why: 'A TPM error (256) occurred attempting the self test', code: '256' },
  ],
  ['tpm.chip-error', 'tpm tpm0: Operation Timed out', { device: 'tpm0', why: 'Operation Timed out' }],
  ['ima.bypass', '[    0.573219] ima: No TPM chip found, activating TPM-bypass!', {}],
  ['ima.hash', '[    0.573230] ima: Allocated hash algorithm: sha256', { algorithm: 'sha256' }],
  ['ima.no-bank', 'ima: No suitable TPM algorithm for boot aggregate', {}],
  ['ima.pcr-not-read', 'ima: Error Communicating to TPM chip', {}],
  ['ima.pcr-not-extended', 'ima: Error Communicating to TPM chip, result: -62', { errno: '-62' }],
  ['ima.no-arch-policy', 'ima: No architecture policies found', {}],
  ['ima.policy-update', 'ima: policy update completed', { result: 'completed' }],
  ['ima.off', 'ima: IMA functionality is disabled', {}],
  ['ima.secure-boot', 'ima: secureboot mode unknown, no efi', { mode: 'unknown, no efi' }],
  ['ima.secure-boot', 'integrity: secureboot mode disabled', { mode: 'disabled' }],
  ['efi.version', '[    0.000000] efi: EFI v2.7 by EDK II', { version: '2.7', vendor: 'EDK II' }],
  ['efi.none', 'efi: UEFI not found.', {}],
  ['efi.runtime-off', 'efi: EFI Runtime Services are disabled!', { why: 'EFI Runtime Services are disabled!' }],
  ['efivars.registered', '[    0.1] efivars: Registered efivars operations'.replace('0.1', '0.100000'), {}],
  ['efivars.list-failed', 'efivars: get_next_variable: status=8000000000000002', { status: '8000000000000002' }],
  ['efivars.name-too-long', 'efivars: Variable name size exceeds maximum (512 > 512)', { size: '512' }],
  ['efivars.info-failed', 'query_variable_info() failed: 0x8000000000000003', { status: '8000000000000003' }],
  [
    'uefi-certs.failed',
    "integrity: Couldn't get size: 0x8000000000000002",
    { why: "Couldn't get size: 0x8000000000000002", status: '8000000000000002' },
  ],
  ['uefi-certs.failed', "integrity: MODSIGN: Couldn't get UEFI db list", { why: "MODSIGN: Couldn't get UEFI db list" }],
  ['uefi-certs.loading', 'integrity: Loading X.509 certificate: UEFI:db', { source: 'UEFI:db' }],
  ['uefi-certs.keyring', 'integrity: Platform Keyring initialized', {}],
]

import { kernels, since515, type Signature } from './signature.ts'

const crb = 'drivers/char/tpm/tpm_crb.c'
const crbFfa = 'drivers/char/tpm/tpm_crb_ffa.c'
/** tpm_crb_ffa came with 6.15. */
const withCrbFfa = ['6.18.5', '7.3.4'] as const

/**
 * What the kernel says of a TPM and of what firmware measured into it. No driver of a CRB says that it has a TPM: the
 * proof is a command that came back. `probe.failed` of the FF-A device stands with the OP-TEE driver's lines.
 */
export const tpm: Signature[] = [
  {
    id: 'tpm.table',
    pattern: /^ACPI: TPM2 0x(?<address>[0-9A-F]{16}) (?<length>[0-9A-F]{6}) \(v(?<revision>\d+) /,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'drivers/acpi/acpica/tbprint.c acpi_tb_print_table_header()',
  },
  {
    id: 'tpm.efi-tables',
    pattern: /^efi: (?<tables>(?:\S.*)?TPM(?:Final|Event)Log=0x[0-9a-f]+.*)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source:
      'drivers/firmware/efi/efi.c:637 match_config_table(), efi_config_parse_tables(): TPMEventLog is put there by the EFI stub',
  },
  {
    id: 'tpm.final-log-bad',
    pattern:
      /^efi: (?<why>TPM Final Events table not present|(?:\[Firmware Bug\]: )?(?:TPM Final Events table invalid|Failed to parse event in TPM Final Events Log)|Failed to map TPM (?:Final )?Event Log table @ 0x[0-9a-f]+)/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'drivers/firmware/efi/tpm.c:57,72,75,82,101',
  },
  {
    id: 'tpm.crb-ffa-version',
    pattern: /^ffa-crb (?<device>arm-ffa-\d+): ABI version (?<major>\d+)\.(?<minor>\d+)$/,
    world: 'NS',
    kind: 'positive',
    known: withCrbFfa,
    source: `${crbFfa}:370 tpm_crb_ffa_probe(): a message to the TPM's partition came back`,
  },
  {
    id: 'tpm.crb-ffa-refused',
    pattern: /^ffa-crb (?<device>arm-ffa-\d+): failed to get crb interface version\. rc:(?<errno>-?\d+)$/,
    world: 'NS',
    kind: 'negative',
    known: withCrbFfa,
    source: `${crbFfa}:366 tpm_crb_ffa_probe(); the driver core's line after it always says -22`,
  },
  {
    id: 'tpm.crb-ffa-failed',
    pattern:
      /^ffa-crb (?<device>arm-ffa-\d+): (?<why>partition doesn't support direct message receive\.|Incompatible ABI version|Busy retry timed out)$/,
    world: 'NS',
    kind: 'negative',
    known: withCrbFfa,
    source: `${crbFfa}:254,345,376`,
  },
  {
    id: 'tpm.crb-ffa-twice',
    pattern: /^Error: Driver 'ffa-crb' is already registered, aborting\.\.\.$/,
    world: 'NS',
    kind: 'negative',
    known: ['6.18.5'],
    source: `drivers/base/driver.c:244 driver_register(), for tpm_crb_ffa_init() of a second probe (${crbFfa}:178)`,
  },
  {
    id: 'tpm.crb-timeout',
    pattern:
      /^(?<driver>tpm_crb|tpm_crb_acpi) (?<device>\S+): (?<why>goIdle timed out|cmdReady timed out|TPM_LOC_STATE_x\.(?:requestAccess|Relinquish) timed out)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: `${crb}:216,269,303,337; the driver is tpm_crb_acpi in 7.3`,
  },
  {
    id: 'tpm.crb-table-bad',
    pattern: /^(?<driver>tpm_crb|tpm_crb_acpi|tpm_tis) (?<device>\S+): \[Firmware Bug\]: (?<why>.*)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: `${crb}:425,435,597,634,675,747,799,819,832,853`,
  },
  {
    id: 'tpm.probe-failed',
    // `DRIVER: probe of DEVICE` in 5.15 to 6.8.
    pattern:
      /^(?<driver>tpm_[\w-]+|ftpm-tee|optee-ftpm)(?:: probe of (?<device>\S+)| (?<device>\S+): probe with driver \S+) failed with error (?<errno>-?\d+)$/,
    world: 'NS',
    kind: 'negative',
    known: since515,
    source: 'drivers/base/dd.c:597, really_probe() before; never printed for -ENODEV, -ENXIO and -EPROBE_DEFER',
  },
  {
    id: 'tpm.ftpm-refused',
    pattern:
      /^(?<driver>ftpm-tee|optee-ftpm) (?<device>\S+): ftpm_tee_probe\w*: tee_client_open_session failed, err=(?<code>[0-9a-f]+)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source:
      'drivers/char/tpm/tpm_ftpm_tee.c:204 ftpm_tee_probe(); the code is one of include/linux/tee_drv.h or GlobalPlatform',
  },
  {
    id: 'tpm.tis-gave-up',
    pattern: /^(?<driver>tpm_tis\S*) (?<device>\S+): (?<why>Could not get TPM timeouts and durations)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'drivers/char/tpm/tpm_tis_core.c tpm_tis_core_init(): -ENODEV, of which the driver core says nothing',
  },
  {
    id: 'tpm.tis',
    pattern:
      /^(?<driver>tpm_tis\S*) (?<device>\S+): (?<version>\d\.\d) TPM \((?:vendor-id 0x[0-9A-F]+, )?device-id 0x[0-9A-F]+, rev-id \d+\)$/,
    world: 'NS',
    kind: 'positive',
    known: kernels,
    source: 'drivers/char/tpm/tpm_tis_core.c:1242 tpm_tis_core_init()',
  },
  {
    id: 'tpm.manual-start',
    pattern: /^tpm (?<device>tpm\d+): starting up the TPM manually$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'drivers/char/tpm/tpm2-cmd.c:692 tpm2_startup(): no firmware had sent TPM2_Startup',
  },
  {
    id: 'tpm.chip-error',
    pattern:
      /^tpm (?<device>tpm\d+): (?<why>A TPM error \((?<code>-?\d+)\) occurred .*|Operation Timed out|Operation Canceled|\S+: send\(\): error -?\d+|tpm_transmit: tpm_recv: error -?\d+|FF-A Start failed|ACPI Start failed|TPM in field (?:failure|upgrade) mode, requires firmware upgrade)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'drivers/char/tpm/tpm-interface.c:139,154,170,177,278, tpm_crb.c:504,509, tpm2-cmd.c:736,753',
  },
]

import { kernels, type Signature } from './signature.ts'

const loadUefi = 'security/integrity/platform_certs/load_uefi.c'

/** What the kernel says of EFI variables: when it registered them, when the platform keyring read them, when efivarfs did. */
export const efiVariables: Signature[] = [
  {
    id: 'efi.version',
    pattern: /^efi: EFI v(?<version>\d+\.\d+) by (?<vendor>.+)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'drivers/firmware/efi/efi.c efi_systab_report_header()',
  },
  {
    id: 'efi.none',
    pattern: /^(?:efi: UEFI not found\.|(?:efi: )?EFI services will not be available\.)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'drivers/firmware/efi/fdtparams.c efi_get_fdt_params(), arm-runtime.c arm_enable_runtime_services()',
  },
  {
    id: 'efi.runtime-fault',
    pattern:
      /^(?:efi: )?(?:\[Firmware Bug\]: (?<why>Unable to handle .+ in EFI runtime service|Page fault caused by firmware at PA: 0x[0-9a-f]+)|(?<wedged>EFI runtime service \d+ wedged in firmware; disabling EFI runtime services))$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source:
      'arch/arm64/kernel/efi.c efi_runtime_fixup_exception(), arch/x86/platform/efi/quirks.c efi_crash_gracefully_on_page_fault(); wedged: drivers/firmware/efi/runtime-wrappers.c:374 of 7.3. Each clears EFI_RUNTIME_SERVICES',
  },
  {
    id: 'efi.runtime-asked-off',
    pattern: /^(?:efi: )?(?:EFI runtime services will be disabled\.|EFI runtime disabled)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source:
      'drivers/firmware/efi/arm-runtime.c arm_enable_runtime_services(), for efi=noruntime and CONFIG_EFI_DISABLE_RUNTIME, which is the default of PREEMPT_RT',
  },
  {
    id: 'efi.runtime-off',
    pattern:
      /^(?:efi: )?(?<why>EFI Runtime Services are disabled!|UEFI virtual mapping missing or invalid -- runtime services will not be available|Failed to allocate EFI runtime stack|Creating efi_rts_wq failed, EFI runtime services disabled\.)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'drivers/firmware/efi/{arm-runtime,runtime-wrappers,efi}.c, arch/arm64/kernel/efi.c arm64_efi_rt_init()',
  },
  {
    id: 'efi.runtime-queue',
    pattern: /^(?:efi: )?Failed to queue work to efi_rts_wq\.$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'drivers/firmware/efi/runtime-wrappers.c __efi_queue_work(): one call that failed',
  },
  {
    id: 'efivars.registered',
    pattern: /^efivars: Registered efivars operations$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source:
      'drivers/firmware/efi/vars.c:88 efivars_register(), at subsys level and so before pKVM: no evidence that they work now',
  },
  {
    id: 'efivars.list-failed',
    pattern: /^efivars: get_next_variable: status=(?<status>[0-9a-f]+)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'fs/efivarfs/vars.c:444 efivar_init()',
  },
  {
    id: 'efivars.name-too-long',
    pattern: /^efivars: Variable name size exceeds maximum \((?<size>\d+) > 512\)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'fs/efivarfs/vars.c:439 efivar_init(): EFI_BUFFER_TOO_SMALL; of EDK2 2025.02 the status of an older call',
  },
  {
    id: 'efivars.info-failed',
    pattern: /^query_variable_info\(\) failed: 0x(?<status>[0-9a-f]+)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'fs/efivarfs/super.c:96 efivarfs_statfs()',
  },
  {
    id: 'uefi-certs.failed',
    pattern:
      /^integrity: (?<why>Couldn't get size: 0x(?<status>[0-9a-f]+)|Error reading db var: 0x(?<reading>[0-9a-f]+)|MODSIGN: Couldn't get UEFI db list|Couldn't get UEFI (?:dbx list|MokListRT)|Couldn't get mokx list|Couldn't parse .*)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: `${loadUefi}:77,88,130,143,149,188,193,204,210,223,229; a variable that is not there prints no status`,
  },
  {
    id: 'uefi-certs.loading',
    pattern: /^integrity: Loading X\.509 certificate: (?<source>UEFI:\S+)/,
    world: 'NS',
    kind: 'positive',
    known: kernels,
    source: 'security/integrity/digsig.c integrity_load_cert(): a certificate out of a variable',
  },
  {
    id: 'uefi-certs.keyring',
    pattern: /^integrity: Platform Keyring initialized$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'security/integrity/platform_certs/platform_keyring.c platform_keyring_init()',
  },
]

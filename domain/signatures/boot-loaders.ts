import type { FaultKind, Signature } from './signature.ts'

const edk2 = ['EDK2 2022.11', 'EDK2 2025.02'] as const
const uboot = ['U-Boot 2023.01', 'U-Boot 2025.01'] as const
const hafnium = ['Hafnium 21bfbdc1'] as const
const lk = ['LK', 'Trusty'] as const

/** What may stand between TF-A and the kernel (BL33), Hafnium and Trusty beside them. Only what they say of themselves counts as having been there. */
export const bootLoaders: Signature[] = [
  {
    id: 'uboot.banner',
    pattern: /^U-Boot (?<version>20\d\d\.\d\d\S*) /,
    world: 'NS',
    kind: 'stage',
    stage: 'bl33',
    known: uboot,
    source: 'lib/display_options.c display_options()',
  },
  {
    // Where the banner goes to another UART, as on a Raspberry Pi 4 whose console U-Boot finds in the device tree.
    id: 'uboot.autoboot',
    pattern: /^Hit any key to stop autoboot:/,
    world: 'NS',
    kind: 'stage',
    stage: 'bl33',
    known: uboot,
    source: 'common/autoboot.c abortboot_single_key()',
  },
  fault('uboot.hang', 'hang', /^### ERROR ### Please RESET the board ###$/, uboot, 'lib/hang.c hang()'),
  fault(
    'uboot.exception',
    'exception',
    /^"(?<what>Synchronous Abort|Error|Irq|Fiq|Bad Synchronous Abort|Bad Error)" handler(?:, esr 0x(?<esr>[0-9a-f]+))?/,
    uboot,
    'arch/arm/lib/interrupts_64.c',
  ),
  fault(
    'uboot.initcall',
    'hang',
    /^initcall (?:sequence [0-9a-f]+ )?failed at (?:call|event) (?<where>.+) \(err=(?<errno>-?\d+)/,
    uboot,
    'lib/initcall.c, include/initcall.h initcall_run_list()',
  ),
  fault(
    'uboot.no-boot',
    'load-failure',
    /^(?<what>ERROR: can't get kernel image!|Bad Linux ARM64 Image magic!|Wrong Image (?:Format|Type) for \w+ command|ERROR: (?:Did not find a cmdline Flattened Device Tree|image is not a fdt - must RESET the board to recover\.|Failed to allocate .+)|SPL: failed to boot from all boot devices|FDT creation failed! hanging\.\.\.)$/,
    uboot,
    'boot/bootm.c, boot/image-fdt.c, arch/arm/lib/image.c, common/spl/spl.c',
  ),
  fault(
    'uboot.no-network',
    'load-failure',
    /^(?:(?<what>(?:ARP )?Retry (?:count|time) exceeded); starting again|(?<bootp>Retry time exceeded))$/,
    uboot,
    'net/arp.c:102, net/bootp.c:406,411, net/nfs.c:778, net/tftp.c:705 restart()',
  ),
  {
    id: 'edk2.banner',
    pattern: /^UEFI firmware \(version (?<version>.*?) ?built at /,
    world: 'NS',
    kind: 'stage',
    stage: 'bl33',
    known: edk2,
    source: 'ArmPlatformPkg/PrePi/PrePi.c, ArmVirtPkg',
  },
  {
    // As it was typed at its shell: what starts again after that was told to.
    id: 'edk2.reset',
    pattern: /^Shell> .*reset *$/,
    world: 'NS',
    kind: 'fact',
    known: edk2,
    source: 'ShellPkg/Application/Shell, ShellPkg/Library/UefiShellLevel2CommandsLib/Reset.c',
  },
  fault(
    'edk2.exception',
    'exception',
    /^(?<what>Synchronous|IRQ|FIQ|SError|SError\/Abort|Unknown) Exception at 0x(?<pc>[0-9A-Fa-f]+)/,
    edk2,
    'ArmPkg/Library/DefaultExceptionHandlerLib/AArch64/DefaultExceptionHandler.c, ArmPlatformPkg/PrePeiCore',
  ),
  fault(
    'edk2.exception-x64',
    'exception',
    /^!!!! (?:X64|IA32) Exception Type - (?<what>.+?) +CPU Apic ID - /,
    edk2,
    'UefiCpuPkg/Library/CpuExceptionHandlerLib/X64/ArchExceptionHandler.c',
  ),
  fault(
    'edk2.assert',
    'assert',
    /^ASSERT \[(?<module>[^\]]*)\] (?<file>.+)\((?<line>\d+)\): (?<what>.*)$/,
    edk2,
    'MdePkg/Library/BaseDebugLibSerialPort/DebugLib.c:222 and its siblings',
  ),
  fault(
    'edk2.assert-wrapped',
    'assert',
    /^ASSERT \[(?<module>[^\]]+)\] (?<file>\S.*)$/,
    edk2,
    'the same, cut by a terminal: the line and the condition stand in the next lines',
  ),
  {
    id: 'hafnium.start',
    pattern: /^(?:INFO|NOTICE): Initializing Hafnium/,
    world: 'S-EL2',
    kind: 'stage',
    stage: 'spmc',
    known: hafnium,
    source: 'src/init.c',
  },
  {
    id: 'hafnium.version-refused',
    pattern:
      /^ERROR: FFA_VERSION: (?:Cannot change FF-A version from v(?<from>\S+) to v(?<to>\S+) after|requested version v(?<asked>\S+) is not compatible)/,
    world: 'S-EL2',
    kind: 'negative',
    known: hafnium,
    source: 'src/api.c api_ffa_version()',
  },
  fault('hafnium.panic', 'panic', /^(?:ERROR: )?Panic: (?<why>.+)$/, hafnium, 'src/panic.c panic()', 'S-EL2'),
  fault(
    'hafnium.partition-fault',
    'exception',
    // Until 2.3 no level stood before it and the id was decimal.
    /^(?:[A-Z]+: )?Stage-(?<stage>[12]) page fault: pc=(?:0x)?[0-9a-f]+, vmid=(?<id>0x[0-9a-f]+|\d+), /,
    hafnium,
    'src/vcpu.c vcpu_handle_page_fault(); stage 1 of a partition at S-EL0',
    'S-EL2',
  ),
  fault(
    'hafnium.injected',
    'exception',
    /^(?:[A-Z]+: )?Injecting (?<what>(?:Data|Instruction) Abort) exception into VM ?(?<id>0x[0-9a-f]+|\d+)\.$/,
    hafnium,
    'src/arch/aarch64/hypervisor/handler.c inject_el1_data_abort_exception() and its sibling',
    'S-EL2',
  ),
  fault(
    'hafnium.aborted',
    'exception',
    /^(?:[A-Z]+: )?Aborting VM (?<id>0x[0-9a-f]+|\d+) vCPU (?<vcpu>\d+)$/,
    hafnium,
    'src/api.c api_abort()',
    'S-EL2',
  ),
  fault(
    'hafnium.exception',
    'exception',
    /^ERROR: (?:(?<what>Data abort|Instruction abort): pc=|Unknown current sync exception pc=)/,
    hafnium,
    'src/arch/aarch64/hypervisor/handler.c sync_current_exception()',
    'S-EL2',
  ),
  fault(
    'lk.panic',
    'panic',
    /^panic \((?:caller |@)0x[0-9a-f]+\): (?<why>.+)$/,
    lk,
    'kernel/debug.c _panic() of LK, on which Trusty is built',
    'S-EL1',
  ),
]

function fault(
  id: string,
  kind: FaultKind,
  pattern: RegExp,
  known: readonly string[],
  source: string,
  world: Signature['world'] = 'NS',
): Signature {
  return { id, pattern, world, kind: 'fault', fault: kind, known, source }
}

import type { Signature } from './signature.ts'

const known = ['TF-A 2.12.1'] as const

// Prefixes are padded to nine columns (plat/common/plat_log_common.c plat_prefix_str); what was copied from a terminal by
// way of a web page has one blank left.

/** `v2.12.1(debug):commit` (Makefile VERSION_STRING): some builds have a tab or blanks before the bracket, and nothing in it. */
const version = String.raw`v(?<version>[^\s(]+)\s*\((?<build>\w*)\):`

/** TF-A at EL3: its stages, and the ways in which it stops. `ERROR:` alone is no fault: QEMU's power-off is logged as one. */
export const trustedFirmware: Signature[] = [
  stage('tfa.welcome', 'bl1', /^NOTICE: +Booting Trusted Firmware$/, 'bl1/bl1_main.c:79 FIRMWARE_WELCOME_STR'),
  stage('tfa.bl1', 'bl1', new RegExp(`^NOTICE: +BL1: ${version}`), 'bl1/bl1_main.c:80'),
  stage('tfa.bl2', 'bl2', new RegExp(`^NOTICE: +BL2: ${version}`), 'bl2/bl2_main.c:102'),
  // BL3-1 until TF-A 1.1.
  stage('tfa.bl31', 'bl31', new RegExp(`^NOTICE: +BL3-?1: ${version}`), 'bl31/bl31_main.c:135'),
  stage('tfa.bl32', 'spmc', /^INFO: +BL31: Initializing BL32$/, 'bl31/bl31_main.c:185'),
  {
    id: 'tfa.spmd-ready',
    pattern: /^INFO: +SPM Core setup done\.$/,
    world: 'EL3',
    kind: 'fact',
    known,
    source: 'services/std_svc/spmd/spmd_main.c:573',
  },
  stage(
    'tfa.spmc-el3',
    'spmc',
    /^INFO: +Secure Partition (?:context setup start\.|\(0x[0-9a-f]+\) init start\.)$/,
    'services/std_svc/spm/el3_spmc/spmc_main.c',
  ),
  {
    id: 'tfa.power-off',
    pattern: /^ERROR: +QEMU System Power off: with GPIO\.$/,
    world: 'EL3',
    kind: 'fact',
    known,
    source: 'plat/qemu/common/qemu_pm.c:193 qemu_system_off()',
  },
  {
    id: 'tfa.reset',
    pattern: /^ERROR: +QEMU System Reset: with GPIO\.$/,
    world: 'EL3',
    kind: 'fact',
    known,
    source: 'plat/qemu/common/qemu_pm.c:206 qemu_system_reset()',
  },
  fault('tfa.panic', 'panic', /^PANIC at PC : 0x(?<pc>[0-9a-f]+)/, 'common/aarch64/debug.S do_panic'),
  fault('tfa.panic-el3', 'panic', /^PANIC in EL3\.$/, 'bl31/aarch64/crash_reporting.S panic_msg'),
  fault(
    'tfa.exception',
    'exception',
    // Up to 2.8 with the number of the level: `Unhandled Exception from EL1`.
    /^Unhandled (?<what>(?:Interrupt )?Exception (?:in EL3|from lower EL|from EL[012]))\.?$/,
    'bl31/aarch64/crash_reporting.S excpt_msg, intr_excpt_msg, excpt_msg_el',
  ),
  fault(
    'tfa.external-abort',
    'exception',
    // `at EL3!` in the handlers of before 2.2, and of platforms that have their own still.
    /^ERROR: +Unhandled External Abort received on 0x(?<mpidr>[0-9a-f]+) (?:from (?<level>\S+)|at (?<here>EL3)!)$/,
    'plat/common/aarch64/plat_common.c:110 plat_default_ea_handler()',
  ),
  fault(
    'tfa.assert',
    'assert',
    /^ASSERT: (?:File )?(?<file>[^ :[]+)(?::(?<line>\d+)| Line (?<padded>\d*))/,
    'lib/libc/assert.c __assert(), common/aarch64/debug.S asm_assert',
  ),
  fault(
    'tfa.bl32-failed',
    'load-failure',
    /^WARNING: +BL31: (?<what>BL32|RMM) initialization failed$/,
    'bl31/bl31_main.c:191,207',
  ),
  fault(
    'tfa.spmc-failed',
    'load-failure',
    /^(?:ERROR|WARNING): +SPMC initialisation failed 0x(?<rc>[0-9a-f]+)/,
    'services/std_svc/spmd/spmd_main.c:176,636',
  ),
  fault(
    'tfa.no-spmc',
    'load-failure',
    /^WARNING: +(?<what>No SPM Core image provided by BL2 boot loader\.|No or invalid SPM Core manifest image provided by BL2|Invalid or absent SPM Core manifest\.|Booting device without SPM initialization\.)$/,
    'services/std_svc/spmd/spmd_main.c:445,643,656,663',
  ),
  fault(
    'tfa.sp-failed',
    'load-failure',
    /^ERROR: +(?:SP 0x(?<sp>[0-9a-f]+) failed to initialize\.|SP \(0x(?<id>[0-9a-f]+)\) failed to initialize \(-?\d+\)\.|Error in Secure Partition manifest parsing\.|SPMD Logical SP \(0x[0-9a-f]+\) failed to initialize|Logical SPMD Partition validation failed!)$/,
    'services/std_svc/spm/el3_spmc/spmc_main.c:671, spmd_logical_sp.c:312,320',
  ),
  fault(
    'tfa.spmd-failed',
    'panic',
    /^ERROR: +(?<function>spmd_\w+) failed \((?<rc>-?[0-9a-f]+)\) on CPU(?<cpu>\d+)$/,
    'services/std_svc/spmd/spmd_main.c:250, spmd_pm.c:101,142, spmd_logical_sp.c:542,691: panics next',
  ),
  fault(
    'tfa.load-failed',
    'load-failure',
    // Without an id up to 2.9; by the image's name where BL2 had a step for each, up to 1.6.
    /^ERROR: +(?<what>(?:BL\d+: )?(?:Failed to load (?:image(?: id \d+)?|BL[23][\w-]*(?: firmware)?|SCP_BL2U?)|Failure in (?:pre|post) image load handling))(?:[ .]|$)/,
    'bl1/bl1_main.c:182,188,195, bl2/bl2_image_load_v2.c:62,72,83; bl2/bl2_main.c of 1.2 to 1.6',
  ),
  // Last: what a stage says of itself at any level, where the log begins behind its banner.
  stage('tfa.bl1-says', 'bl1', /^(?:NOTICE|INFO|VERBOSE|WARNING|ERROR): +BL1: /, 'bl1/bl1_main.c'),
  stage('tfa.bl2-says', 'bl2', /^(?:NOTICE|INFO|VERBOSE|WARNING|ERROR): +BL2: /, 'bl2/bl2_main.c'),
  stage('tfa.bl31-says', 'bl31', /^(?:NOTICE|INFO|VERBOSE|WARNING|ERROR): +BL3-?1: /, 'bl31/bl31_main.c'),
]

function stage(id: string, name: NonNullable<Signature['stage']>, pattern: RegExp, source: string): Signature {
  return { id, pattern, world: 'EL3', kind: 'stage', stage: name, known, source }
}

function fault(id: string, kind: NonNullable<Signature['fault']>, pattern: RegExp, source: string): Signature {
  return { id, pattern, world: 'EL3', kind: 'fault', fault: kind, known, source }
}

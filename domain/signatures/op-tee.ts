import type { Signature } from './signature.ts'

const known = ['OP-TEE 4.10.0'] as const

// `<level>/TC:<core> <thread> <function>:<line> <text>`, each part after TC: optional (lib/libutils/ext/trace.c trace_vprintf()).

/** OP-TEE at S-EL1, as SPMC or as a partition. */
export const opTee: Signature[] = [
  {
    id: 'tc.version',
    pattern: /^I\/TC: OP-TEE version: (?<version>\S+)/,
    world: 'S-EL1',
    kind: 'stage',
    stage: 'spmc',
    known,
    source: 'core/arch/arm/kernel/boot.c:1046',
  },
  {
    id: 'tc.ready',
    pattern: /^I\/TC: Primary CPU switching to normal world boot$/,
    world: 'S-EL1',
    kind: 'fact',
    known,
    source: 'core/arch/arm/kernel/boot.c:1099',
  },
  {
    id: 'tc.unknown-ffa',
    pattern: /^E\/TC:\S*(?: \S+)? +thread_spmc_msg_recv:\d+ Unhandled FFA function ID (?<function>0x[0-9a-f]+)$/,
    world: 'S-EL1',
    kind: 'fact',
    known,
    source: 'core/arch/arm/kernel/thread_spmc.c:2029 thread_spmc_msg_recv(); the answer is NOT_SUPPORTED',
  },
  {
    id: 'tc.panic',
    pattern: /^E\/TC:\S*(?: \S+)? +Panic(?: (?:'(?<why>.*)' )?at (?<file>\S+):(?<line>\d+) <(?<function>[^>]*)>.*)?$/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'panic',
    known,
    source: 'core/kernel/panic.c:72,74 __do_panic()',
  },
  {
    id: 'tc.abort',
    pattern: /^E\/TC:\S*(?: \S+)? +Core (?<what>\S+)-abort at address 0x(?<address>[0-9a-f]+)(?: \((?<fault>[^)]*)\))?/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'exception',
    known,
    source: 'core/arch/arm/kernel/abort.c:156,162 __print_abort_info()',
  },
  {
    id: 'tc.user-abort',
    pattern:
      /^E\/TC:\S*(?: \S+)? +User mode (?<what>\S+)-abort at address 0x(?<address>[0-9a-f]+)(?: \((?<fault>[^)]*)\))?/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'exception',
    known,
    source: 'core/arch/arm/kernel/abort.c:156,162: a trusted application or an S-EL0 partition, which OP-TEE survives',
  },
  {
    id: 'tc.ta-panicked',
    pattern: /^E\/TC:\S*(?: \S+)? +TA panicked with code 0x(?<code>[0-9a-f]+)$/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'exception',
    known,
    source:
      'core/kernel/scall.c:290 tee_svc_sys_return_helper(); ldelf/main.c:39 names the TA behind it. OP-TEE survives it',
  },
  {
    id: 'tc.sp-panicked',
    pattern: /^D\/TC:.*? (?<who>SP|stmm) panicked with code +0x(?<code>[0-9a-f]+)/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'exception',
    known,
    source: 'core/arch/arm/kernel/secure_partition.c:1832, stmm_sp.c:146; said at debug level only',
  },
  {
    id: 'tc.sp-failed',
    pattern:
      /^E\/TC:.*? (?<what>Failed initializing SP\(\S+\)|Failed starting SP\(0x[0-9a-f]+\)|Failed loading SP\b|Failed to open SP binary|Invalid FIP SP (?:load address|uuid|package))(?:.* err:0x(?<rc>[0-9a-f]+))?/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'load-failure',
    known,
    source: 'core/arch/arm/kernel/secure_partition.c:535,659,684,2004 to 2112',
  },
  {
    id: 'tc.assert',
    pattern: /^E\/TC:\S*(?: \S+)? +assertion (?:'(?<what>.*)' failed at (?<file>\S+):(?<line>\d+)|failed)/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'assert',
    known,
    source: 'core/kernel/assert.c:19,22 _assert_log()',
  },
]

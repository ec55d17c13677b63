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
    id: 'tc.panic',
    pattern: /^E\/TC:\S*(?: \S+)? +Panic(?: .*)?$/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'panic',
    known,
    source: 'core/kernel/panic.c:72,74 __do_panic()',
  },
  {
    id: 'tc.abort',
    pattern: /^E\/TC:\S*(?: \S+)? +Core \S+-abort at address 0x(?<address>[0-9a-f]+)/,
    world: 'S-EL1',
    kind: 'fault',
    fault: 'exception',
    known,
    source: 'core/arch/arm/kernel/abort.c:156,162 __print_abort_info(); a user TA\'s abort says "User mode"',
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

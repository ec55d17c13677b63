import { kernels, type Signature } from './signature.ts'

// What `initcall_debug` prints of the initcalls that decide whether FF-A or pKVM came first (init/main.c and drivers/base/dd.c).
// The `_sync` levels print under their base level, rootfs_initcalls under "fs".

/** Initcalls and probes that order findings rest on. */
export const initcalls: Signature[] = [
  {
    id: 'initcall.calling',
    pattern:
      /^calling  (?<function>arm_ffa_bus_init|ffa_init|kvm_arm_init|finalize_pkvm|optee_core_init|deferred_probe_initcall)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[(?<module>[^\]]+)\])? @ (?<pid>\d+)$/,
    world: 'NS',
    kind: 'order',
    known: kernels,
    source: 'init/main.c trace_initcall_start_cb()',
  },
  {
    id: 'initcall.returned',
    pattern:
      /^initcall (?<function>arm_ffa_bus_init|ffa_init|kvm_arm_init|finalize_pkvm|optee_core_init|deferred_probe_initcall)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[(?<module>[^\]]+)\])? returned (?<rc>-?\d+) after (?<usecs>-?\d+) usecs/,
    world: 'NS',
    kind: 'order',
    known: kernels,
    source: 'init/main.c trace_initcall_finish_cb()',
  },
  {
    id: 'probe.returned',
    // The number is the positive errno of the driver's own probe, negative when the driver core refused before calling it.
    pattern:
      /^probe of (?<device>arm-ffa(?:-\d+)?)(?: with driver (?<driver>\S+))? returned (?<rc>-?\d+) after (?<usecs>-?\d+) usecs/,
    world: 'NS',
    kind: 'order',
    known: kernels,
    source: 'drivers/base/dd.c:746 really_probe_debug(); `with driver` since 7.x',
  },
]

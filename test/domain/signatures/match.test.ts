import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../../domain/console/line-reader.ts'
import { catalogue } from '../../../domain/signatures/catalogue.ts'
import { matchSignatures, type SignatureMatch } from '../../../domain/signatures/match.ts'
import { speakerOf } from '../../../domain/signatures/speaker.ts'
import { integrityLines } from './integrity-lines.ts'
import { boots, rawConsole } from '../probes/showing.ts'

function match(text: string): SignatureMatch | undefined {
  return matchSignatures({ number: 1, offset: 0, text })
}

/** A line as the source's format string makes it, with the groups that must come out; the comment says which version words it so. */
const lines: [id: string, text: string, groups: Record<string, string>][] = [
  [
    'linux.boot-cpu',
    '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]',
    { mpidr: '0000000000', midr: '000f0510' },
  ],
  ['linux.boot-cpu', '[    0.000000] Booting Linux on physical CPU 0xf00', { mpidr: 'f00' }],
  ['linux.banner', '[    0.000000] Linux version 6.18.5 (lab@lab) (gcc) #1 SMP', { release: '6.18.5' }],
  ['linux.efi-stub', 'EFI stub: Booting Linux Kernel...', {}],
  ['linux.init', '[    0.817974] Run /init as init process', { path: '/init' }],
  ['linux.power-down', '[    1.159519] reboot: Power down', {}],
  ['linux.restart', '[    1.1595] reboot: Restarting system'.replace('1.1595', '1.159500'), {}],
  ['linux.el', '[    0.000000] CPU: All CPU(s) started at EL2', { el: '2' }],
  ['fuzz.begin', '[    0.580085] hyplab-ffa-fuzz: seed 1, 3000 ms', { seed: '1', ms: '3000' }],
  ['fuzz.end', '[    3.802105] hyplab-ffa-fuzz: done', {}],
  ['psci.smccc', '[    0.000000] psci: SMC Calling Convention v1.5', { major: '1', minor: '5' }],
  ['initcall.calling', '[    0.343807] calling  ffa_init+0x0/0x718 @ 1', { function: 'ffa_init', pid: '1' }],
  [
    'initcall.calling',
    '[    2.105043] calling  ffa_init+0x0/0x718 [ffa_module] @ 60',
    { function: 'ffa_init', module: 'ffa_module', pid: '60' },
  ],
  [
    'initcall.returned',
    '[    0.555601] initcall finalize_pkvm+0x0/0x98 returned -22 after 2306 usecs',
    { function: 'finalize_pkvm', rc: '-22', usecs: '2306' },
  ],
  [
    'probe.returned',
    '[    0.552479] probe of arm-ffa-1 returned 22 after 1081 usecs',
    { device: 'arm-ffa-1', rc: '22', usecs: '1081' },
  ],
  [
    'probe.returned',
    '[    0.809053] probe of arm-ffa with driver arm-ffa returned 517 after 189 usecs',
    { device: 'arm-ffa', driver: 'arm-ffa', rc: '517', usecs: '189' },
  ],
  ['kvm.mode', '[    0.475190] kvm [1]: Protected hVHE mode initialized successfully', { mode: 'Protected hVHE' }],
  ['kvm.mode', '[    0.475190] kvm [1]: VHE+NV2 mode initialized successfully', { mode: 'VHE', nested: '+NV2' }],
  ['kvm.reserved', '[    0.000000] kvm [0]: Reserved 18 MiB at 0xbe800000', { mib: '18', address: 'be800000' }],
  [
    'kvm.failed',
    '[    0.4] kvm [1]: error initializing Hyp mode: -95'.replace('0.4', '0.400000'),
    { why: 'error initializing Hyp mode: -95', errno: '-95' },
  ],
  [
    'kvm.failed',
    'kvm [1]: Cannot initialize protected mode without PSCI',
    { why: 'Cannot initialize protected mode without PSCI' },
  ],
  [
    'kvm.failed',
    'kvm [1]: pKVM requires firmware support for C1-Pro erratum 4193714',
    { why: 'pKVM requires firmware support for C1-Pro erratum 4193714' },
  ],
  ['kvm.disabled', 'kvm [1]: KVM disabled from command line', {}],
  [
    'kvm.ignored',
    '[    0.000000] Protected KVM not available with VHE',
    { why: 'Protected KVM not available with VHE' },
  ],
  ['kvm.finalize-failed', '[    0.555601] Failed to finalize Hyp protection: -22', { errno: '-22' }],
  ['kvm.feature', '[    0.000000] CPU features: detected: Protected KVM', { feature: 'Protected KVM' }],
  ['ffa.driver-version', '[    0.345585] ARM FF-A: Driver version 1.2', { major: '1', minor: '2' }],
  ['ffa.firmware-version', '[    0.345691] ARM FF-A: Firmware version 1.2 found', { major: '1', minor: '2' }],
  // 5.14 and 5.15.
  ['ffa.firmware-version', '[    0.060000] ARM FF-A: Version 1.0 found', { major: '1', minor: '0' }],
  ['ffa.incompatible', '[    0.060000] ARM FF-A: Incompatible version 1.1 found', { major: '1', minor: '1' }],
  ['ffa.absent', 'ARM FF-A: FFA_VERSION returned not supported', {}],
  [
    'ffa.incompatible',
    'ARM FF-A: Incompatible v0.0! Earliest supported v1.0',
    { major: '0', minor: '0', limit: '1.0' },
  ],
  [
    'ffa.failed',
    'ARM FF-A: ffa_setup_partitions: No partitions found, error -22',
    { why: 'ffa_setup_partitions: No partitions found, error -22' },
  ],
  ['ffa.failed', 'ARM FF-A: failed to register FFA RxTx buffers', { why: 'failed to register FFA RxTx buffers' }],
  ['ffa.notifications-off', 'ARM FF-A: Notification setup failed -95, not enabled', { errno: '-95' }],
  ['optee.revision', '[    0.887324] optee: revision 4.10', { major: '4', minor: '10' }],
  ['optee.smc-abi', '[    3.170000] optee: probing for conduit method.', {}],
  ['optee.initialized', '[    3.178516] optee: initialized driver', {}],
  ['optee.unexpected-error', '[    0.552074] optee: Unexpected error -22', { errno: '-22' }],
  ['optee.refused', 'optee: Incompatible OP-TEE API version 2.0', { why: 'Incompatible OP-TEE API version 2.0' }],
  [
    // 5.15 to 6.8.
    'probe.failed',
    '[    1.000010] optee: probe of arm-ffa-1 failed with error -22',
    { driver: 'optee', device: 'arm-ffa-1', errno: '-22' },
  ],
  [
    'probe.failed',
    '[    0.552167] optee arm-ffa-1: probe with driver optee failed with error -22',
    { driver: 'optee', device: 'arm-ffa-1', errno: '-22' },
  ],
  [
    'probe.deferred',
    'platform arm-ffa: deferred probe pending: (reason unknown)',
    { device: 'arm-ffa', reason: '(reason unknown)' },
  ],
  [
    'fault.hyp-panic',
    'kvm [1]: nVHE hyp BUG at: [<ffff800080000000>] __kvm_nvhe_x+0x1/0x2!',
    { what: 'BUG', where: '[<ffff800080000000>] __kvm_nvhe_x+0x1/0x2!' },
  ],
  ['fault.hyp-exception', 'kvm [1]: Invalid host exception to nVHE hyp!', {}],
  [
    'fault.panic',
    '[    1.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
    { why: 'Attempted to kill init! exitcode=0x0000000b' },
  ],
  [
    'fault.oops',
    'Internal error: Oops: 0000000096000004 [#1]  SMP',
    { what: 'Oops', esr: '0000000096000004', count: '1' },
  ],
  [
    'fault.oops',
    'Internal error: Oops - BUG: 00000000f2000800 [#1] PREEMPT SMP',
    { what: 'Oops - BUG', esr: '00000000f2000800', count: '1' },
  ],
  [
    'fault.paging',
    'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008',
    { what: 'NULL pointer dereference', address: '0000000000000008' },
  ],
  [
    // arm32.
    'fault.paging',
    'Unable to handle kernel NULL pointer dereference at virtual address 00000000 when read',
    { what: 'NULL pointer dereference', address: '00000000' },
  ],
  ['fault.bug', 'kernel BUG at mm/slub.c:123!', { file: 'mm/slub.c', line: '123' }],
  [
    'fault.serror',
    'SError Interrupt on CPU0, code 0x00000000be000011 -- SError',
    { cpu: '0', esr: '00000000be000011' },
  ],
  [
    'fault.warn',
    'WARNING: CPU: 1 PID: 7 at drivers/x.c:42 x_probe+0x10/0x20 [x]',
    { cpu: '1', pid: '7', file: 'drivers/x.c', line: '42', function: 'x_probe' },
  ],
  ['fault.warn', 'WARNING: CPU: 0 PID: 1 at 0xffffffff81000000', { cpu: '0', pid: '1' }],
  [
    'fault.warn-7',
    'WARNING: drivers/x.c:42 at 0xffffffff81000000, CPU#1: swapper/0/1',
    { file: 'drivers/x.c', line: '42', cpu: '1' },
  ],
  ['fault.warn', 'WARNING: CPU: 1 PID: 7 at x_probe+0x10/0x20', { cpu: '1', pid: '7', function: 'x_probe' }],
  [
    'fault.warn-7',
    'WARNING: drivers/x.c:42 at x_probe+0x10/0x20, CPU#1: swapper/0/1',
    { file: 'drivers/x.c', line: '42', function: 'x_probe', cpu: '1' },
  ],
  [
    'fault.hung-task',
    'INFO: task init:1 blocked for more than 120 seconds.',
    { task: 'init', pid: '1', seconds: '120' },
  ],
  [
    'fault.soft-lockup',
    'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:1]',
    { cpu: '0', seconds: '22', task: 'init', pid: '1' },
  ],
  ['fault.hard-lockup', 'watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 1', { cpu: '1' }],
  ['fault.rcu-stall', 'rcu: INFO: rcu_sched self-detected stall on CPU', { flavour: 'rcu_sched' }],
  ['fault.rcu-stall', 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:', { flavour: 'rcu_preempt' }],
  [
    'fault.kasan',
    'BUG: KASAN: slab-out-of-bounds in ffa_init+0x1/0x2',
    { what: 'slab-out-of-bounds in ffa_init+0x1/0x2' },
  ],
  ['fault.kfence', 'BUG: KFENCE: use-after-free read in x+0x1/0x2', { what: 'use-after-free read in x+0x1/0x2' }],
  [
    'fault.ubsan',
    'UBSAN: array-index-out-of-bounds in drivers/x.c:4:2',
    { what: 'array-index-out-of-bounds', file: 'drivers/x.c', line: '4' },
  ],
  [
    'fault.lockdep',
    'WARNING: possible circular locking dependency detected',
    { what: 'possible circular locking dependency detected' },
  ],
  ['fault.lockdep', '[    1.000000] [ BUG: Invalid wait context ]', { bug: 'Invalid wait context' }],
  ['fault.oom', 'Out of memory: Killed process 77 (init)', { pid: '77' }],
  ['fault.bug-other', 'BUG: MAX_LOCKDEP_CHAINS too low!', { what: 'MAX_LOCKDEP_CHAINS too low!' }],
  ['fault.cut-here', '------------[ cut here ]------------', {}],
  ['fault.end-trace', '---[ end trace 0000000000000000 ]---', {}],
  ['fault.end-trace', '---[ end Kernel panic - not syncing: x ]---', {}],
  ['tfa.welcome', 'NOTICE:  Booting Trusted Firmware', {}],
  ['tfa.bl1', 'NOTICE:  BL1: v2.12.1(release):', { version: '2.12.1', build: 'release' }],
  ['tfa.bl2', 'NOTICE:  BL2: v2.12.1(debug):v2.12.1-3-gabc', { version: '2.12.1', build: 'debug' }],
  ['tfa.bl31', 'NOTICE:  BL31: v2.12.1(release):', { version: '2.12.1', build: 'release' }],
  ['tfa.bl2', 'NOTICE:  BL2: v2.10.0\t(release):v2.10.0', { version: '2.10.0', build: 'release' }],
  ['tfa.bl31', 'NOTICE:  BL31: v2.10.0   (release):v2.10.0', { version: '2.10.0', build: 'release' }],
  // Rockchip leaves the kind of build out.
  ['tfa.bl31', 'NOTICE:  BL31: v2.3():v2.3-589-g3389cfdda:someone', { version: '2.3', build: '' }],
  ['tfa.bl31', 'NOTICE:  BL3-1: v1.0(debug):361f8a7', { version: '1.0', build: 'debug' }],
  // Without the blanks that a web page takes away.
  ['tfa.welcome', 'NOTICE: Booting Trusted Firmware', {}],
  ['tfa.bl2', 'NOTICE: BL2: v2.6(release):02e589f3e-dirty', { version: '2.6', build: 'release' }],
  ['tfa.load-failed', 'ERROR: BL2: Failed to load image id 4 (-2)', { what: 'BL2: Failed to load image id 4' }],
  ['tfa.spmc-failed', 'ERROR: SPMC initialisation failed 0xfffffffe', { rc: 'fffffffe' }],
  ['tfa.bl1-says', 'INFO:    BL1: Loading BL2', {}],
  ['tfa.bl2-says', 'NOTICE:  BL2: Booting BL31', {}],
  ['tfa.bl31-says', 'INFO:    BL31: Preparing for EL3 exit to normal world', {}],
  ['tfa.bl31-says', 'INFO:    BL3-1: Initializing runtime services', {}],
  ['tfa.bl32', 'INFO:    BL31: Initializing BL32', {}],
  ['tfa.spmd-ready', 'INFO:    SPM Core setup done.', {}],
  ['tfa.spmc-el3', 'INFO:    Secure Partition (0x8001) init start.', {}],
  ['tfa.power-off', 'ERROR:   QEMU System Power off: with GPIO.', {}],
  ['tfa.reset', 'ERROR:   QEMU System Reset: with GPIO.', {}],
  ['tfa.panic', 'PANIC at PC : 0x000000000e09b2a4', { pc: '000000000e09b2a4' }],
  ['tfa.panic-el3', 'PANIC in EL3.', {}],
  ['tfa.exception', 'Unhandled Exception in EL3.', { what: 'Exception in EL3' }],
  ['tfa.exception', 'Unhandled Exception from lower EL.', { what: 'Exception from lower EL' }],
  [
    'tfa.assert',
    'ASSERT: services/std_svc/spmd/spmd_main.c:642',
    { file: 'services/std_svc/spmd/spmd_main.c', line: '642' },
  ],
  [
    'tfa.assert',
    'ASSERT: File bl1/aarch64/bl1_context_mgmt.c Line 00071',
    { file: 'bl1/aarch64/bl1_context_mgmt.c', padded: '00071' },
  ],
  ['tfa.bl32-failed', 'WARNING: BL31: BL32 initialization failed', { what: 'BL32' }],
  ['tfa.spmc-failed', 'ERROR:   SPMC initialisation failed 0xfffffffe', { rc: 'fffffffe' }],
  ['tfa.load-failed', 'ERROR:   BL2: Failed to load image id 4 (-2)', { what: 'BL2: Failed to load image id 4' }],
  ['tc.version', 'I/TC: OP-TEE version: Unknown_4.10 (gcc version 12.2.0)', { version: 'Unknown_4.10' }],
  ['tc.ready', 'I/TC: Primary CPU switching to normal world boot', {}],
  [
    'tc.panic',
    "E/TC:0 0 Panic 'x' at core/kernel/y.c:1 <z>",
    { why: 'x', file: 'core/kernel/y.c', line: '1', function: 'z' },
  ],
  ['tc.panic', 'E/TC:0   Panic at core/kernel/y.c:1 <z>', { file: 'core/kernel/y.c', line: '1', function: 'z' }],
  [
    'tc.unknown-ffa',
    'E/TC:1   thread_spmc_msg_recv:2029 Unhandled FFA function ID 0xc4000074',
    { function: '0xc4000074' },
  ],
  [
    'tc.abort',
    'E/TC:0 0 Core data-abort at address 0x10 (translation fault)',
    { what: 'data', address: '10', fault: 'translation fault' },
  ],
  [
    'tc.assert',
    "E/TC:0 0 assertion 'x > 0' failed at core/kernel/y.c:1 <z>",
    { what: 'x > 0', file: 'core/kernel/y.c', line: '1' },
  ],
  ['uboot.banner', 'U-Boot 2023.01+dfsg-2 (Jan 01 2023 - 00:00:00 +0000)', { version: '2023.01+dfsg-2' }],
  ['edk2.banner', 'UEFI firmware (version  built at 12:35:07 on Nov 22 2026)', { version: '' }],
  ['edk2.reset', 'Shell> reset', {}],
  ['edk2.exception', 'Synchronous Exception at 0x00000000BF6D1234', { what: 'Synchronous', pc: '00000000BF6D1234' }],
  [
    'linux.cmdline',
    '[    0.000000] Kernel command line: console=ttyAMA0 kvm-arm.mode=protected',
    { words: 'console=ttyAMA0 kvm-arm.mode=protected' },
  ],
  ['linux.cmdline', 'Kernel command line: a b \\', { words: 'a b', more: ' \\' }],
  ['linux.efi-stub-error', 'EFI stub: ERROR: Failed to relocate kernel', { what: 'Failed to relocate kernel' }],
  ['linux.el-mixed', 'CPU: CPUs started in inconsistent modes', {}],
  ['linux.init-failed', 'Failed to execute /init (error -2)', { path: '/init', errno: '-2' }],
  ['linux.init-failed', 'check access for rdinit=/init failed: -2, ignoring', { rdinit: '/init', access: '-2' }],
  [
    'linux.no-root',
    'VFS: Cannot open root device "vda1" or unknown-block(0,0): error -6',
    { device: 'vda1', errno: '-6' },
  ],
  ['linux.no-root', 'VFS: Cannot open root device "" or unknown-block(0,0): error -6', { device: '', errno: '-6' }],
  ['kvm.mode', 'kvm [1]: Hyp mode initialized successfully', { mode: 'Hyp' }],
  ['kvm.failed', 'kvm [1]: Cannot map .hyp.data section', { why: 'Cannot map .hyp.data section' }],
  ['kvm.failed', 'kvm [1]: Cannot map hyp bss section: -12', { why: 'Cannot map hyp bss section: -12' }],
  ['kvm.failed', 'kvm [1]: Failed to register hyp memblocks: -22', { why: 'Failed to register hyp memblocks: -22' }],
  ['kvm.failed', 'kvm [1]: HYP mode not available', { why: 'HYP mode not available' }],
  ['kvm.no-vgic', 'kvm [1]: No vgic maintenance irq', { why: 'No vgic maintenance irq' }],
  [
    'kvm.hyp-state',
    '[    5.000000] PS:604023c9 PC:0000d9a1b5a1b0c4 ESR:00000000f2000800',
    { ps: '604023c9', pc: '0000d9a1b5a1b0c4', esr: '00000000f2000800' },
  ],
  // 5.15: no symbol; between 5.15 and 6.0 no pid in places.
  ['fault.hyp-panic', 'kvm: nVHE hyp panic at: ffffffc0116145c4!', { what: 'panic', where: 'ffffffc0116145c4!' }],
  [
    'fault.hyp-panic',
    'kvm [1]: nVHE hyp BUG at: arch/arm64/kvm/hyp/nvhe/ffa.c:123!',
    { what: 'BUG', where: 'arch/arm64/kvm/hyp/nvhe/ffa.c:123!' },
  ],
  [
    'fault.no-root',
    'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    { why: 'VFS: Unable to mount root fs on unknown-block(0,0)' },
  ],
  [
    'fault.no-root',
    'Kernel panic - not syncing: VFS: Unable to mount root fs on "/dev/vda" or unknown-block(0,0)',
    { why: 'VFS: Unable to mount root fs on "/dev/vda" or unknown-block(0,0)' },
  ],
  [
    'fault.no-init',
    'Kernel panic - not syncing: Requested init /x failed (error -2).',
    { why: 'Requested init /x failed (error -2).' },
  ],
  [
    'fault.no-init',
    'Kernel panic - not syncing: No working init found.  Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance.',
    {
      why: 'No working init found.  Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance.',
    },
  ],
  // 5.15 has eight digits.
  ['fault.oops', 'Internal error: Oops: 96000004 [#1] PREEMPT SMP', { what: 'Oops', esr: '96000004', count: '1' }],
  [
    'fault.x86-paging',
    'BUG: kernel NULL pointer dereference, address: 0000000000000008',
    { what: 'kernel NULL pointer dereference' },
  ],
  [
    'fault.x86-paging',
    'BUG: unable to handle page fault for address: ffffffffc0000000',
    { what: 'unable to handle page fault for address' },
  ],
  ['fault.x86-oops', 'Oops: 0002 [#1] PREEMPT SMP PTI', { what: 'Oops', esr: '0002', count: '1' }],
  ['fault.x86-oops', 'Oops: Oops: 0000 [#1] SMP NOPTI', { what: 'Oops', esr: '0000', count: '1' }],
  [
    'fault.x86-oops',
    'general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#1] SMP',
    {
      what: 'general protection fault, probably for non-canonical address 0xdead000000000108',
      esr: '0000',
      count: '1',
    },
  ],
  ['fault.bug-bare', 'Kernel BUG at do_bug+0x4/0x8 [verbose debug info unavailable]', {}],
  ['fault.serror', 'SError Interrupt on CPU1, code 0xbf000002 -- SError', { cpu: '1', esr: 'bf000002' }],
  [
    'fault.bad-mode',
    'Unhandled 64-bit el1h sync exception on CPU0, ESR 0x0000000002000000 -- Unknown/Uncategorized',
    { vector: '64-bit el1h sync', esr: '0000000002000000', what: 'Unknown/Uncategorized' },
  ],
  [
    'fault.bad-mode',
    'Bad mode in Synchronous Abort handler detected on CPU0, code 0x8600000f -- IABT (current EL)',
    { handler: 'Synchronous Abort', esr: '8600000f', what: 'IABT (current EL)' },
  ],
  ['fault.stack-overflow', 'Insufficient stack space to handle exception!', {}],
  [
    'fault.cfi',
    'CFI failure at do_one_initcall+0x70/0x2c0 (target: x+0x0/0x8; expected type: 0x12345678)',
    { where: 'do_one_initcall+0x70/0x2c0' },
  ],
  ['fault.trace', 'Call trace:', {}],
  ['fault.trace', 'Call Trace:', {}],
  [
    'fault.hung-task',
    'INFO: task kworker/u4:1:33 blocked in I/O wait for more than 122 seconds.',
    { task: 'kworker/u4:1', pid: '33', seconds: '122' },
  ],
  ['fault.rcu-stall', 'rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: {', { flavour: 'rcu_preempt' }],
  ['fault.rcu-stall', 'INFO: rcu_tasks detected stalls on tasks:', { flavour: 'rcu_tasks' }],
  ['fault.workqueue-stall', 'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!', {}],
  ['fault.kcsan', 'BUG: KCSAN: data-race in a / b', { what: 'data-race in a / b' }],
  [
    'fault.atomic',
    'BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580',
    { file: 'kernel/locking/mutex.c', line: '580' },
  ],
  [
    'fault.atomic-schedule',
    'BUG: scheduling while atomic: init/1/0x00000002',
    { what: 'scheduling while atomic', task: 'init', pid: '1' },
  ],
  ['fault.atomic-leak', 'BUG: workqueue leaked atomic, lock or RCU: kworker/0:1[9]', {}],
  ['fault.atomic-leak', 'BUG: workqueue leaked lock or atomic: kworker/0:1/0x00000001/9', {}],
  [
    'fault.preemptible',
    'BUG: using smp_processor_id() in preemptible [00000000] code: init/1',
    { what: 'smp_processor_id()', task: 'init', pid: '1' },
  ],
  [
    'fault.spinlock',
    'BUG: spinlock bad magic on CPU#0, swapper/0/1',
    { what: 'spinlock bad magic', cpu: '0', task: 'swapper/0', pid: '1' },
  ],
  [
    'fault.list',
    'list_add corruption. prev->next should be next (ffff000001), but was ffff000002. (prev=ffff000003).',
    { what: 'list_add corruption' },
  ],
  ['fault.list', 'list_del corruption, ffff000001->next is NULL', { what: 'list_del corruption' }],
  ['fault.page', 'BUG: Bad page state in process init  pfn:4f3c1', { what: 'Bad page state' }],
  [
    'fault.slub',
    'BUG kmalloc-64 (Not tainted): Right Redzone overwritten',
    { cache: 'kmalloc-64', taint: 'Not tainted', what: 'Right Redzone overwritten' },
  ],
  [
    'fault.usercopy',
    "usercopy: Kernel memory exposure attempt detected from SLUB object 'x' (offset 0, size 8)!",
    { what: 'Kernel memory exposure attempt detected' },
  ],
  ['fault.oom', 'init invoked oom-killer: gfp_mask=0x140cca(x), order=0, oom_score_adj=0', { task: 'init' }],
  ['fault.end-trace', '---[ end trace f68728a0d3053b52 ]---', {}],
  ['fault.end-trace', '---[ end trace ]---', {}],
  ['tfa.exception', 'Unhandled Interrupt Exception in EL3.', { what: 'Interrupt Exception in EL3' }],
  ['tfa.bl32-failed', 'WARNING: BL31: RMM initialization failed', { what: 'RMM' }],
  ['tfa.spmc-failed', 'WARNING: SPMC initialisation failed 0x8.', { rc: '8' }],
  [
    'tfa.no-spmc',
    'WARNING: Booting device without SPM initialization.',
    { what: 'Booting device without SPM initialization.' },
  ],
  ['tfa.sp-failed', 'ERROR:   SP 0x8001 failed to initialize.', { sp: '8001' }],
  [
    'tfa.spmd-failed',
    'ERROR:   spmd_cpu_on_finish_handler failed (18446744073709551615) on CPU1',
    { function: 'spmd_cpu_on_finish_handler', rc: '18446744073709551615', cpu: '1' },
  ],
  [
    'tfa.load-failed',
    'ERROR:   BL2: Failure in post image load handling (-1)',
    { what: 'BL2: Failure in post image load handling' },
  ],
  [
    'tc.user-abort',
    'E/TC:? 0 User mode data-abort at address 0x0 (write permission fault)',
    { what: 'data', address: '0', fault: 'write permission fault' },
  ],
  [
    'tc.sp-panicked',
    'D/TC:? 0 sp_enter_invoke_cmd:1832 SP panicked with code  0xdeadbeef',
    { who: 'SP', code: 'deadbeef' },
  ],
  [
    'tc.sp-failed',
    'E/TC:0 0 fip_sp_init_all:2076 Failed initializing SP(b8f1bf34-ba9b-4a9d-a7b3-17d72e9d6a71) err:0xffff0008',
    { what: 'Failed initializing SP(b8f1bf34-ba9b-4a9d-a7b3-17d72e9d6a71)', rc: 'ffff0008' },
  ],
  ['uboot.autoboot', 'Hit any key to stop autoboot:  2 \b\b\b 1 \b\b\b 0 ', {}],
  ['uboot.hang', '### ERROR ### Please RESET the board ###', {}],
  [
    'uboot.exception',
    '"Synchronous Abort" handler, esr 0x96000045, far 0x0',
    { what: 'Synchronous Abort', esr: '96000045' },
  ],
  [
    'uboot.initcall',
    'initcall sequence 3ffd22d4 failed at call 040028bc (err=-19)',
    { where: '040028bc', errno: '-19' },
  ],
  [
    'uboot.initcall',
    'initcall failed at event 10/(unknown) (err=-22: Invalid argument)',
    { where: '10/(unknown)', errno: '-22' },
  ],
  ['uboot.no-boot', 'Bad Linux ARM64 Image magic!', { what: 'Bad Linux ARM64 Image magic!' }],
  ['edk2.exception', 'SError Exception at 0x000000013C9E5A1C', { what: 'SError', pc: '000000013C9E5A1C' }],
  [
    'edk2.exception-x64',
    '!!!! X64 Exception Type - 0E(#PF - Page-Fault)  CPU Apic ID - 00000000 !!!!',
    { what: '0E(#PF - Page-Fault)' },
  ],
  [
    'edk2.assert',
    'ASSERT [ArmVirtMemoryInitPeiLib] /build/edk2/ArmVirtPkg/Library/x.c(42): Size != 0',
    { module: 'ArmVirtMemoryInitPeiLib', file: '/build/edk2/ArmVirtPkg/Library/x.c', line: '42', what: 'Size != 0' },
  ],
  [
    'hafnium.version-refused',
    'ERROR: FFA_VERSION: Cannot change FF-A version from v1.0 to v1.2 after other FF-A calls have been made',
    { from: '1.0', to: '1.2' },
  ],
  ['hafnium.panic', 'Panic: EL2 exception', { why: 'EL2 exception' }],
  ['hafnium.exception', 'ERROR: Data abort: pc=0x60ac, esr=0x96000006, ec=0x25, far=0x8', { what: 'Data abort' }],
  ['damage.dropped', '** 37 printk messages dropped **', { count: '37' }],
  ['damage.early-dropped', '[    0.000000] printk: dropped 3 messages', { count: '3' }],
  ['damage.overrun', '[    5.000000] ttyAMA ttyAMA0: 3 input overrun(s)', { port: 'ttyAMA0', count: '3' }],
  ['damage.contention', '[    5.000000] hrtimer: interrupt took 5006432 ns', { took: '5006432' }],
  ['damage.server-lost', 'Port already in use', {}],
  ['damage.server', 'Trying 127.0.0.1...', {}],
  ['hafnium.start', 'NOTICE: Initializing Hafnium (SPMC)', {}],
  [
    'hafnium.partition-fault',
    'WARNING: Stage-2 page fault: pc=0xe310670, vmid=0x8001, vcpu=0, vaddr=0xd00000, ipaddr=0xd00000, mode=0x1 0x7c',
    { stage: '2', id: '0x8001' },
  ],
  // Up to 2.3.
  [
    'hafnium.partition-fault',
    'Stage-2 page fault: pc=0xe310670, vmid=32769, vcpu=0, vaddr=0xd00000, ipaddr=0xd00000, mode=0x1',
    { stage: '2', id: '32769' },
  ],
  ['hafnium.injected', 'NOTICE: Injecting Data Abort exception into VM 0x8001.', { what: 'Data Abort', id: '0x8001' }],
  ['hafnium.injected', 'Injecting Instruction Abort exception into VM3.', { what: 'Instruction Abort', id: '3' }],
  ['hafnium.aborted', 'NOTICE: Aborting VM 0x8002 vCPU 1', { id: '0x8002', vcpu: '1' }],
  ['lk.panic', 'panic (caller 0x56031538): die', { why: 'die' }],
  [
    'lk.panic',
    'panic (@0xffff0000000218c8): critical app storage: exit 127',
    { why: 'critical app storage: exit 127' },
  ],
  [
    'tfa.external-abort',
    'ERROR:   Unhandled External Abort received on 0x81000000 from EL3',
    { mpidr: '81000000', level: 'EL3' },
  ],
  [
    'tfa.external-abort',
    'ERROR:   Unhandled External Abort received on 0x80000000 at EL3!',
    { mpidr: '80000000', here: 'EL3' },
  ],
  ['tfa.exception', 'Unhandled Exception from EL1', { what: 'Exception from EL1' }],
  // 1.3 to 2.9, and by the image's name up to 1.6.
  ['tfa.load-failed', 'ERROR:   BL2: Failed to load image (-2)', { what: 'BL2: Failed to load image' }],
  ['tfa.load-failed', 'ERROR:   Failed to load BL31 (-2)', { what: 'Failed to load BL31' }],
  ['tfa.load-failed', 'ERROR:   Failed to load BL3-1.', { what: 'Failed to load BL3-1' }],
  ['tfa.load-failed', 'ERROR:   Failed to load BL2 firmware.', { what: 'Failed to load BL2 firmware' }],
  ['tc.ta-panicked', 'E/TC:? 0 TA panicked with code 0xffff0006', { code: 'ffff0006' }],
  ['tc.ta-panicked', 'VM 8001: E/TC:? 0 TA panicked with code 0xffff0006', { code: 'ffff0006' }],
  [
    'tc.panic',
    '[8001 0] E/TC:0 0 Panic at core/kernel/y.c:1 <z>',
    { file: 'core/kernel/y.c', line: '1', function: 'z' },
  ],
  ['uboot.no-network', 'ARP Retry count exceeded; starting again', { what: 'ARP Retry count exceeded' }],
  ['uboot.no-network', 'Retry time exceeded; starting again', { what: 'Retry time exceeded' }],
  ['uboot.no-network', 'Retry time exceeded', { bootp: 'Retry time exceeded' }],
  [
    'edk2.assert-wrapped',
    'ASSERT [VariableRuntimeDxe] /build/edk2/MdeModulePkg/Universal/Variable/RuntimeDx',
    { module: 'VariableRuntimeDxe', file: '/build/edk2/MdeModulePkg/Universal/Variable/RuntimeDx' },
  ],
  ['fault.cut-here', '[    2.235006] 8<--- cut here ---', {}],
  [
    'fault.arm-abort',
    '[    2.235200] Unhandled fault: page domain fault (0x01b) at 0x00000000',
    { what: 'page domain fault', esr: '0x01b', address: '00000000' },
  ],
  ['fault.oops', '[    2.235800] Internal error: : 1b [#1] SMP ARM', { what: '', esr: '1b', count: '1' }],
  ['ffa.notifications-off', 'ARM FF-A: Notification bitmap create error -22', { errno: '-22' }],
  [
    'tpm.ftpm-refused',
    '[    2.409300] ftpm-tee tpm@0: ftpm_tee_probe: tee_client_open_session failed, err=ffff3024',
    { driver: 'ftpm-tee', device: 'tpm@0', code: 'ffff3024' },
  ],
  [
    'tpm.tis-gave-up',
    'tpm_tis NTC0702:00: Could not get TPM timeouts and durations',
    { driver: 'tpm_tis', device: 'NTC0702:00', why: 'Could not get TPM timeouts and durations' },
  ],
  [
    'efi.runtime-fault',
    '[    4.284149] [Firmware Bug]: Unable to handle paging request in EFI runtime service',
    { why: 'Unable to handle paging request in EFI runtime service' },
  ],
  [
    'efi.runtime-fault',
    'efi: EFI runtime service 3 wedged in firmware; disabling EFI runtime services',
    { wedged: 'EFI runtime service 3 wedged in firmware; disabling EFI runtime services' },
  ],
  ['efi.runtime-asked-off', '[    0.050000] EFI runtime services will be disabled.', {}],
  ['efi.runtime-queue', 'efi: Failed to queue work to efi_rts_wq.', {}],
  ['efi.none', '[    0.050000] EFI services will not be available.', {}],
  ...integrityLines,
]

describe('the signature catalogue', () => {
  it.each(lines)('%s: %s', (id, text, groups) => {
    const found = match(text)
    expect(found?.signature.id).toBe(id)
    expect(found?.groups).toEqual(groups)
  })

  it('has a line in this table for each signature, and each id once', () => {
    const ids = catalogue.map(({ id }) => id)
    expect(new Set(lines.map(([id]) => id))).toEqual(new Set(ids))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('keeps patterns that grep -E can take: anchored, without lookaround, flags and backreferences', () => {
    for (const { pattern } of catalogue) {
      expect(pattern.source.startsWith('^')).toBe(true)
      expect(pattern.source).not.toMatch(/\(\?[=!]|\(\?<[=!]|\\[1-9k]/)
      expect(pattern.flags).toBe('')
    }
  })

  it.each([
    ['another initcall', '[    0.571111] calling  cpu_latency_qos_init+0x0/0x70 @ 1'],
    ['a word in the middle', '[    0.1] x kvm [1]: Protected hVHE mode initialized successfully'],
    ['a warning of TF-A', 'WARNING: Failed to load something'],
    ['what a partition behind Hafnium says as TF-A would', '[8002 0] NOTICE:  Booting Trusted Firmware'],
    ['a virtual machine of the normal world', 'VM 2: E/TC:0 0 Panic at core/kernel/y.c:1 <z>'],
    ['a retry of something else', 'Retry count exceeded'],
  ])('leaves alone: %s', (_name, text) => expect(match(text)).toBeUndefined())

  it('has a time only where printk put one', () => {
    expect(match('[    0.345691] ARM FF-A: Firmware version 1.2 found')?.at).toBe(0.345691)
    expect(match('ARM FF-A: Firmware version 1.2 found')).not.toHaveProperty('at')
  })
})

describe('on real boots', () => {
  it.each(Object.values(boots))('%s: the short cut finds what the single patterns find', (boot) => {
    for (const line of readLines(rawConsole(boot, 'uart0'))) {
      const message = line.text.replace(/^\[ *\d+\.\d{6}\] /, '')
      expect(matchSignatures(line)?.signature.id).toBe(catalogue.find(({ pattern }) => pattern.test(message))?.id)
    }
  })

  it('no healthy firmware console has a fault in it', () => {
    for (const boot of Object.values(boots))
      for (const line of readLines(rawConsole(boot, 'uart1')))
        expect(matchSignatures(line)?.signature.kind).not.toBe('fault')
  })
})

it('never throws, and agrees with the single patterns on any text', () => {
  const words = fc.constantFrom(...lines.map(([, text]) => text))
  const mixed = fc
    .tuple(words, fc.nat(40), fc.string({ maxLength: 3 }))
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at))
  fc.assert(
    fc.property(fc.oneof(fc.string(), mixed), (text) => {
      const found = match(text)
      if (found) expect(found.signature.pattern.test(found.message)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

it.each([
  ['NOTICE:  BL1: v2.12.1(release):', 'EL3'],
  ['INFO:      CPU Node : MPID 0x0', 'EL3'],
  ['NOTICE: BL2: v2.6(release):02e589f3e-dirty', 'EL3'],
  ['INFO: Initializing Hafnium (SPMC)', 'S-EL2'],
  ['D/TC:0 0 spmc_init:2545 SPMC ID 0x8000', 'S-EL1'],
  ['[    0.000000] WARNING: x', 'NS'],
  ['U-Boot 2023.01', 'NS'],
])('%s is said by %s', (text, world) => expect(speakerOf(text)).toBe(world))

it('the patterns as one find what each of them finds by itself, the first of the catalogue first', () => {
  for (const [id, text] of [...lines, ...integrityLines]) {
    const found = match(text)
    expect(found?.signature.id, text).toBe(id)
    expect(catalogue.find(({ pattern }) => pattern.test(found!.message))).toBe(found!.signature)
  }
})

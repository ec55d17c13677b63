import { kernels, since515, type Signature } from './signature.ts'

const arm = 'arch/arm64/kvm/arm.c'
const cannot = [
  'Failed to reserve hyp memory',
  String.raw`Failed to register hyp memblocks: -?\d+`,
  'Failed to init hyp memory protection',
  String.raw`error initializing Hyp mode: (?<errno>-?\d+)`,
  'Cannot initialize protected mode without PSCI',
  'HYP mode not available',
  'GICv2 not supported in protected mode',
  'NV support requires GICv3.*',
  String.raw`Failed to initialize VMID allocator\.`,
  'Error initializing system register tables',
  'Cannot initialise vector slots',
  String.raw`Cannot map (?:world-switch code|\.hyp\.data section|\.hyp\.rodata section|rodata section|hyp bss section: -?\d+|bss section|hyp stack|hyp percpu region|host IDMAP|vectors)`,
  'Cannot allocate hyp stack guard page',
  'Failed to idmap .+',
  'IDMAP intersecting with HYP VA, unable to continue',
  'Hyp mode page-table not allocated',
  '.*C1-Pro erratum.*',
]

/** What KVM and pKVM say of how they came up. */
export const kvm: Signature[] = [
  {
    id: 'kvm.mode',
    // Until 6.11 "Hyp mode" stood for what is "Hyp nVHE mode" now, and hVHE was not told apart.
    pattern:
      /^kvm \[\d+\]: (?<mode>VHE|Hyp|Hyp nVHE|Hyp hVHE|Protected nVHE|Protected hVHE)(?<nested>\+NV2)? mode initialized successfully$/,
    world: 'NS',
    kind: 'positive',
    known: since515,
    source: `${arm}:2889 kvm_arm_init()`,
  },
  {
    id: 'kvm.reserved',
    pattern: /^kvm \[\d+\]: Reserved (?<mib>\d+) MiB at 0x(?<address>[0-9a-f]+)$/,
    world: 'NS',
    kind: 'fact',
    known: since515,
    source: 'arch/arm64/kvm/pkvm.c:84 kvm_hyp_reserve()',
  },
  {
    id: 'kvm.failed',
    pattern: new RegExp(String.raw`^kvm \[\d+\]: (?<why>${cannot.join('|')})$`),
    world: 'NS',
    kind: 'negative',
    known: since515,
    source: `${arm}:2270,2334,2614 to 2724,2837,2848,2869,2881, pkvm.c:56,80, mmu.c:727,2152,2220,2227, vgic/vgic-v2.c:343; C1-Pro erratum 4193714 in 7.3`,
  },
  {
    id: 'kvm.disabled',
    pattern: /^kvm \[\d+\]: KVM disabled from command line$/,
    world: 'NS',
    kind: 'positive',
    known: since515,
    source: `${arm}:2842 kvm_arm_init()`,
  },
  {
    id: 'kvm.no-vgic',
    pattern:
      /^kvm \[\d+\]: (?<why>No vgic maintenance irq|Unable to register VGIC dist MMIO regions|Unable to initialize VGIC dynamic data structures|GICH not present in the firmware table|Cannot register GICv[23] KVM device\.?|Cannot register interrupt \d+|Cannot map (?:GICV|VCTRL) into hyp)$/,
    world: 'NS',
    kind: 'negative',
    known: since515,
    source:
      'arch/arm64/kvm/vgic/vgic-init.c:602,699,746, vgic-v2.c:311 to 382, vgic-v3.c:690,697: without a vgic there is no pKVM',
  },
  {
    id: 'kvm.ignored',
    pattern: /^(?<why>Protected KVM not available with VHE|KVM is not available\. Ignoring kvm-arm\.mode)$/,
    world: 'NS',
    kind: 'negative',
    known: since515,
    source: `${arm}:2936,2944 early_kvm_mode_cfg()`,
  },
  {
    id: 'kvm.finalize-failed',
    pattern: /^Failed to finalize Hyp protection: (?<errno>-?\d+)$/,
    world: 'NS',
    kind: 'negative',
    known: since515,
    source: 'arch/arm64/kvm/pkvm.c:282 finalize_pkvm()',
  },
  {
    id: 'kvm.hyp-state',
    pattern: /^PS:(?<ps>[0-9a-f]{8}) PC:(?<pc>[0-9a-f]{16}) ESR:(?<esr>[0-9a-f]{8,16})$/,
    world: 'NS',
    kind: 'negative',
    known: since515,
    source: 'arch/arm64/kvm/handle_exit.c:578 nvhe_hyp_panic_handler(), hyp/vhe/switch.c:669',
  },
  {
    id: 'kvm.feature',
    pattern:
      /^CPU features: detected: (?<feature>Protected KVM|VHE for hypervisor only|Virtualization Host Extensions|Nested Virtualization Support)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'arch/arm64/kernel/cpufeature.c: Protected KVM means asked for and booted at EL2, not that it came up',
  },
]

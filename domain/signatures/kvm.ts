import { kernels, type Signature } from './signature.ts'

const arm = 'arch/arm64/kvm/arm.c'

/** What KVM and pKVM say of how they came up. */
export const kvm: Signature[] = [
  {
    id: 'kvm.mode',
    pattern:
      /^kvm \[\d+\]: (?<mode>VHE|Hyp nVHE|Hyp hVHE|Protected nVHE|Protected hVHE)(?<nested>\+NV2)? mode initialized successfully$/,
    world: 'NS',
    kind: 'positive',
    known: kernels,
    source: `${arm}:2889 kvm_arm_init()`,
  },
  {
    id: 'kvm.reserved',
    pattern: /^kvm \[\d+\]: Reserved (?<mib>\d+) MiB at 0x(?<address>[0-9a-f]+)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'arch/arm64/kvm/pkvm.c:84 kvm_hyp_reserve()',
  },
  {
    id: 'kvm.failed',
    pattern:
      /^kvm \[\d+\]: (?<why>Failed to reserve hyp memory|Failed to register hyp memblocks: -?\d+|Failed to init hyp memory protection|error initializing Hyp mode: (?<errno>-?\d+)|Cannot initialize protected mode without PSCI|HYP mode not available|GICv2 not supported in protected mode|NV support requires GICv3.*|Failed to initialize VMID allocator\.|Cannot initialise vector slots|.*C1-Pro erratum.*)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: `${arm}:2270,2334,2715,2724,2837,2869,2881, pkvm.c:56,80, vgic/vgic-v2.c:343; C1-Pro erratum 4193714 in 7.3`,
  },
  {
    id: 'kvm.disabled',
    pattern: /^kvm \[\d+\]: KVM disabled from command line$/,
    world: 'NS',
    kind: 'positive',
    known: kernels,
    source: `${arm}:2842 kvm_arm_init()`,
  },
  {
    id: 'kvm.ignored',
    pattern: /^(?<why>Protected KVM not available with VHE|KVM is not available\. Ignoring kvm-arm\.mode)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: `${arm}:2936,2944 early_kvm_mode_cfg()`,
  },
  {
    id: 'kvm.finalize-failed',
    pattern: /^Failed to finalize Hyp protection: (?<errno>-?\d+)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'arch/arm64/kvm/pkvm.c:282 finalize_pkvm()',
  },
  {
    id: 'kvm.feature',
    pattern:
      /^CPU features: detected: (?<feature>Protected KVM|VHE for hypervisor only|Virtualization Host Extensions)$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'arch/arm64/kernel/cpufeature.c: Protected KVM means asked for and booted at EL2, not that it came up',
  },
]

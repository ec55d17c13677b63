import { kernels, since515, type Signature } from './signature.ts'

/** The kernel's OP-TEE driver, prefix `optee: `, and the driver core where it speaks of an FF-A device. */
export const opteeDriver: Signature[] = [
  {
    id: 'optee.revision',
    pattern: /^optee: revision (?<major>\d+)\.(?<minor>\d+)(?: \((?<commit>[0-9a-f]+)\))?$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'drivers/tee/optee/ffa_abi.c:810,820 optee_ffa_api_is_compatible()',
  },
  {
    id: 'optee.smc-abi',
    pattern: /^optee: probing for conduit method\.$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'drivers/tee/optee/smc_abi.c:1481 get_invoke_func(): OP-TEE over plain SMCs, not over FF-A',
  },
  {
    id: 'optee.initialized',
    pattern: /^optee: initialized driver$/,
    world: 'NS',
    kind: 'positive',
    known: kernels,
    source: 'drivers/tee/optee/ffa_abi.c:1141 optee_ffa_probe(), smc_abi.c:1918 optee_probe()',
  },
  {
    id: 'optee.unexpected-error',
    pattern: /^optee: Unexpected error (?<errno>-?\d+)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'drivers/tee/optee/ffa_abi.c:791,806,831: the errno of the direct request',
  },
  {
    id: 'optee.refused',
    pattern:
      /^optee: (?<why>Incompatible OP-TEE API version \S+|Unexpected exchange error \d+|api uid mismatch|capabilities mismatch|OP-TEE image does not .*)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'drivers/tee/optee/ffa_abi.c:796, smc_abi.c',
  },
  {
    id: 'probe.failed',
    // `DRIVER: probe of DEVICE` in 5.15 to 6.8.
    pattern:
      /^(?<driver>optee|ffa-crb|arm-ffa)(?:: probe of (?<device>arm-ffa\S*)| (?<device>arm-ffa\S*): probe with driver \S+) failed with error (?<errno>-?\d+)$/,
    world: 'NS',
    kind: 'negative',
    known: since515,
    source: 'drivers/base/dd.c:597, really_probe() before; never printed for -ENODEV, -ENXIO and -EPROBE_DEFER',
  },
  {
    id: 'probe.deferred',
    pattern:
      /^(?:arm_ffa|platform|acpi|amba|tee|virtio|pci|i2c|spi) (?<device>\S+): deferred probe (?:pending(?:: (?<reason>.*))?|timeout, ignoring dependency)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: 'drivers/base/dd.c:297,317, when the deferral timed out; without a reason before 5.17',
  },
]

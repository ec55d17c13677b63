import { kernels, since515, type Signature } from './signature.ts'

const driver = 'drivers/firmware/arm_ffa/driver.c'

/** The FF-A core driver, prefix `ARM FF-A: `. None of these lines proves that a call works once pKVM took over. */
export const ffa: Signature[] = [
  {
    id: 'ffa.driver-version',
    pattern: /^ARM FF-A: Driver version (?<major>\d+)\.(?<minor>\d+)$/,
    world: 'NS',
    kind: 'order',
    known: kernels,
    source: `${driver}:168 ffa_version_check(), after FFA_VERSION came back`,
  },
  {
    id: 'ffa.firmware-version',
    // The first driver (5.14 and 5.15, until commit 8e3f9da608f1 of 5.16) names one version, and not its own.
    pattern: /^ARM FF-A: (?:Firmware version|Version) (?<major>\d+)\.(?<minor>\d+) found$/,
    world: 'NS',
    kind: 'positive',
    known: since515,
    source: `${driver}:170 ffa_version_check(); under pKVM this is the hypervisor's answer`,
  },
  {
    id: 'ffa.absent',
    pattern: /^ARM FF-A: FFA_VERSION returned not supported$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: `${driver}:148 ffa_version_check()`,
  },
  {
    id: 'ffa.incompatible',
    // `Incompatible version 1.1 found` of the first driver: it took 1.0 alone.
    pattern:
      /^ARM FF-A: Incompatible (?:version (?<major>\d+)\.(?<minor>\d+) found$|v(?<major>\d+)\.(?<minor>\d+)! (?:Latest|Earliest) supported v(?<limit>\d+\.\d+))/,
    world: 'NS',
    kind: 'negative',
    known: since515,
    source: `${driver}:153,161 ffa_version_check()`,
  },
  {
    id: 'ffa.failed',
    pattern:
      /^ARM FF-A: (?<why>failed to obtain VM id for self|failed to register FFA RxTx buffers|failed to setup partitions|Failed to register FF-A bus notifiers|\S+: No partitions found, error -?\d+|\S+: failed to register (?:host )?partition ID 0x[0-9a-f]+)$/,
    world: 'NS',
    kind: 'negative',
    known: kernels,
    source: `${driver}:1661,1712,1717,1731,2022,2054,2069`,
  },
  {
    id: 'ffa.notifications-off',
    pattern:
      /^ARM FF-A: (?:Notification setup failed (?<errno>-?\d+), not enabled|Notification bitmap create error (?<errno>-?\d+))$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: `${driver}:1972,1999 ffa_notifications_setup(); the driver goes on without them`,
  },
]

import { bootLoaders } from './boot-loaders.ts'
import { consoleDamage } from './console-damage.ts'
import { efiVariables } from './efi-variables.ts'
import { ffa } from './ffa.ts'
import { ima } from './ima.ts'
import { initcalls } from './initcalls.ts'
import { kernelChecks } from './kernel-checks.ts'
import { kernelCrashes } from './kernel-crashes.ts'
import { kernelStalls } from './kernel-stalls.ts'
import { kvm } from './kvm.ts'
import { linuxBoot } from './linux-boot.ts'
import { opTee } from './op-tee.ts'
import { ourModules } from './our-modules.ts'
import { opteeDriver } from './optee-driver.ts'
import type { Signature } from './signature.ts'
import { tpm } from './tpm.ts'
import { trustedFirmware } from './trusted-firmware.ts'

/** Every line that hyplab knows. A line has the first signature that matches it, so the order matters inside one area only. */
export const catalogue: readonly Signature[] = [
  ...linuxBoot,
  ...initcalls,
  ...kvm,
  ...ffa,
  ...opteeDriver,
  ...tpm,
  ...ima,
  ...efiVariables,
  ...kernelCrashes,
  ...kernelStalls,
  ...kernelChecks,
  ...ourModules,
  ...trustedFirmware,
  ...opTee,
  ...bootLoaders,
  ...consoleDamage,
]

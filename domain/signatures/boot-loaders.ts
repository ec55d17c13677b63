import type { Signature } from './signature.ts'

/** What may stand between TF-A and the kernel (BL33), and Hafnium beside them. Only their own banners count as having been there. */
export const bootLoaders: Signature[] = [
  {
    id: 'uboot.banner',
    pattern: /^U-Boot (?<version>20\d\d\.\d\d\S*) /,
    world: 'NS',
    kind: 'stage',
    stage: 'bl33',
    known: ['U-Boot 2023.01', 'U-Boot 2025.01'],
    source: 'lib/display_options.c display_options()',
  },
  {
    id: 'edk2.banner',
    pattern: /^UEFI firmware \(version (?<version>.*?) ?built at /,
    world: 'NS',
    kind: 'stage',
    stage: 'bl33',
    known: ['EDK2 2022.11'],
    source: 'ArmPlatformPkg/PrePi/PrePi.c, ArmVirtPkg',
  },
  {
    id: 'edk2.exception',
    pattern: /^Synchronous Exception at 0x(?<pc>[0-9A-Fa-f]+)/,
    world: 'NS',
    kind: 'fault',
    fault: 'exception',
    known: ['EDK2 2022.11'],
    source: 'ArmPkg/Library/DefaultExceptionHandlerLib/AArch64/DefaultExceptionHandler.c',
  },
  {
    id: 'hafnium.start',
    pattern: /^(?:INFO|NOTICE): Initializing Hafnium/,
    world: 'S-EL2',
    kind: 'stage',
    stage: 'spmc',
    known: ['Hafnium 21bfbdc1'],
    source: 'src/init.c',
  },
]

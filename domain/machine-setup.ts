import type { World } from './world.ts'

/** What a stack has at the address where BL33 starts: the kernel itself, or something that loads it. */
export const bootWays = ['kernel', 'efi', 'u-boot'] as const
export type BootWay = (typeof bootWays)[number]

/** What a stack's secure world serves to the normal world beyond OP-TEE itself. */
export const stackServices = ['tpm', 'efi-variables'] as const
export type StackService = (typeof stackServices)[number]

/** The TPM behind a stack's TPM partition, and the partition as ACPI names it. */
export interface TpmSetup {
  /** PCR banks that are active, as swtpm_setup calls them. */
  banks: string[]
  /** FF-A id of the partition. */
  partition: number
}

/** How a model is set up for a stack: what its command line has, and what lies in its memory before it runs. */
export interface FvpSetup {
  /** `-C` parameters by name; the value `${product:NAME}` stands for the path of a product of the stack. */
  parameters: Record<string, string>
  /** Physical address of the initrd. A kernel that is BL33 lies where that starts. */
  initrd: number
  /**
   * BL33's device tree: its physical address, and the product of the stack that it is. A kernel gets one of each attempt's own,
   * made from that.
   */
  deviceTree: { product: string; at: number }
  /** Set when BL33 is EDK2: where it finds what QEMU's fw_cfg would have, and where the kernel lies until it is loaded. */
  fwCfg?: { at: number; kernel: number }
  /** Products that are ACPI tables, for EDK2 to install. */
  acpi?: string[]
  /** The terminal at whose other end the attempt's TPM is; set when `services` has `tpm`. */
  tpm?: string
}

/** How a machine must be set up for a stack: a part of the stack's build, so that it is never guessed from files. */
export interface MachineSetup {
  /** Which worlds speak on which console, in the order in which they begin to. */
  consoles: Record<string, World[]>
  boot: BootWay
  /** Physical address at which BL33 starts. */
  bl33: number
  services: StackService[]
  /** Set when `services` has `tpm`. */
  tpm?: TpmSetup
  /** Set when the stack is for an FVP, which then takes all of its products; no other machine boots it. */
  fvp?: FvpSetup
}

/** Where OP-TEE's SPMC puts our TPM partition unless a recipe says otherwise: its first logical partition has 0x8002. */
export const usualTpm: TpmSetup = { banks: ['sha256'], partition: 0x8002 }

/** The consoles of stacks that were built before 2026-12, whose builds do not say: TF-A and Linux, and OP-TEE at S-EL1. */
export const consolesOfOld: Record<string, World[]> = { uart0: ['EL3', 'NS'], uart1: ['S-EL1'] }

/** @returns the product of the stack that a parameter of a model names; undefined for any other value */
export function productIn(value: string): string | undefined {
  return /^\$\{product:([^}]+)\}$/.exec(value)?.[1]
}

/** @returns the products of the stack that a model boots beside BL33, each once */
export function productsBooted({ parameters, deviceTree, acpi = [] }: FvpSetup): string[] {
  const named = Object.values(parameters).flatMap((value) => productIn(value) ?? [])
  return [...new Set([...named, deviceTree.product, ...acpi])]
}

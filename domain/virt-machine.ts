import type { BootWay, MachineSetup } from './machine-setup.ts'

// Where things lie in QEMU's virt machine as we set it up, and what fits: known before anything is built.

/** RAM starts at 1 GiB (hw/arm/virt.c, base_memmap VIRT_MEM). */
export const ramBase = 0x40000000
/** Where the initrd is put for a kernel that no loader loads. */
export const initrdAddress = 0x70000000
/** Where the normal world shares memory with the services of the secure world, behind its RAM. */
export const servicesAddress = 0xc0000000
export const mebibyte = 1024 * 1024
/** Bytes of an arm64 kernel's command line (arch/arm64/include/uapi/asm/setup.h, 6.18: COMMAND_LINE_SIZE, less the closing NUL). */
export const longestCmdline = 2047

/**
 * Takes the cell's own part of the command line and the size of the initrd in bytes; returns the whole command line.
 * `initrdmem=` (init/do_mounts_initrd.c) replaces QEMU's -initrd, which under firmware reaches RAM only with a loader
 * that fetches it. EDK2 gives ACPI tables and no device tree.
 */
export function bootCmdline(boot: BootWay, cmdline: string, initrdBytes: number): string {
  const initrd = boot === 'kernel' ? [`initrdmem=0x${initrdAddress.toString(16)},${initrdBytes}`] : []
  const tables = boot === 'efi' ? ['acpi=force'] : []
  const machine = ['console=ttyAMA0', 'earlycon=pl011,0x9000000', ...initrd, 'rdinit=/init', 'panic=-1', ...tables]
  return [...machine, ...(cmdline === '' ? [] : [cmdline])].join(' ')
}

/** Bytes of a command line as the kernel counts them. */
export function cmdlineBytes(cmdline: string): number {
  return new TextEncoder().encode(cmdline).length
}

/** MiB: the 40 bits of address that the smallest of QEMU's 64-bit CPUs has. */
const mostMemory = 1024 * 1024

/** What is known of a machine's RAM before its initrd and its loader are made, in MiB. */
export function memoryLimits({ boot, bl33, services }: Pick<MachineSetup, 'boot' | 'bl33' | 'services'>): {
  least: number
  most: number
} {
  const first = boot === 'kernel' ? Math.max(bl33, initrdAddress) : bl33
  return {
    // What lies there takes at least one byte more.
    least: Math.max(1, Math.floor((first - ramBase) / mebibyte) + 1),
    most: services.length > 0 ? (servicesAddress - ramBase) / mebibyte : mostMemory,
  }
}

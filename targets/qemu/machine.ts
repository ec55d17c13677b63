import { LabError } from '../../domain/errors.ts'
import type { QemuTarget } from '../../domain/cell.ts'

/** The program that is the machine. */
export const qemu = 'qemu-system-aarch64'

/** What a machine boots: absolute paths. */
export interface BootFiles {
  /** TF-A's `qemu_fw.bios`: BL1 and the FIP in one flash image. */
  firmware: string
  image: string
  initrd: string
}

// QEMU's virt machine: RAM starts at 1 GiB (hw/arm/virt.c, base_memmap VIRT_MEM).
const ramBase = 0x40000000
/** Where this project's TF-A looks for BL33: PRELOADED_BL33_BASE, see the firmware recipe. */
const imageAddress = 0x60000000
const initrdAddress = 0x70000000
/** arch/arm64/include/uapi/asm/setup.h, 6.18: COMMAND_LINE_SIZE, with the closing NUL. */
const longestCmdline = 2048

/**
 * Takes the cell's own part of the command line and the size of the initrd in bytes; returns the whole command line.
 * `initrdmem=` (init/do_mounts_initrd.c) replaces QEMU's -initrd, which under firmware does not reach RAM.
 */
export function bootCmdline(cmdline: string, initrdBytes: number): string {
  const address = `0x${initrdAddress.toString(16)}`
  const machine = `console=ttyAMA0 earlycon=pl011,0x9000000 initrdmem=${address},${initrdBytes} rdinit=/init panic=-1`
  return cmdline === '' ? machine : `${machine} ${cmdline}`
}

/**
 * QEMU's arguments for a target without its consoles: EL3 and EL2 present, firmware in flash, Image and initrd put into
 * RAM by loader devices, so that one firmware serves every kernel. `-kernel` is there only because `-append` demands it:
 * it puts the command line into the device tree; with firmware the file itself stays in fw_cfg.
 * @throws LabError BadInput when the memory does not reach beyond the initrd or the command line is too long
 */
export function machineArguments(target: QemuTarget, files: BootFiles, cmdline: string, initrdBytes: number): string[] {
  const ramEnd = ramBase + target.memory * 1024 * 1024
  if (ramEnd < initrdAddress + initrdBytes) {
    const least = Math.ceil((initrdAddress + initrdBytes - ramBase) / (1024 * 1024))
    throw new LabError('BadInput', `Target ${target.name} has ${target.memory} MiB; it needs at least ${least} MiB.`)
  }
  const append = bootCmdline(cmdline, initrdBytes)
  if (append.length >= longestCmdline) {
    const over = `${append.length} characters, an arm64 kernel takes ${longestCmdline - 1}`
    throw new LabError(
      'BadInput',
      `The kernel command line for ${target.name} has ${over}: shorten the plan's cmdline.`,
    )
  }
  return [
    ['-machine', 'virt,secure=on,virtualization=on,gic-version=3'],
    ['-cpu', target.cpu, '-smp', String(target.smp), '-m', String(target.memory)],
    ['-bios', files.firmware],
    ['-device', loader(files.image, imageAddress)],
    ['-device', loader(files.initrd, initrdAddress)],
    ['-kernel', files.image],
    ['-append', append],
  ].flat()
}

/** Nothing but what we name, no window, off instead of reset. */
export const bareArguments = ['-no-user-config', '-nodefaults', '-display', 'none', '-no-reboot']

/** A value of a QEMU option: a comma in it is written twice. */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,')
}

function loader(file: string, address: number): string {
  return `loader,file=${optionValue(file)},addr=0x${address.toString(16)},force-raw=on`
}

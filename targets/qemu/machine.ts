import { LabError } from '../../domain/errors.ts'
import type { MachineSetup } from '../../domain/machine-setup.ts'
import type { QemuTarget } from '../../domain/target.ts'
import {
  bootCmdline,
  cmdlineBytes,
  initrdAddress,
  longestCmdline,
  mebibyte,
  memoryLimits,
  ramBase,
} from '../../domain/virt-machine.ts'
import type { TargetFiles } from '../target-order.ts'
import { crb } from './acpi-tables.ts'

/** The program that is the machine. */
export const qemu = 'qemu-system-aarch64'

/** What a machine boots: absolute paths. */
export interface BootFiles {
  /** TF-A's `qemu_fw.bios`: BL1 and the FIP in one flash image. */
  firmware: string
  /** What starts at BL33's address when that is not the kernel: EDK2, U-Boot. */
  bl33?: string
  image: string
  initrd: string
}

/** TF-A's own name for BL1 and the FIP in one flash image (PLAT=qemu, plat/qemu/common), and what attempts keep it as. */
export const qemuFirmware = { 'qemu_fw.bios': 'firmware' }

/** The files of an order as a QEMU machine wants them. */
export function qemuFiles({ image, initrd, firmware }: TargetFiles): BootFiles {
  const { bl33 } = firmware
  return { image, initrd, firmware: firmware['firmware'] ?? '', ...(bl33 === undefined ? {} : { bl33 }) }
}

/** What decides a machine's arguments. */
export interface MachineOrder {
  target: QemuTarget
  /** How the stack wants it to be set up. */
  setup: MachineSetup
  files: BootFiles
  /** The cell's kernel command line, without what the target adds. */
  cmdline: string
}

/** How QEMU reaches a machine's TPM, and the ACPI tables that tell of it; files by their signatures. */
export interface MachineTpm {
  /** What QEMU's `-chardev socket,id=tpm,...` goes on with: `fd=N` or `path=...`. */
  channel: string
  acpiTables: Record<string, string>
}

/**
 * QEMU's arguments for a target without its consoles: EL3 and EL2 present, firmware in flash, BL33 put into RAM by a loader
 * device, so that one firmware serves every BL33. Where BL33 is the kernel, the initrd is put there too, and `-kernel` is
 * only there because `-append` demands it: it puts the command line into the device tree, and with firmware the file itself
 * stays in fw_cfg, from where EDK2 and U-Boot fetch kernel, initrd and command line.
 * @param tpm needed when the setup has one
 * @throws LabError BadInput when the memory does not fit the stack or the initrd, or the command line is too long
 */
export function machineArguments(order: MachineOrder, initrdBytes: number, tpm?: MachineTpm): string[] {
  const { target, setup, files, cmdline } = order
  const append = bootCmdline(setup.boot, cmdline, initrdBytes)
  if (cmdlineBytes(append) > longestCmdline) {
    const over = `${cmdlineBytes(append)} characters, an arm64 kernel takes ${longestCmdline}`
    throw new LabError(
      'BadInput',
      `The kernel command line for ${target.name} has ${over}: shorten the plan's cmdline.`,
    )
  }
  return [
    ...machineBelow(order),
    ...(setup.boot === 'kernel' ? kernelInRam(order, initrdBytes) : loaderInRam(order)),
    '-kernel',
    files.image,
    '-append',
    append,
    ...(tpm ? tpmArguments(tpm) : []),
  ]
}

/** The part of the arguments that decides QEMU's own tables: the machine without what it boots and without its TPM. */
export function machineBelow({ target, setup, files }: MachineOrder): string[] {
  return [
    ['-machine', 'virt,secure=on,virtualization=on,gic-version=3'],
    ['-cpu', target.cpu, '-smp', String(target.smp)],
    setup.services.length > 0 ? serviceMemory(target, setup) : ['-m', String(target.memory)],
    ['-bios', files.firmware],
  ].flat()
}

/** Nothing but what we name, no window, off instead of reset. */
export const bareArguments = ['-no-user-config', '-nodefaults', '-display', 'none', '-no-reboot']

/** A value of a QEMU option: a comma in it is written twice. */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,')
}

function kernelInRam({ target, setup, files }: MachineOrder, initrdBytes: number): string[] {
  const ramEnd = ramBase + target.memory * mebibyte
  if (ramEnd < initrdAddress + initrdBytes) {
    const least = Math.ceil((initrdAddress + initrdBytes - ramBase) / mebibyte)
    throw new LabError('BadInput', `Target ${target.name} has ${target.memory} MiB; it needs at least ${least} MiB.`)
  }
  return ['-device', loader(files.image, setup.bl33), '-device', loader(files.initrd, initrdAddress)]
}

function loaderInRam({ setup, files }: MachineOrder): string[] {
  if (files.bl33 === undefined)
    throw new LabError('BadInput', `A stack with boot: ${setup.boot} has no BL33: build it again.`)
  return ['-device', loader(files.bl33, setup.bl33), '-initrd', files.initrd]
}

/**
 * RAM with a piece of its own behind it, which the normal world shares with the services of the secure world: a kernel does
 * not take it for its own, as tpm_crb wants it, since only ACPI tells of it and as a module that is smaller than any
 * block that Linux could plug in (memory_block_size_bytes(), 128 MiB with 4K pages).
 */
function serviceMemory(target: QemuTarget, setup: MachineSetup): string[] {
  const { most } = memoryLimits(setup)
  if (target.memory > most) {
    const sentence = `Target ${target.name} has ${target.memory} MiB; a stack with services takes at most ${most} MiB.`
    throw new LabError('BadInput', sentence)
  }
  return [
    ['-m', `${target.memory},slots=1,maxmem=${target.memory + most}M`],
    ['-object', 'memory-backend-ram,id=services,size=2M'],
    ['-device', `pc-dimm,memdev=services,addr=0x${crb.base.toString(16)}`],
  ].flat()
}

function tpmArguments({ channel, acpiTables }: MachineTpm): string[] {
  return [
    ['-chardev', `socket,id=tpm,${channel}`, '-tpmdev', 'emulator,id=tpm,chardev=tpm'],
    ['-device', 'tpm-tis-device,tpmdev=tpm'],
    ...Object.entries(acpiTables).map(([signature, file]) => [
      '-fw_cfg',
      `name=opt/hyplab/acpi/${signature},file=${optionValue(file)}`,
    ]),
  ].flat()
}

function loader(file: string, address: number): string {
  return `loader,file=${optionValue(file)},addr=0x${address.toString(16)},force-raw=on`
}

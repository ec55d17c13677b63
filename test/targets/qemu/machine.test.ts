import { expect, test } from 'vitest'
import type { QemuTarget } from '../../../domain/target.ts'
import type { MachineSetup } from '../../../domain/machine-setup.ts'
import { bootCmdline } from '../../../domain/virt-machine.ts'
import { virtConsoles } from './orders.ts'
import { machineArguments, type MachineOrder } from '../../../targets/qemu/machine.ts'

const target: QemuTarget = { kind: 'qemu', name: 'qemu-max', cpu: 'max,sme=off', smp: 2, memory: 2048 }
const files = { firmware: '/a/fw.bios', image: '/a/Image', initrd: '/a/initrd.gz' }
const order: MachineOrder = {
  target,
  files,
  setup: { consoles: virtConsoles, boot: 'kernel', bl33: 0x60000000, services: [] },
  cmdline: '',
}
const full: MachineSetup = {
  consoles: virtConsoles,
  boot: 'efi',
  bl33: 0x60000000,
  services: ['tpm', 'efi-variables'],
  tpm: { banks: ['sha256'], partition: 0x8002 },
}
const tpm = { channel: 'fd=6', acpiTables: { TPM2: '/a/t,2', DSDT: '/a/d' } }

test('the machine has EL3 and EL2, firmware in flash, Image and initrd in RAM', () => {
  expect(machineArguments({ ...order, cmdline: 'kvm-arm.mode=protected' }, 4321).join(' ')).toBe(
    '-machine virt,secure=on,virtualization=on,gic-version=3 -cpu max,sme=off -smp 2 -m 2048 -bios /a/fw.bios ' +
      '-device loader,file=/a/Image,addr=0x60000000,force-raw=on ' +
      '-device loader,file=/a/initrd.gz,addr=0x70000000,force-raw=on -kernel /a/Image ' +
      '-append console=ttyAMA0 earlycon=pl011,0x9000000 initrdmem=0x70000000,4321 rdinit=/init panic=-1 ' +
      'kvm-arm.mode=protected',
  )
})

test('a cell without a command line of its own leaves no blank at the end', () => {
  expect(bootCmdline('kernel', '', 1)).toMatch(/panic=-1$/)
})

test('a comma in a path does not end an option, and is left alone where paths are whole arguments', () => {
  const args = machineArguments({ ...order, files: { ...files, image: '/a,b/Image' } }, 1)
  expect(args).toContain('loader,file=/a,,b/Image,addr=0x60000000,force-raw=on')
  expect(args[args.indexOf('-kernel') + 1]).toBe('/a,b/Image')
})

test('memory that ends before the initrd does is refused, one byte makes the difference', () => {
  const small = { ...target, memory: 769 }
  expect(() => machineArguments({ ...order, target: small }, 1024 * 1024)).not.toThrow()
  expect(() => machineArguments({ ...order, target: small }, 1024 * 1024 + 1)).toThrow(
    expect.objectContaining({ code: 'BadInput', message: 'Target qemu-max has 769 MiB; it needs at least 770 MiB.' }),
  )
})

test('a command line that arm64 would cut is refused', () => {
  const own = bootCmdline('kernel', '', 1).length + 1
  expect(() => machineArguments({ ...order, cmdline: 'x'.repeat(2047 - own) }, 1)).not.toThrow()
  expect(() => machineArguments({ ...order, cmdline: 'x'.repeat(2048 - own) }, 1)).toThrow(
    expect.objectContaining({ code: 'BadInput', message: expect.stringContaining('2048 characters') }),
  )
})

test('EFI firmware is put where BL33 starts, and fetches kernel, initrd and command line itself', () => {
  const files2 = { ...files, bl33: '/a/QEMU_EFI.fd' }
  const args = machineArguments({ ...order, setup: full, files: files2, cmdline: 'x' }, 4321, tpm).join(' ')
  expect(args).toContain(
    '-device loader,file=/a/QEMU_EFI.fd,addr=0x60000000,force-raw=on -initrd /a/initrd.gz -kernel /a/Image ' +
      '-append console=ttyAMA0 earlycon=pl011,0x9000000 rdinit=/init panic=-1 acpi=force x',
  )
  expect(args).not.toMatch(/loader,file=\/a\/(Image|initrd)|initrdmem/)
  expect(args).toContain('-m 2048,slots=1,maxmem=4096M')
  expect(args).toContain('pc-dimm,memdev=services,addr=0xc0000000')
  expect(args).toContain(
    '-chardev socket,id=tpm,fd=6 -tpmdev emulator,id=tpm,chardev=tpm -device tpm-tis-device,tpmdev=tpm',
  )
  expect(args).toContain('-fw_cfg name=opt/hyplab/acpi/TPM2,file=/a/t,,2')
})

test('a stack without services has neither a TPM nor memory for it', () => {
  expect(machineArguments(order, 1).join(' ')).not.toMatch(/tpm|dimm|slots/)
})

test('RAM that would lie where the services share memory is refused, and so is a loader that was not built', () => {
  const big = { ...order, setup: full, target: { ...target, memory: 2049 }, files: { ...files, bl33: '/e' } }
  expect(() => machineArguments(big, 1)).toThrow(expect.objectContaining({ code: 'BadInput' }))
  expect(() => machineArguments({ ...big, target }, 1)).not.toThrow()
  expect(() => machineArguments({ ...order, setup: full }, 1)).toThrow(expect.objectContaining({ code: 'BadInput' }))
})

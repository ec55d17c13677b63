import { expect, test } from 'vitest'
import type { QemuTarget } from '../../../domain/cell.ts'
import { bootCmdline, machineArguments } from '../../../targets/qemu/machine.ts'

const target: QemuTarget = { kind: 'qemu', name: 'qemu-max', cpu: 'max,sme=off', smp: 2, memory: 2048 }
const files = { firmware: '/a/fw.bios', image: '/a/Image', initrd: '/a/initrd.gz' }

test('the machine has EL3 and EL2, firmware in flash, Image and initrd in RAM', () => {
  expect(machineArguments(target, files, 'kvm-arm.mode=protected', 4321).join(' ')).toBe(
    '-machine virt,secure=on,virtualization=on,gic-version=3 -cpu max,sme=off -smp 2 -m 2048 -bios /a/fw.bios ' +
      '-device loader,file=/a/Image,addr=0x60000000,force-raw=on ' +
      '-device loader,file=/a/initrd.gz,addr=0x70000000,force-raw=on -kernel /a/Image ' +
      '-append console=ttyAMA0 earlycon=pl011,0x9000000 initrdmem=0x70000000,4321 rdinit=/init panic=-1 ' +
      'kvm-arm.mode=protected',
  )
})

test('a cell without a command line of its own leaves no blank at the end', () => {
  expect(bootCmdline('', 1)).toMatch(/panic=-1$/)
})

test('a comma in a path does not end an option, and is left alone where paths are whole arguments', () => {
  const args = machineArguments(target, { ...files, image: '/a,b/Image' }, '', 1)
  expect(args).toContain('loader,file=/a,,b/Image,addr=0x60000000,force-raw=on')
  expect(args[args.indexOf('-kernel') + 1]).toBe('/a,b/Image')
})

test('memory that ends before the initrd does is refused, one byte makes the difference', () => {
  const small = { ...target, memory: 769 }
  expect(() => machineArguments(small, files, '', 1024 * 1024)).not.toThrow()
  expect(() => machineArguments(small, files, '', 1024 * 1024 + 1)).toThrow(
    expect.objectContaining({ code: 'BadInput', message: 'Target qemu-max has 769 MiB; it needs at least 770 MiB.' }),
  )
})

test('a command line that arm64 would cut is refused', () => {
  const own = bootCmdline('', 1).length + 1
  expect(() => machineArguments(target, files, 'x'.repeat(2047 - own), 1)).not.toThrow()
  expect(() => machineArguments(target, files, 'x'.repeat(2048 - own), 1)).toThrow(
    expect.objectContaining({ code: 'BadInput', message: expect.stringContaining('2048 characters') }),
  )
})

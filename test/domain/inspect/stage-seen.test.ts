import { describe, expect, it } from 'vitest'
import { inspectLog, readLog } from './read.ts'

const at = (seconds: number, message: string): string => `[${seconds.toFixed(6).padStart(12)}] ${message}\n`
const banner = at(0, 'Linux version 6.9.0 (user@pc) (gcc 13.2.0) #2 SMP PREEMPT')
const init = at(1, 'Run /init as init process')
const panic = at(2, 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)')
const prompt = 'root@pc:~/linux# \n'

describe("a shell's prompt", () => {
  it.each([
    ['of the host, before the target starts', 'kernel', `user@pc:~$ qemu-system-aarch64 -kernel Image\n${banner}`],
    ['of the host, before firmware', 'bootloader', `user@pc:~$ picocom /dev/ttyUSB0\nU-Boot 2023.01 (Feb 01 2023)\n`],
    ['of the host, while the kernel starts', 'kernel', banner + prompt],
    ['of the host, after a panic', 'kernel', banner + panic + prompt],
    ['of the host, after a panic of a system', 'init', banner + init + panic + prompt],
    ['of the host, after power-off', 'init', `${banner}${init}${at(2, 'reboot: Power down')}${prompt}`],
    ['of the host, after restart', 'init', `${banner}${init}${at(2, 'reboot: Restarting system')}${prompt}`],
    ['of the host, after QEMU', 'init', `${banner}${init}QEMU: Terminated\n${prompt}`],
    ['of the target', 'userspace', banner + init + prompt],
    ['of the target, in brackets', 'userspace', `${banner}${init}[root@board ~]# ls\n`],
    ['of the target, a blank cut off', 'userspace', `${banner}${init}~ #\n`],
    ['of the target, in a log that begins late', 'userspace', at(900, 'usb 1-1: new device') + prompt],
    [
      'of the target, after what the firmware once said',
      'userspace',
      `PANIC at PC : 0x0000000e0a1b2c3d\n${banner}${init}${prompt}`,
    ],
    ['of nobody known', 'unknown', prompt],
  ])('%s: %s', (_name, stage, text) => {
    expect(inspectLog(text).stage).toBe(stage)
  })
})

it('long lines that begin like a prompt are none', () => {
  const lines = ['@:', 'a@b:', '[a@', '~', 'Welcome to !'].map((part) => `${part.repeat(20_000)}x\n`)
  expect(inspectLog(banner + init + lines.join('')).stage).toBe('init')
})

describe('a process that gives no pid', () => {
  it.each([
    ["Android's init", 'userspace', banner + init + at(4, 'init: init second stage started!')],
    ["Android's apexd", 'userspace', banner + init + at(6, 'apexd: Marking APEXd as starting')],
    ["OpenWrt's procd", 'userspace', banner + init + at(8, 'procd: - early -')],
    [
      "OpenWrt's init, in a journal",
      'userspace',
      'Jan  1 00:00:00 h kernel: Run /sbin/init as init process\n' +
        'Jan  1 00:00:00 h kernel: init: Console is alive\n',
    ],
    ['a driver of that name, before init', 'kernel', banner + at(0.5, 'logd: probed')],
    ['the first process by its number', 'userspace', '[    4.000000][    T1] init: Loading module a.ko\n'],
    ['another one', 'kernel', '[    4.000000][   T12] init: Loading module a.ko\n'],
    ['a driver', 'init', banner + init + at(4, 'usb: new device')],
  ])('%s: %s', (_name, stage, text) => {
    expect(inspectLog(text).stage).toBe(stage)
  })
})

describe('words that systems say, and others', () => {
  it.each([
    ['Welcome to pytest!\n', 'unknown'],
    ['Starting kernel: OK\n', 'unknown'],
    ['[  OK  ] Started Journal Service.\n', 'userspace'],
    [`${banner}${init}Welcome to Buildroot!  \n`, 'userspace'],
    [`${banner}${panic}Welcome to Buildroot!\n`, 'kernel'],
  ])('%j: %s', (text, stage) => {
    expect(inspectLog(text).stage).toBe(stage)
  })
})

describe('firmware and boot loaders that no signature knows', () => {
  it.each([
    ['SecCoreStartupWithStack(0xFFFCC000, 0x820000)', 'firmware'],
    ['Loading PEIM 9B3ADA4F-AE56-4C24-8DEA-F03B7558AE50', 'firmware'],
    ['Loading PEIM at 0x0000082BFC0 EntryPoint=0x0000082F2AF PcdPeim.efi', 'firmware'],
    ['Loading driver at 0x0007E5B1000 EntryPoint=0x0007E5B2A3C FvbServices.efi', 'firmware'],
    ['[Bds]Booting UEFI Shell', 'bootloader'],
    ['[NOTE ]  coreboot-4.19-512-gabcdef bootblock starting (log level: 7)...', 'firmware'],
    ['Jetson UEFI firmware (version 36.4.4-gcid-41062509 built on 2025-06-16T15:25:51+00:00)', 'bootloader'],
    ['Tianocore/EDK2 firmware version 0.3.0-1', 'bootloader'],
    ['                        GNU GRUB  version 2.12', 'bootloader'],
    ["  Booting `Debian GNU/Linux'", 'bootloader'],
    ['Loading Linux 6.1.0-18-arm64 ...', 'bootloader'],
    ['grub rescue> ls', 'bootloader'],
    ['## Flattened Device Tree blob at 48000000', 'bootloader'],
    ['Starting kernel ...', 'bootloader'],
    ['Loading the dishwasher', 'unknown'],
  ])('%s', (text, stage) => {
    expect(inspectLog(`${text}\n`).stage).toBe(stage)
  })

  it.each([
    'SecCoreStartupWithStack(0xFFFCC000, 0x820000)',
    '[NOTE ]  coreboot-4.19-512-gabcdef bootblock starting (log level: 7)...',
    'Jetson UEFI firmware (version 36.4.4-gcid-41062509 built on 2025-06-16T15:25:51+00:00)',
  ])('begin another boot after a kernel: %s', (text) => {
    expect(readLog(`${banner}${init}${text}\n${banner}`)).toMatchObject({ bootCount: 2 })
  })
})

import { describe, expect, it } from 'vitest'
import { inspectLog, outcomeOf } from './read.ts'

/** What is said of a log in few words. */
function said(...lines: string[]) {
  const { kernel, stage, cmdline, faults, boots } = inspectLog(lines.map((line) => `${line}\n`).join(''))
  return { kernel, stage, cmdline, faults: faults.map(({ title }) => title), boots: boots.length }
}

const at = (seconds: number, message: string): string => `[${seconds.toFixed(6).padStart(12)}] ${message}`
const banner = at(0, 'Linux version 6.6.32 (builder@host) (gcc (GCC) 13.2.0) #1 SMP')
const init = at(1, 'Run /sbin/init as init process')
const oops = [
  at(3.331442, 'Internal error: synchronous external abort: 0000000096000210 [#1] SMP'),
  at(3.3315, 'CPU: 1 PID: 98 Comm: (udev-worker) Not tainted 6.6.32 #1'),
  at(3.33154, 'pc : nvme_probe+0x1a8/0x5f0 [nvme]'),
  at(3.3317, 'Call trace:'),
  at(3.331702, ' nvme_probe+0x1a8/0x5f0 [nvme]'),
  at(3.33171, '---[ end trace 0000000000000000 ]---'),
]
const oopsTitle = 'synchronous external abort in nvme_probe [nvme]'

describe('a fault that does not begin its line', () => {
  it.each([
    ['behind an initramfs', 'Begin: Running /scripts/local-top ... '],
    ['behind a shell', 'console:/ $ '],
    ['behind a login', 'buildroot login: '],
    ['behind a trace of a shell', '+ sleep 1'],
    ['behind a progress bar', 'Downloading  20% [==>       ]'],
    ['behind a message that was cut', '[    3.300000] usb 1-1: new devi'],
  ])('is found %s', (_, before) => {
    const [first, ...rest] = oops
    expect(said(banner, init, before + first, ...rest).faults).toEqual([oopsTitle])
  })

  it('is a message of the kernel that was cut all the same', () => {
    const report = inspectLog([banner, `[    3.300000] usb 1-1: new devi${oops[0]}`, ''].join('\n'))
    expect(report.taints).toMatchObject([{ kind: 'cut', voids: true, count: 1 }])
  })

  it('may be U-Boot’s, behind the line that tells of a transfer', () => {
    const lines = [
      'U-Boot 2023.07 (Jul 10 2023 - 12:00:00 +0000)',
      'Loading: "Synchronous Abort" handler, esr 0x8600000d',
    ]
    expect(said(...lines)).toMatchObject({ stage: 'bootloader', faults: ['U-Boot: "Synchronous Abort"'] })
    expect(said(lines[0]!, 'DRAM:  initcall failed at call 40202a30 (err=-110)').faults).toEqual([
      'U-Boot: an initcall failed (-110)',
    ])
  })

  it('is none where somebody writes of one, or pstore has kept that of another boot', () => {
    const written = ["expecting 'Kernel panic - not syncing: x'", 'no Kernel panic - not syncing: x seen']
    expect(said(banner, init, ...written, 'saw PANIC at PC : 0x00001234').faults).toEqual([])
    const kept = [
      '# cat /sys/fs/pstore/dmesg-ramoops-0',
      'Panic#1 Part1',
      `<0>${at(812, 'Kernel panic - not syncing: x')}`,
    ]
    expect(said(banner, init, ...kept, '# ')).toMatchObject({ faults: [], boots: 1 })
    expect(said(...kept.slice(1)).faults).toEqual(['panic: x'])
  })
})

describe('a line that was cut or wrapped', () => {
  const asked = (words: string): string => at(0, `Kernel command line: ${words}`)
  const vhe = at(0.7, 'kvm [1]: VHE mode initialized successfully')
  const mode = (...lines: string[]) => outcomeOf(inspectLog([banner, ...lines, ''].join('\n')), 'pkvm.mode')

  it('is joined where a screen of 80 columns ended', () => {
    const line = asked('console=ttyS2,115200n8 root=PARTUUID=1234 rootwait kvm-arm.mode=protected')
    expect(said(banner, line.slice(0, 80), line.slice(80), vhe).cmdline).toBe(
      'console=ttyS2,115200n8 root=PARTUUID=1234 rootwait kvm-arm.mode=protected',
    )
    expect(mode(line.slice(0, 80), line.slice(80), vhe)).toBe('fail')
  })

  it('is joined where a mail has its lines broken between words', () => {
    const mail = [
      `> ${at(0, 'Linux version 6.6.32 (builder@host) (aarch64-oe-linux-gcc')}`,
      '> (GCC) 13.2.0) #1 SMP PREEMPT Thu May 30 10:00:00 UTC 2024',
      `> ${asked('console=ttyS2,115200n8 root=PARTUUID=12')}`,
      '> rootwait kvm-arm.mode=protected',
      `> ${at(3.331442, 'Unable to handle kernel NULL pointer dereference at virtual')}`,
      '> address 0000000000000010',
      `> ${at(3.3315, 'CPU: 1 PID: 98 Comm: (udev-worker) Not tainted 6.6.32')}`,
      '> #1',
      `> ${at(3.33154, 'pc : nvme_probe+0x1a8/0x5f0 [nvme]')}`,
    ]
    expect(said(...mail)).toMatchObject({
      kernel: '6.6.32',
      cmdline: 'console=ttyS2,115200n8 root=PARTUUID=12 rootwait kvm-arm.mode=protected',
      faults: ['NULL pointer dereference in nvme_probe [nvme]'],
    })
  })

  it('is not joined with what a process says', () => {
    const lines = [banner, init, at(2, 'short'), 'Starting syslogd: OK', at(2.1, 'also short'), 'and more of it']
    expect(inspectLog(`${lines.join('\n')}\n`).stage).toBe('userspace')
  })

  it('may be a command line of which the kernel prints no more: an option that is missing may be there', () => {
    const long = Array.from({ length: 60 }, (_, n) => `module_${n}.parameter=${n * 7919}`).join(' ')
    expect(mode(asked(long).slice(0, 1_015), vhe)).toBe('unknown')
    expect(mode(asked(`kvm-arm.mode=nvhe ${long}`).slice(0, 1_015), vhe)).toBe('fail')
    expect(mode(asked(long.slice(0, 500)), vhe)).toBe('pass')
  })

  it('may be one that 7.x says in pieces, of which one is missing', () => {
    expect(mode(asked('a=1 \\'), asked('b=2'), vhe)).toBe('pass')
    expect(mode(asked('a=1 \\'), vhe)).toBe('unknown')
  })

  it('may be one of decode_stacktrace.sh', () => {
    const lines = [
      at(3.331442, 'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010'),
      at(3.33154, 'pc : nvme_probe (drivers/nvme/host/pci.c:3012 (discriminator 1)) nvme'),
      at(3.3317, 'Call trace:'),
      at(3.331702, 'nvme_probe (drivers/nvme/host/pci.c:3012 drivers/nvme/host/pci.c:3100) nvme (P)'),
      at(3.331703, 'really_probe (drivers/base/dd.c:658)'),
      at(3.33171, '---[ end trace 0000000000000000 ]---'),
      at(4, '------------[ cut here ]------------'),
      at(4, 'WARNING: CPU: 0 PID: 1 at drivers/foo/bar.c:12 foo_probe (drivers/foo/bar.c:12 (discriminator 3)) foo'),
      at(4, 'pc : foo_probe (drivers/foo/bar.c:12 (discriminator 3)) foo'),
      at(4, '---[ end trace 0000000000000000 ]---'),
      at(5, 'BUG: KASAN: slab-out-of-bounds in foo_write (drivers/foo/bar.c:50 (discriminator 2)) foo'),
    ]
    expect(said(...lines).faults).toEqual([
      'NULL pointer dereference in nvme_probe [nvme]',
      'WARN in foo_probe [foo] at drivers/foo/bar.c:12',
      'KASAN: slab-out-of-bounds in foo_write [foo]',
    ])
  })
})

describe('stages and boots', () => {
  const boot = ['NOTICE:  BL31: v2.8(release):v2.8', 'U-Boot 2024.01 (Apr 09 2024 - 09:09:11 +0000)', banner, ...oops]

  it.each([
    ['Tera Term, local time', '[Thu May 30 12:43:40.037 2024] '],
    ['Tera Term, without parts of a second', '[Thu May 30 12:43:40 2024] '],
    ['Tera Term, since the connection', '[0 00:00:02.123] '],
    ['minicom', '[2024-05-30 12:43:40] '],
    ['grabserial', '[2.310002 0.010000] '],
  ])('are told through the stamps of %s: one boot', (_, stamp) => {
    const lines = boot.map((line) => stamp + line)
    expect(said(...lines)).toMatchObject({ kernel: '6.6.32', stage: 'kernel', faults: [oopsTitle], boots: 1 })
    expect(said(...lines.slice(0, 2))).toMatchObject({ stage: 'bootloader', boots: 1 })
  })

  it('a trace of U-Boot is no kernel', () => {
    expect(said(boot[1]!, 'Call trace:', ' PC:  [< 000000007ff1234 >] do_foo+0x24/0x40').stage).toBe('bootloader')
    expect(said(at(1, 'Call trace:')).stage).toBe('kernel')
  })

  it('no init came of those that could not be started', () => {
    const failed = ['/sbin/init', '/etc/init', '/bin/init', '/bin/sh'].map((path) =>
      at(1, `Run ${path} as init process`),
    )
    const panic = at(1.1, 'Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.')
    expect(said(banner, ...failed, panic)).toMatchObject({
      stage: 'kernel',
      faults: ['no init: No working init found'],
    })
    expect(said(banner, failed[0]!, at(1, 'Failed to execute /sbin/init (error -2)')).stage).toBe('kernel')
    expect(said(banner, failed[0]!, at(1, 'Failed to execute /sbin/init (error -2)'), failed[1]!).stage).toBe('init')
  })

  it('begin with a bootblock of coreboot, and with an SPL behind its U-Boot', () => {
    const coreboot = (stage: string) =>
      `[NOTICE ]  coreboot-24.08 Sat Aug 10 00:00:00 UTC 2024 x86_32 ${stage} starting`
    expect(said(coreboot('bootblock'), coreboot('romstage'), coreboot('ramstage')).boots).toBe(1)
    expect(said(coreboot('bootblock'), coreboot('romstage'), coreboot('bootblock'), coreboot('romstage')).boots).toBe(2)
    const spl = 'U-Boot SPL 2024.01 (Apr 09 2024 - 09:09:11 +0000)'
    const { boots } = inspectLog([spl, boot[1], 'resetting ...', spl, boot[1], ''].join('\n'))
    expect(boots.map(({ parts }) => parts[0]!.lines.from)).toEqual([1, 4])
  })

  it('are one where two consoles on one UART say each line', () => {
    const twice = (lines: string[]) => lines.flatMap((line) => [line, line])
    const panic = at(3.4, 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b')
    const faults = [oopsTitle, 'panic: Attempted to kill init! exitcode=0x0000000b']
    expect(said(...twice([banner, ...oops, panic]))).toMatchObject({ faults, boots: 1 })
    const bare = [banner, ...oops, panic].map((line) => line.slice(15))
    expect(said(...twice(bare))).toMatchObject({ faults, boots: 1 })
    expect(said(banner, ...oops, ...oops, panic).faults).toEqual(faults)
  })
})

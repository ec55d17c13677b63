import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consoleOf, rawConsole, boots } from '../probes/showing.ts'
import { inspectLog, readLog } from './read.ts'

const at = (seconds: number, message: string): string => `[${seconds.toFixed(6).padStart(12)}] ${message}\n`
const banner = (release: string): string => at(0, `Linux version ${release} (a@b) (gcc) #1 SMP PREEMPT`)
const start = (release = '6.12.0'): string =>
  at(0, 'Booting Linux on physical CPU 0x0000000000 [0x410fd034]') + banner(release)
const firmware =
  'NOTICE:  Booting Trusted Firmware\nNOTICE:  BL1: v2.12.1(release):\nNOTICE:  BL2: v2.12.1(release):\nNOTICE:  BL31: v2.12.1(release):\n'
const init = at(2, 'Run /sbin/init as init process')
const filler = (count: number, from = 3): string =>
  Array.from({ length: count }, (_, n) => at(from + n / 1000, `usb 1-1: new device number ${n}`)).join('')

describe('the furthest stage', () => {
  it.each([
    ['unknown', 'nothing of interest\n'],
    ['firmware', 'NOTICE:  BL31: v2.12.1(release):\n'],
    ['firmware', 'SeaBIOS (version 1.16.2-debian-1.16.2-1)\n'],
    ['spmc', 'NOTICE:  BL31: v2.12.1(release):\nI/TC: OP-TEE version: 4.10 (gcc) #1\n'],
    ['bootloader', 'NOTICE:  BL31: v2.12.1(release):\nU-Boot 2025.01 (Jan 01 2025 - 00:00:00)\n'],
    ['kernel', start()],
    ['kernel', at(1000, 'usb 1-1: new high-speed USB device')],
    ['kernel', 'Jan  1 00:00:00 host kernel: usb 1-1: new high-speed USB device\n'],
    ['init', start() + init],
    ['init', start() + init + at(2.1, '  with arguments:') + 'ERROR:   QEMU System Power off: with GPIO.\n'],
    ['userspace', start() + init + at(3, 'systemd[1]: systemd 252 running in system mode')],
    ['userspace', start() + init + 'Welcome to Debian GNU/Linux 12 (bookworm)!\n'],
    ['userspace', `${start()}${init}debian login: \n`],
    ['userspace', start() + filler(20, 1) + init + 'my test starts\nmy test ends\n'],
    [
      'init',
      start() + filler(20, 1) + init + at(3, 'Kernel panic - not syncing: x') + 'words after it\nand more of it\n',
    ],
    ['init', start() + init + 'one plain line\ntwo plain lines\n'],
    ['userspace', '<30>[   10.000000] foo: hello\n'],
    ['userspace', 'Jan  1 00:00:00 host sshd[12]: hello\n'],
  ])('is %s', (stage, text) => {
    expect(inspectLog(text).stage).toBe(stage)
  })
})

describe('the kernel', () => {
  it.each([
    ['6.18.5', banner('6.18.5')],
    [
      '5.15.0-56-generic',
      'Jan  1 00:00:00 host kernel: Linux version 5.15.0-56-generic (buildd@x) (gcc) #62-Ubuntu SMP\n',
    ],
    [
      '7.3.4-dirty',
      at(1, 'Internal error: Oops: 0000000096000004 [#1]  SMP') +
        at(1, 'CPU: 1 UID: 0 PID: 1 Comm: a Not tainted 7.3.4-dirty #1 PREEMPT'),
    ],
    [
      '6.1.0',
      at(1, 'BUG: kernel NULL pointer dereference, address: 0') +
        at(1, 'CPU: 1 PID: 1 Comm: a Tainted: G        W  OE      6.1.0 #1'),
    ],
    ['unknown', at(5, 'usb 1-1: new device')],
  ])('is %s', (release, text) => {
    expect(inspectLog(text).kernel).toBe(release)
  })

  it('has a command line that may be said in parts', () => {
    const text = start() + at(0, 'Kernel command line: a=1 \\') + at(0, 'Kernel command line: kvm-arm.mode=nvhe')
    expect(inspectLog(text).cmdline).toBe('a=1 kvm-arm.mode=nvhe')
    expect(inspectLog(at(0, 'Command line: root=/dev/sda') + at(0, 'x86/fpu: x')).cmdline).toBe('root=/dev/sda')
    expect(inspectLog(start()).cmdline).toBe('unknown')
  })
})

describe('several boots in one log', () => {
  const whole = firmware + start() + init + filler(5)

  it.each([
    ['a firmware that greets twice', firmware + firmware, 2],
    ['a firmware after a kernel', whole + firmware, 2],
    ['three boots', whole + whole + whole, 3],
    ['a kernel that starts again by kexec', start() + init + filler(5) + start('6.13.0'), 2],
    ['a kernel after the end of another', at(1000, 'usb 1-1: gone') + start(), 2],
    [
      'boots of the journal',
      'Jan  1 00:00:00 h kernel: Linux version 6.1.0 (a@b)\n-- Boot 0123456789abcdef0123456789abcdef --\nJan  1 00:01:00 h kernel: Linux version 6.1.0 (a@b)\n',
      2,
    ],
    ['one boot', whole, 1],
    ['one boot whose version is asked for', `${whole}Linux version 6.12.0 (a@b) (gcc) #1 SMP\n`, 1],
    [
      'one boot with two consoles',
      `${whole}I/TC: OP-TEE version: 4.10\nI/TC: Primary CPU switching to normal world boot\n`,
      1,
    ],
    [
      'one boot said again on a second console',
      start() + at(0.1, 'printk: console [ttyS0] enabled') + start() + init,
      1,
    ],
  ])('%s', (_name, text, boots) => {
    expect(readLog(text).bootCount).toBe(boots)
  })

  it('the last that shows a kernel is judged, and so it is said', () => {
    const report = inspectLog(firmware + start('6.1.0') + init + firmware + start('6.2.0') + firmware)
    expect(report).toMatchObject({ kernel: '6.2.0', stage: 'kernel' })
    expect(report.boots.map(({ kernel, judged }) => [kernel, judged])).toEqual([
      ['6.1.0', false],
      ['6.2.0', true],
      ['unknown', false],
    ])
    expect(report.taints).toMatchObject([
      { kind: 'second-boot', sentence: 'There are 3 boots in log; the second begins in line 8.' },
    ])
  })

  it('faults of all of them are listed', () => {
    const panic = at(3, 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)')
    const { faults } = inspectLog(firmware + start() + panic + firmware + start() + panic)
    expect(faults.map(({ boot, kind, lines }) => [boot, kind, lines.from])).toEqual([
      [1, 'no-root', 7],
      [2, 'no-root', 14],
    ])
  })

  it('a firmware that never comes to a kernel is in a loop', () => {
    expect(inspectLog(firmware.repeat(5)).faults).toMatchObject([{ kind: 'reset-loop', where: 'firmware' }])
  })

  it('of very many only the ends are kept', () => {
    const shown = readLog(firmware.repeat(500))
    expect(shown.bootCount).toBe(500)
    expect(shown.boots).toHaveLength(17)
    expect(shown.boots.at(-1)?.to).toBe(2000)
  })
})

describe('what is kept of a log', () => {
  it('are the lines that matter, with their numbers', () => {
    const text = start() + filler(3000) + at(9, 'WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2') + filler(3000, 10)
    const [boot] = readLog(text).boots
    expect(boot!.log.lines.length).toBeLessThan(500)
    expect(boot!.log.lines.map(({ number }) => number)).toContain(3003)
    expect(boot!.log.lines.at(-1)?.number).toBe(6003)
  })

  it('are the first and the last of one kind', () => {
    const text = Array.from({ length: 3000 }, (_, n) => at(n, `Run /bin/${n} as init process`)).join('')
    const lines = readLog(text).boots[0]!.log.lines
    expect(lines.length).toBeLessThan(1100)
    expect(lines[0]?.text).toContain('/bin/0 ')
    expect(lines.at(-1)?.text).toContain('/bin/2999 ')
  })

  it('is the same however the file is cut into chunks', () => {
    const bytes = rawConsole(boots.builtinPkvm, 'uart0')
    const once = readLog(bytes, 'log', bytes.length)
    fc.assert(
      fc.property(fc.integer({ min: 64, max: 70_000 }), (chunk) => {
        expect(readLog(bytes, 'log', chunk)).toEqual(once)
      }),
      { numRuns: 5 },
    )
  })

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(() => inspectLog(bytes)).not.toThrow()
      }),
    )
  })

  it('numbers lines as an editor does', () => {
    const raw = new TextDecoder('latin1').decode(rawConsole(boots.linux7, 'uart0'))
    const editor = raw.split('\n')
    for (const { number, text } of readLog(rawConsole(boots.linux7, 'uart0')).boots[0]!.log.lines)
      expect(consoleOf(editor[number - 1]!).lines[0]?.text).toBe(text)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consoleOf, rawConsole, boots } from '../probes/showing.ts'
import { inspectLog, outcomeOf, readLog } from './read.ts'

const at = (seconds: number, message: string): string => `[${seconds.toFixed(6).padStart(12)}] ${message}\n`
const banner = (release: string): string => at(0, `Linux version ${release} (a@b) (gcc) #1 SMP PREEMPT`)
const start = (release = '6.12.0'): string =>
  at(0, 'Booting Linux on physical CPU 0x0000000000 [0x410fd034]') + banner(release)
const firmware =
  'NOTICE:  Booting Trusted Firmware\nNOTICE:  BL1: v2.12.1(release):\nNOTICE:  BL2: v2.12.1(release):\nNOTICE:  BL31: v2.12.1(release):\n'
const logged = (message: string): string => `Jan  1 00:00:00 h kernel: ${message}\n`
const early = logged('microcode: updated early: 0x5003302 -> 0x5003604, date = 2023-03-17')
const bannerLogged = logged('Linux version 6.1.0 (a@b) (gcc) #1 SMP')
const processTells = '{"MESSAGE":"Linux version 6.1.0 (a@b)","_TRANSPORT":"stdout"}\n'
const uboot = (version: string): string => `U-Boot ${version} (Jan 01 2023 - 00:00:00 +0000)\n`
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
    ['userspace', 'Linux version 6.1.0 (a@b)\nRun /init as init process\nsystemd[1]: Started a.\n'],
    ['kernel', 'Linux version 6.1.0 (a@b)\nkvm [1]: Protected nVHE mode initialized successfully\n'],
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

describe('what is copied from a screen', () => {
  it.each(['   ', '\t', ' \t '])('has blanks up to its edge, which are no part of it: %j', (blanks) => {
    const text =
      start() +
      at(0.1, 'Kernel command line: kvm-arm.mode=protected') +
      at(0.4, 'kvm [1]: Protected nVHE mode initialized successfully') +
      init +
      at(5, 'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010') +
      at(5, 'Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP') +
      at(5, 'pc : foo+0x1/0x20')
    const report = inspectLog(text.replaceAll('\n', `${blanks}\n`))
    expect(report).toMatchObject({ stage: 'init', cmdline: 'kvm-arm.mode=protected' })
    expect(report.faults.map(({ title }) => title)).toEqual(['NULL pointer dereference in foo'])
    expect(outcomeOf(report, 'pkvm.mode')).toBe('pass')
    expect(report.faults[0]?.text).toContain(`PREEMPT SMP${blanks}`)
  })

  it('may be an empty command line', () => {
    expect(inspectLog(start() + at(0.1, 'Kernel command line: ')).cmdline).toBe('')
    expect(inspectLog(start() + at(0.1, 'Kernel command line:       ')).cmdline).toBe('')
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
    ['a word of the kernel before its banner, in a journal', early + bannerLogged, 1],
    [
      'the first word of a 32-bit kernel, in a journal',
      logged('Booting Linux on physical CPU 0xf00') + bannerLogged,
      1,
    ],
    ['a boot after the end of another, in a journal', logged('Kernel command line: quiet') + bannerLogged, 2],
    ['a boot after much of another, in a journal', early.repeat(30) + bannerLogged, 2],
    ['a boot after a process, in a journal', `${early}Jan  1 00:00:09 h sshd[12]: hello\n${bannerLogged}`, 2],
    ['two boots of the same kernel, in a journal', bannerLogged + logged('Command line: quiet') + bannerLogged, 2],
    ['a version that a process tells', `${bannerLogged}Jan  1 00:00:09 h x[12]: hello\n${processTells}`, 1],
    ['a U-Boot that starts another one', `${uboot('2015.01')}DRAM: 2 GiB\n${uboot('2023.07')}${start()}`, 1],
    ['a U-Boot that starts again', uboot('2023.07') + uboot('2023.07'), 2],
    ['two U-Boots that start again', (uboot('2015.01') + uboot('2023.07')).repeat(2), 2],
    ['a U-Boot of another version after a reset', `${uboot('2023.07')}U-Boot SPL 2025.01 (Jan\n${uboot('2025.01')}`, 2],
    ['a U-Boot of another version after firmware', uboot('2023.07') + firmware + uboot('2025.01'), 2],
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

  it('a U-Boot that starts another one is in no loop for that', () => {
    const chain = uboot('2015.01') + uboot('2023.07')
    expect(inspectLog(chain.repeat(2)).faults).toEqual([])
    expect(inspectLog(chain.repeat(3)).faults).toMatchObject([{ kind: 'reset-loop' }])
  })

  it('of very many only the ends are kept', () => {
    const shown = readLog(firmware.repeat(500))
    expect(shown.bootCount).toBe(500)
    expect(shown.boots).toHaveLength(17)
    expect(shown.boots.at(-1)?.to).toBe(2000)
    expect(shown.boots.map(({ from }) => (from - 1) / 4).filter((boot, n) => boot !== n)[0]).toBe(487)
    expect(inspectLog(firmware.repeat(500)).taints[0]?.sentence).toBe(
      'There are 500 boots in log, of which the first 4 and the last 13 are looked at; the second begins in line 5.',
    )
  })
})

describe("a kernel's log that is printed again", () => {
  const said = start() + at(0.5, 'smp: Brought up 1 node, 2 CPUs') + init + filler(30)
  const typed = 'root@box:~# dmesg\n'
  const later = at(5, 'usb 1-1: gone')

  it('is no second boot and no damage, though more is in it than the console showed', () => {
    const more = said.replace(init, at(1.5, 'ARM FF-A: Firmware version 1.1 found') + init)
    const report = inspectLog(said + typed + more + '# \n' + later)
    expect(report.boots).toHaveLength(1)
    expect(report.taints).toMatchObject([{ kind: 'repeated', voids: false, count: 35 }])
    expect(report.taints[0]?.evidence).toMatchObject([{ lines: { from: 36, to: 36 } }])
    expect(outcomeOf(report, 'ffa.version')).toBe('pass')
  })

  it('may begin late, as what came before is no longer in the buffer', () => {
    expect(inspectLog(said + later + typed + filler(30) + later + at(6, 'x')).taints).toMatchObject([
      { kind: 'repeated', count: 31 },
    ])
    const little = readLog(start() + init + typed + start() + init)
    expect(little).toMatchObject({ bootCount: 1, boots: [{ taints: [{ kind: 'repeated' }] }] })
  })

  it('may end early, at the end of the file too where a command asked for it', () => {
    const head = 'root@box:~# dmesg | head -2\n'
    expect(readLog(said + head + start() + '# \n' + later).bootCount).toBe(1)
    expect(readLog(said + later + '\n' + start() + at(6, 'x')).bootCount).toBe(1)
    expect(readLog(said + head + start()).bootCount).toBe(1)
    expect(readLog(said + start()).bootCount).toBe(2)
    expect(readLog(said + head + start('6.13.0')).bootCount).toBe(2)
    expect(readLog(start() + start()).bootCount).toBe(2)
  })

  it('has its faults once, and those that the console did not show', () => {
    const warn = (name: string) => at(2.5, `WARNING: CPU: 0 PID: 1 at ${name}.c:1 ${name}+0x1/0x2`)
    const report = inspectLog(said + warn('a') + later + typed + said + warn('a') + warn('b') + later)
    expect(report.faults.map(({ title }) => title)).toEqual(['WARN in a at a.c:1', 'WARN in b at b.c:1'])
  })

  it('is another boot where the same lines have other times', () => {
    const other = said.replaceAll(/\.(\d{5})\d\]/g, (stamp, digits: string) =>
      digits === '00000' ? stamp : `.${digits}7]`,
    )
    const reboot =
      start() + at(0.500_001, 'smp: Brought up 1 node, 2 CPUs') + at(2.000_003, 'Run /sbin/init as init process')
    expect(readLog(said + typed + said + reboot + later).bootCount).toBe(2)
    expect(readLog(said + start() + other.slice(start().length) + later).bootCount).toBe(2)
  })

  it('is damage where the clock only goes back', () => {
    expect(inspectLog(said + at(900, 'x') + at(10, 'y') + at(11, 'z')).taints).toMatchObject([{ kind: 'time-back' }])
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

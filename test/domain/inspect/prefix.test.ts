import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PrefixReader } from '../../../domain/inspect/prefix.ts'

const message = 'Linux version 6.1.0 (a@b)'
const stamped = `[    0.000000] ${message}`

describe('what stands before a line', () => {
  it.each([
    ['nothing', stamped],
    ['a level', `<5>${stamped}`],
    ['a mail', `> ${stamped}`],
    ['a mail of a mail', `> >> ${stamped}`],
    ['syslog', `Jan  1 00:00:00 host kernel: ${stamped}`],
    ['rsyslog', `2026-01-01T00:00:00.123456+00:00 host kernel: ${stamped}`],
    ['busybox', `Jan  1 00:00:00 host kern.notice kernel: ${stamped}`],
    ['OpenWrt', `Thu Jan  1 00:00:00 2026 kern.notice kernel: ${stamped}`],
    ['a mail of syslog', `> Jan  1 00:00:00 host kernel: ${stamped}`],
    ['indentation', `        ${stamped}`],
    ['KernelCI', ` 1477 09:14:46.976626  <5>${stamped}`],
    ['syslog without a host', `May 17 18:48:11 kernel: ${stamped}`],
    ['journalctl --no-hostname', `[    0.000000] kernel: ${message}`],
    ['minicom', `[2026-01-01 10:00:00] ${stamped}`],
    ['tio', `[10:00:00.123] ${stamped}`],
    ['ts', `Jan 01 00:00:00 ${stamped}`],
    ['LAVA', `2026-01-01T00:00:00 ${stamped}`],
    ["SONiC's syslog", `Jan 31 00:07:33.892186 sonic WARNING kernel: ${stamped}`],
    ['LAVA in YAML', `- {"dt": "2026-01-01T00:00:00.1", "lvl": "target", "msg": "${stamped}"}`],
    ['a CI system', `2026-01-01T00:00:00.1234567Z ${stamped}`],
    ['dmesg -d', `[    0.000000 <    0.000000>] ${message}`],
    ['dmesg -x', `kern  :notice: ${stamped}`],
    ['journalctl -o short-monotonic', `[    0.000000] host kernel: ${message}`],
    ['/dev/kmsg', `5,0,0,-;${message}`],
    ["Samsung's kernel", `<5>[    0.000000]  [0:      swapper:    0] ${message}`],
    ["MediaTek's kernel", `[    0.000000] (0)[1:swapper/0]${message}`],
    ["MediaTek's kernel, interrupts off", `[    0.000000]-(a)[123:kworker/u16:1]${message}`],
    ["Amlogic's kernel", `[    0.000000@0] ${message}`],
    ['a web page', `[\u00a0\u00a0\u00a0 0.000000]\u00a0${message}`],
    [
      'journalctl -o json',
      JSON.stringify({
        _TRANSPORT: 'kernel',
        MESSAGE: message,
        SYSLOG_IDENTIFIER: 'kernel',
        _SOURCE_MONOTONIC_TIMESTAMP: '0',
        __MONOTONIC_TIMESTAMP: '9',
      }),
    ],
  ])('%s is taken away, the stamp stays', (_name, text) => {
    expect(new PrefixReader([text]).strip(text).text.replace(/^<\d+>/, '')).toBe(stamped)
  })

  it.each([
    ['journalctl', `Jan 01 00:00:00 host kernel: ${message}`],
    ['journalctl -o short-iso', `2026-01-01T00:00:00+0000 host kernel: ${message}`],
    ['journalctl -o short-unix', `1700000000.123456 host kernel: ${message}`],
    ['journalctl -o short-full', `Thu 2026-01-01 00:00:00 UTC host kernel: ${message}`],
    ['journalctl in Russian', `\u0438\u044e\u043b 27 14:08:03 host kernel: ${message}`],
    ['journalctl in French', `f\u00e9vr. 13 14:17:13 host kernel: ${message}`],
    ['journalctl in Portuguese, without a host', `jan 13 14:17:13 kernel: ${message}`],
    ['journalctl in Chinese', ` 1\u6708 13 14:17:13 host kernel: ${message}`],
    ['journalctl -o short-full of a time zone', `Thu 2026-01-01 00:00:00 CET host kernel: ${message}`],
    ['dmesg -T in German', `[Mi Jan  1 00:00:00 2026] ${message}`],
    ['dmesg -T', `[Thu Jan  1 00:00:00 2026] ${message}`],
    ['dmesg -H', `[  +0.000010] ${message}`],
    ['dmesg --time-format iso', `2026-01-01T00:00:00,123456+00:00 ${message}`],
    ['a level without a stamp', `<5>${message}`],
  ])('%s has no stamp of the kernel, but is told to be its words', (_name, text) => {
    expect(new PrefixReader().strip(text)).toEqual({ text: message, by: 'kernel' })
  })

  it.each([
    ['Jan 01 00:00:00 NOTICE:  BL31: v2.12', 'NOTICE:  BL31: v2.12'],
    ['[2026-01-01 10:00:00] I/TC: OP-TEE version: 4.10', 'I/TC: OP-TEE version: 4.10'],
    ['Jan 01 00:00:00 EFI stub: Booting Linux Kernel...', 'EFI stub: Booting Linux Kernel...'],
  ])('firmware through a terminal program: %s', (text, inner) => {
    expect(new PrefixReader().strip(text)).toEqual({ text: inner })
  })

  it('an entry of a process in journalctl -o json is told by its name, bytes and line feeds in it or not', () => {
    const entry = (MESSAGE: unknown) => JSON.stringify({ MESSAGE, SYSLOG_IDENTIFIER: 'sshd', _TRANSPORT: 'syslog' })
    expect(new PrefixReader().strip(entry('a\nb'))).toEqual({ text: 'sshd: a b', by: 'process' })
    expect(new PrefixReader().strip(entry([104, 105, 255]))).toEqual({ text: 'sshd: hi\xff', by: 'process' })
    for (const text of ['{"MESSAGE": ', '{"MESSAGE":null}', '{"a":1}'])
      expect(new PrefixReader().strip(text)).toEqual({ text })
  })

  it('the second blank behind a time is no part of a line, where each line has it', () => {
    const time = '2026-01-01T00:00:00.1  '
    const head = [`${time}${stamped}`, `${time}Starting syslogd: OK`, `${time}/ # `]
    expect(new PrefixReader(head).strip(`${time}Starting syslogd: OK`).text).toBe('Starting syslogd: OK')
    expect(new PrefixReader(head).strip(`${time} indented`).text).toBe(' indented')
    expect(new PrefixReader([...head, time.slice(0, -1) + stamped]).strip(`${time}x`).text).toBe(' x')
  })

  it('the level of printk tells who speaks, and is never learned', () => {
    const head = ['<6>', '<6>', '<5>', '<14>'].map((level, n) => `${level}[    ${n}.000000] x`)
    expect(new PrefixReader(head).strip('<14>[    1.000000] init: hello')).toEqual({
      text: '[    1.000000] init: hello',
      by: 'process',
    })
    const around = head.map((line) => `[box] ${line}`)
    expect(new PrefixReader(around).strip('[box] <14>[    1.000000] x')).toEqual({
      text: '[    1.000000] x',
      by: 'process',
    })
  })

  it('the caller that dmesg sets apart is put where printk puts it', () => {
    expect(new PrefixReader().strip('[    0.100000] [   T1] x').text).toBe('[    0.100000][   T1] x')
    expect(new PrefixReader().strip('[    0.100000][   T1] x').text).toBe('[    0.100000][   T1] x')
  })

  it.each([
    ['Jan  1 00:00:00 host systemd[1]: Started', 'systemd[1]: Started'],
    ['<30>[    1.000000] systemd[1]: hello', '[    1.000000] systemd[1]: hello'],
    ['30,5,1000000,-;systemd[1]: hello', '[    1.000000] systemd[1]: hello'],
  ])('%s are the words of a process', (text, inner) => {
    expect(new PrefixReader().strip(text)).toEqual({ text: inner, by: 'process' })
  })

  it('what no rule knows is learned from the first lines', () => {
    const head = ['17 R SERIAL> [    0.1000', ...['18', '19', '20'].map((n) => `${n} R SERIAL> [    0.200000] x`)]
    const reader = new PrefixReader(head)
    expect(reader.strip('4711 R SERIAL> [    9.000000] y').text).toBe('[    9.000000] y')
    expect(reader.strip('4711 R SERIAL> NOTICE:  BL31').text).toBe('NOTICE:  BL31')
  })

  it.each([
    ['cat -n', (n: number) => `${String(n).padStart(6)}\t`],
    ['set nu', (n: number) => `${String(n).padStart(3)} `],
    ['a fixed width', (n: number) => `${String(n).padStart(5)}  `],
    ['a width on the right', (n: number) => `${String(n).padEnd(6)}| `],
    ['two numbers', (n: number) => `${n} ${String(7 * n).padStart(5)} `],
    ["GitLab's time", (n: number) => `2026-01-01T00:00:${10 + (n % 10)}.123456Z 00O `],
    ['a host behind a time', (n: number) => `Jan 31 00:07:33.${100_000 + n} board7 tty: `],
    ['quoted bars', () => '>   | '],
    ['bars', () => '| '],
  ])('is learned whatever the number of digits: %s', (_name, prefix) => {
    const numbers = [1, 2, 3, 9, 10, 11, 99, 100, 4711, 123_456]
    const reader = new PrefixReader(numbers.slice(0, 8).map((n) => `${prefix(n)}${stamped}`))
    for (const n of numbers) {
      expect(reader.strip(`${prefix(n)}${stamped}`)).toMatchObject({ text: stamped })
      expect(reader.strip(`${prefix(n)}NOTICE:  BL31: v2.12`)).toEqual({ text: 'NOTICE:  BL31: v2.12' })
    }
  })

  it('the blanks behind a number are the message', () => {
    const reader = new PrefixReader([8, 9, 10, 11].map((n) => `${String(n).padStart(6)}\t${stamped}`))
    expect(reader.strip('    12\t  with arguments:').text).toBe('  with arguments:')
  })

  it('a learned number is not cut off where nothing stands behind it, however long it is', () => {
    const reader = new PrefixReader([1, 2, 3].map((n) => `${n} ${n} ${n} ${stamped}`))
    const long = '1'.repeat(60_000)
    expect(reader.strip(long).text).toBe(long)
  })

  it('what the whole file is quoted or indented with is cut off, of journals and firmware too', () => {
    const journal = ['a', 'b', 'c'].map((what) => `    Jan  1 00:00:00 host kernel: ${what}`)
    expect(new PrefixReader(['', ...journal]).strip(journal[0]!)).toEqual({ text: 'a', by: 'kernel' })
    const mail = ['>   | WARNING: x', '>   | Call trace:', '>   |', '>   |  f+0x1/0x2', '>']
    expect(mail.map((line) => new PrefixReader(mail).strip(line).text)).toEqual([
      'WARNING: x',
      'Call trace:',
      '',
      ' f+0x1/0x2',
      '',
    ])
    const some = [...journal, 'And so it ended.']
    expect(new PrefixReader(some).strip(journal[0]!)).toEqual({ text: journal[0] })
    expect(new PrefixReader(journal.slice(1)).strip(journal[0]!)).toEqual({ text: journal[0] })
  })

  it('firmware into which the kernel speaks is no prefix to be learned', () => {
    const mixed = 'NOTICE:  BL31: v[    0.000000] x'
    expect(new PrefixReader([mixed, mixed, mixed]).strip(mixed).text).toBe(mixed)
  })

  it('takes any text and gives back its end', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), fc.string(), (head, text) => {
        const inner = new PrefixReader(head).strip(text)
        if (!/^(?:- \{|\[|<?\d)/.test(text)) expect(text.endsWith(inner.text)).toBe(true)
      }),
    )
  })
})

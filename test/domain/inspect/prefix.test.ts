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
    ['LAVA in YAML', `- {"dt": "2026-01-01T00:00:00.1", "lvl": "target", "msg": "${stamped}"}`],
    ['a CI system', `2026-01-01T00:00:00.1234567Z ${stamped}`],
    ['dmesg -d', `[    0.000000 <    0.000000>] ${message}`],
    ['dmesg -x', `kern  :notice: ${stamped}`],
    ['journalctl -o short-monotonic', `[    0.000000] host kernel: ${message}`],
    ['/dev/kmsg', `5,0,0,-;${message}`],
  ])('%s is taken away, the stamp stays', (_name, text) => {
    expect(new PrefixReader([text]).strip(text).text.replace(/^<\d+>/, '')).toBe(stamped)
  })

  it.each([
    ['journalctl', `Jan 01 00:00:00 host kernel: ${message}`],
    ['journalctl -o short-iso', `2026-01-01T00:00:00+0000 host kernel: ${message}`],
    ['journalctl -o short-unix', `1700000000.123456 host kernel: ${message}`],
    ['journalctl -o short-full', `Thu 2026-01-01 00:00:00 UTC host kernel: ${message}`],
    ['dmesg -T', `[Thu Jan  1 00:00:00 2026] ${message}`],
    ['dmesg -H', `[  +0.000010] ${message}`],
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

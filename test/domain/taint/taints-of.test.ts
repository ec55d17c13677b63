import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../../domain/console/line-reader.ts'
import { taintsOf, voidingTaint } from '../../../domain/taint/taints-of.ts'
import { boots, consoleOf, consolesOf, noInit } from '../probes/showing.ts'

const of = (...lines: string[]) => taintsOf([consoleOf(lines.join('\n'))])
const kinds = (...lines: string[]) => of(...lines).map(({ kind, voids }) => (voids ? kind : `(${kind})`))
const clock = (...times: string[]) => of(...times.map((at, n) => `[    ${at}] line ${n}`))

describe('real boots', () => {
  it.each([...Object.values(boots), noInit])('%s: nothing is damaged', (boot) => {
    expect(taintsOf(consolesOf(boot))).toEqual([])
  })
})

describe('damage that voids a log', () => {
  it.each([
    ['garbage', [`[    0.100000] x${'\0'.repeat(8)}`]],
    ['lost', ['** 37 printk messages dropped **']],
    ['lost', ['[    0.000000] printk: dropped 12 messages']],
    ['cut', ['[    0.1] x', '    0.345585] ARM FF-A: Driver version 1.2']],
    ['cut', ['[    0.345585] ARM FF-A: Driver ver[    0.345691] ARM FF-A: Firmware version 1.2 found']],
    ['doubled', ['[[      00..334455558855]]  AARRMM  FFFF--AA']],
    ['mixed', ['[    0.345585] ARM FF-NOTICE:  BL31: v2.12.1(release):v2.12.1']],
    ['mixed', ['[    0.345585] ARM FF-AI/TC:0 0 spmc_init:1 x']],
    ['mixed', ['NOTICE:  BL3[    0.345585] ARM FF-A: Driver version 1.2']],
    ['mixed', ['D/TC:0 0 spmc_in[    0.345585] ARM FF-A: Driver version 1.2']],
    ['console-server', ['Port already in use\r']],
    ['console-server', ['Device open failure: Value or file not found\r']],
    ['console-server', ['telnet: Unable to connect to remote host: Connection refused']],
    ['console-server', ['Connection closed by foreign host.']],
    ['console-server', ['[-- Console down -- Sun Nov 22 21:00:00 2026]']],
  ])('%s: %j', (kind, lines) => {
    const [taint, ...more] = of(...lines)
    expect(more).toEqual([])
    expect(taint).toMatchObject({ kind, voids: true, count: 1, evidence: [{ from: lines.length }] })
    expect(voidingTaint([consoleOf(lines.join('\n'))])).toEqual(taint)
  })

  it('is the kernel clock going back by more than CPUs differ', () => {
    expect(clock('1.000000', '3.000000', '2.999990', '3.100000')).toEqual([])
    expect(clock('1.000000', '3.000000', '1.500000')).toMatchObject([
      {
        kind: 'time-back',
        voids: true,
        sentence: "The kernel's clock goes back from 3 s to 1.5 s in line 3 of uart0.",
        evidence: [{ from: 2 }, { from: 3 }],
      },
    ])
  })

  it('is a second boot, whose clock begins anew by right', () => {
    const [ns] = consolesOf(boots.builtinPkvm)
    const twice = {
      console: 'uart0',
      lines: [...ns!.lines, ...ns!.lines.map((line) => ({ ...line, number: line.number + ns!.lines.length }))],
    }
    const [taint, ...more] = taintsOf([twice])
    expect(more).toEqual([])
    expect(taint).toMatchObject({ kind: 'second-boot', voids: true })
    expect(taint?.sentence).toContain(`started again in line ${ns!.lines.length + 1} of uart0`)
  })

  it('is a second boot, but not where firmware was told at its shell to start again', () => {
    const start = 'NOTICE:  Booting Trusted Firmware'
    // As EDK2's terminal colours it.
    const told = '\x1b[0m\x1b[33m\x1b[40mShell> \x1b[0m\x1b[37m\x1b[40mreset\r'
    expect(kinds(start, told, start, '[    0.000000] Booting Linux on physical CPU 0x0000000000')).toEqual([])
    expect(kinds(start, 'Shell> setvar BootNext', start)).toEqual(['second-boot'])
    expect(kinds(start, told, start, start)).toEqual(['second-boot'])
  })
})

describe('damage that is only noted', () => {
  it.each([
    ['(overrun)', ['[    5.000000] ttyAMA ttyAMA0: 3 input overrun(s)']],
    ['(overrun)', ['ttyS0: 1 input overrun(s)']],
    ['(host-contention)', ['[    5.000000] hrtimer: interrupt took 12089840 ns']],
    [
      '(host-contention)',
      [
        "[    5.000000] clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the skew is too large:",
      ],
    ],
    [
      '(host-contention)',
      [
        '[    5.000000] workqueue: drain_vmap_area_work hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND',
      ],
    ],
    ['(host-contention)', ['[    5.000000] sched: RT throttling activated']],
    ['(console-server)', ["Escape character is '^]'."]],
    ['(console-server)', ['terminal_0: Listening for serial connection on port 5000']],
    ['(escapes)', ['[    0.100000] x', '\x1b[2J\x1b[1;1Hmenu']],
    ['(escapes)', ['[    0.100000] x', 'passs\x08word']],
    ['(repeated)', Array.from({ length: 8 }, (_, n) => `[    0.${n >> 1}00000] line ${n >> 1}`)],
  ])('%s: %j', (kind, lines) => expect(kinds(...lines)).toEqual([kind]))
})

describe('no damage', () => {
  it.each([
    ['colours', ['[    0.100000] x', '\x1b[0;32mok\x1b[m']],
    ["a boot loader's screen, before the kernel speaks", ['\x1b[2J\x1b[1;1HUEFI firmware (version  built at x)']],
    ['a first line that whoever pasted it cut', ['    0.345585] ARM FF-A: Driver version 1.2']],
    ['a prompt that the kernel speaks after', ['login: [    5.345585] random: crng init done']],
    ['a kernel that quotes firmware', ['[    0.100000] fw: NOTICE:  BL31: v2.12.1']],
    ['a kernel that quotes a log', ['[    9.100000] init: [    0.100000] Booting']],
    ['two equal lines', ['[    0.100000] x', '[    0.100000] x', '[    0.100000] y']],
    ['equal lines before there is a clock', Array.from({ length: 9 }, () => '[    0.000000] x')],
    ['a ruler', ['[    0.1] x', '================================']],
    ["a program's refused connection", ['ssh: x', 'wget: connect: Connection refused']],
  ])('%s', (_name, lines) => expect(kinds(...lines)).toEqual([]))
})

it('lists all kinds, the worst first, and counts what it does not quote', () => {
  const many = Array.from({ length: 9 }, () => '** 5 printk messages dropped **')
  const taints = of('[    5.000000] hrtimer: interrupt took 1 ns', ...many, `x${'\0'.repeat(9)}`)
  expect(taints.map(({ kind, count }) => [kind, count])).toEqual([
    ['garbage', 1],
    ['lost', 9],
    ['host-contention', 1],
  ])
  expect(taints[1]).toMatchObject({
    sentence: 'Line 2 of uart0 says: ** 5 printk messages dropped **, and 8 more like it.',
    evidence: [{ from: 2 }, { from: 3 }, { from: 4 }],
  })
})

it('names a console by its own name', () => {
  expect(taintsOf([consoleOf(''), consoleOf('** 5 printk messages dropped **', 'uart1')])).toMatchObject([
    { sentence: expect.stringContaining('uart1') as string, evidence: [{ console: 'uart1', from: 1 }] },
  ])
})

it('takes any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      for (const { sentence, evidence } of taintsOf([{ console: 'c', lines: readLines(bytes) }])) {
        expect(sentence).toMatch(/\.$/)
        expect(evidence.length).toBeGreaterThan(0)
      }
    }),
    { numRuns: 300 },
  )
})

import { describe, expect, it } from 'vitest'
import { boots, consoleOf, consolesOf, findingOf, hello, recordsOf, shownOf } from './showing.ts'

const oops = [
  '[    1.000000] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008',
  '[    1.000001] Mem abort info:',
  '[    1.000002] Internal error: Oops: 0000000096000004 [#1]  SMP',
  '[    1.000003] ---[ end trace 0000000000000000 ]---',
]
const panic = [
  '[    1.100000] Kernel panic - not syncing: Oops: Fatal exception',
  '[    1.100001] ---[ end Kernel panic - not syncing: Oops: Fatal exception ]---',
]
const warn = [
  '[    0.500000] ------------[ cut here ]------------',
  '[    0.500001] WARNING: CPU: 0 PID: 1 at drivers/x.c:42 x_probe+0x10/0x20',
  '[    0.500002] Modules linked in:',
  '[    0.500003] ---[ end trace 0000000000000000 ]---',
]
const fault = (lines: string[], id = 'fault.kernel') =>
  findingOf(shownOf({ consoles: [consoleOf(`${lines.join('\n')}\n`)] }), id)

describe('faults of the kernel', () => {
  it.each(Object.values(boots))('%s: none, and that passes by the end record only', (boot) => {
    const consoles = consolesOf(boot)
    expect(findingOf(shownOf({ consoles }), 'fault.kernel').outcome).toBe('pass')
    expect(findingOf(shownOf({ consoles }), 'fault.firmware').outcome).toBe('pass')
    expect(findingOf(shownOf({ consoles, records: recordsOf(hello) }), 'fault.kernel').outcome).toBe('unknown')
  })

  it('does not say of a kernel that went down in order that it did not come to its end', () => {
    for (const word of ['Power down', 'Restarting system']) {
      const consoles = [consoleOf(`[    9.000000] reboot: ${word}\n`)]
      for (const id of ['fault.kernel', 'fault.firmware']) {
        const finding = findingOf(shownOf({ consoles, records: [] }), id)
        expect(finding).toMatchObject({ outcome: 'unknown', sentence: expect.stringContaining('went down in order') })
        expect(finding.evidence).toHaveLength(1)
      }
    }
  })

  it('names the cause, not the panic that follows it, and quotes the whole report', () => {
    const finding = fault([...oops, ...panic])
    expect(finding).toMatchObject({
      outcome: 'fail',
      facts: {
        kind: 'oops',
        title: 'NULL pointer dereference',
        count: 2,
        warning: false,
        panic: true,
      },
    })
    expect(finding.evidence).toMatchObject([
      { from: 1, to: 4 },
      { from: 5, to: 6 },
    ])
  })

  it('quotes a warning from its cut-here line on', () => {
    expect(fault(warn)).toMatchObject({
      facts: { kind: 'warn', warning: true, panic: false },
      evidence: [{ from: 1, to: 4 }],
    })
  })

  it('counts a memory cgroup at its limit as a warning, and puts a fault before it', () => {
    const killed = '[    0.900000] Memory cgroup out of memory: Killed process 9 (a) total-vm:1kB'
    expect(fault([killed]).facts).toMatchObject({ kind: 'oom', title: 'memory cgroup out of memory', warning: true })
    expect(fault([killed, ...oops]).facts).toMatchObject({ kind: 'oops', count: 2, warning: false })
    const onWarn = '[    0.900002] Kernel panic - not syncing: kernel: panic_on_warn set ...'
    expect(fault([...warn, killed, onWarn]).facts).toMatchObject({ kind: 'warn', panic: true })
  })

  it('puts an oops before an earlier warning, but a warning before the panic that it caused', () => {
    expect(fault([...warn, ...oops]).facts).toMatchObject({ kind: 'oops', count: 2 })
    expect(
      fault([
        ...warn,
        '[    0.6] '.replace('0.6', '0.600000') + 'Kernel panic - not syncing: kernel: panic_on_warn set ...',
      ]).facts,
    ).toMatchObject({ kind: 'warn', panic: true })
  })

  it('shortens a long report in the middle', () => {
    const trace = Array.from({ length: 60 }, (_, n) => `[    1.000004]  frame_${n}+0x0/0x10`)
    const [evidence] = fault([...oops.slice(0, 3), ...trace, oops[3]!]).evidence
    expect(evidence).toMatchObject({ from: 1, to: 64 })
    expect(evidence?.text.split('\n')).toHaveLength(17)
    expect(evidence?.text).toContain('... 48 more lines ...')
  })

  it('turns when the line goes', () => {
    const edit = (put: string) => (text: string) => text.replace('[    0.818199]     /init', put)
    const shown = (put: string) => shownOf({ consoles: consolesOf(boots.builtinPkvm, edit(put)) })
    expect(
      findingOf(shown('[    0.818199] rcu: INFO: rcu_sched self-detected stall on CPU'), 'fault.kernel'),
    ).toMatchObject({ outcome: 'fail', facts: { kind: 'rcu-stall' } })
    expect(findingOf(shown('[    0.818199]     /init'), 'fault.kernel').outcome).toBe('pass')
  })
})

describe('faults of the firmware', () => {
  it.each([
    ["E/TC:0 0 Panic 'x' at core/kernel/y.c:1 <z>", 'panic'],
    ['PANIC at PC : 0x000000000e09b2a4', 'panic'],
    ['ASSERT: services/std_svc/spmd/spmd_main.c:642', 'assert'],
    ['Unhandled Exception in EL3.', 'exception'],
    ['WARNING: BL31: BL32 initialization failed', 'load-failure'],
  ])('%s', (line, kind) => {
    expect(fault([line], 'fault.firmware')).toMatchObject({ outcome: 'fail', facts: { kind } })
    expect(fault([line]).outcome).toBe('pass')
  })

  it('is not the panic() that ends a power-off by GPIO, which a slow host lets TF-A come to', () => {
    const power = 'ERROR:   QEMU System Power off: with GPIO.\n'
    const panicked = (after = '') => consoleOf(`PANIC at PC : 0x000000000e096a08\n${after}`, 'uart1')
    const judged = (consoles: ReturnType<typeof consoleOf>[]) =>
      findingOf(shownOf({ consoles }), 'fault.firmware').outcome
    expect(judged([consoleOf(power), panicked()])).toBe('pass')
    expect(judged([consoleOf(''), panicked()])).toBe('fail')
    expect(judged([consoleOf(power), panicked('I/TC: and it goes on\n')])).toBe('fail')
  })

  it('is not known where the last word of TF-A is a panic and no other console is there', () => {
    const ready = 'I/TC: Primary CPU switching to normal world boot\n'
    const panicked = 'PANIC at PC : 0x000000000e096a08\n'
    const judged = (...consoles: ReturnType<typeof consoleOf>[]) => {
      const { outcome, sentence } = findingOf(shownOf({ consoles, records: [] }), 'fault.firmware')
      return [outcome, sentence.includes('orderly power-off')]
    }
    expect(judged(consoleOf(ready + panicked, 'uart1'))).toEqual(['unknown', true])
    expect(judged(consoleOf(panicked, 'uart1'))).toEqual(['fail', false])
    expect(judged(consoleOf(`${ready}ERROR:   Group0 interrupt 5 not handled\n${panicked}`, 'uart1'))[0]).toBe('fail')
    expect(judged(consoleOf(`${ready}${panicked}I/TC: and on\n`, 'uart1'))[0]).toBe('fail')
    expect(judged(consoleOf('U-Boot 2025.01 (Jan 01 2025)\n'), consoleOf(ready + panicked, 'uart1'))[0]).toBe('fail')
    expect(judged(consoleOf(`${ready}${oops[0]}\n${panicked}`))[0]).toBe('fail')
  })

  it('is not the panic() that ends a reset by GPIO either, as long as firmware starts behind it', () => {
    const start = 'NOTICE:  Booting Trusted Firmware\n'
    const reset = `${start}Shell> reset\nERROR:   QEMU System Reset: with GPIO.\n${start}`
    const spmc = 'I/TC: OP-TEE version: 4.10.0\n'
    // The next start may come before the line's end.
    const panics = [`PANIC at PC : 0x000000000e096a08\n`, 'PANIC at PC : 0x00D/TC:0   add_phys_mem:651 x\n']
    const judged = (...[uart0, uart1]: [string, string]) =>
      findingOf(shownOf({ consoles: [consoleOf(uart0), consoleOf(uart1, 'uart1')] }), 'fault.firmware').outcome
    for (const panic of panics) {
      expect(judged(reset, `${spmc}${panic}${spmc}`)).toBe('pass')
      expect(judged(start, `${spmc}${panic}${spmc}`)).toBe('fail')
      expect(judged(reset, `${spmc}${spmc}${panic}`)).toBe('fail')
    }
  })

  it('has no part in a fault of the kernel', () => expect(fault(oops, 'fault.firmware').outcome).toBe('pass'))
})

import { describe, expect, it } from 'vitest'
import type { HostView, Shown } from '../../../domain/attempt.ts'
import { judge } from '../../../domain/probes/registry.ts'
import type { Stage } from '../../../domain/stage.ts'
import { endingOf } from '../../../domain/verdict/ending.ts'
import {
  boots,
  consoleOf,
  consolesOf,
  hello,
  labOf,
  noInit,
  recordsOf,
  shownOf,
  type Showing,
} from '../probes/showing.ts'

const ending = (shown: Shown) => endingOf(shown, judge(shown, ['pkvm']))
const of = (showing: Showing) => ending(shownOf(showing)).ending
const host = (stop: HostView['stop'], stage: Stage = 'kernel', reason = ''): HostView => ({ stop, stage, reason })
const real = consolesOf(boots.builtinPkvm)
const unfinished = recordsOf(hello)
const panic = [consoleOf('[    1.000000] Kernel panic - not syncing: x\n')]
const warn = [consoleOf('[    1.000000] WARNING: CPU: 0 PID: 1 at drivers/x.c:42 x_probe+0x10/0x20\n')]
const oops = [consoleOf('[    1.000000] Internal error: Oops: 0000000096000004 [#1]  SMP\n')]
const optee = [consoleOf("E/TC:0 0 Panic 'x' at core/kernel/y.c:1 <z>\n", 'uart1')]
const off = [consoleOf('[    1.159519] reboot: Power down\n')]
const stall = [
  consoleOf(
    '[   27.000000] rcu: INFO: rcu_preempt self-detected stall on CPU\n[   27.100000] rcu: \t0-....: (1 ticks)\n',
  ),
]
const stood = (seconds: number, stop: HostView['stop'] = 'power-off'): HostView => ({
  ...host(stop, 'off'),
  stoodStill: seconds,
})
const quiet = [consoleOf('[    0.500000] calling  x\n')]

describe('how an attempt ended', () => {
  it.each(Object.values(boots))('%s: finished', (boot) => {
    expect(ending(shownOf({ consoles: consolesOf(boot) }))).toMatchObject({
      ending: 'finished',
      evidence: [{ kind: 'record' }],
    })
  })

  it('is a kernel fault on a real boot that found no init and panicked', () => {
    const shown = shownOf({ consoles: consolesOf(noInit), records: [], host: host('power-off') })
    expect(ending(shown)).toMatchObject({
      ending: 'kernel-fault',
      sentence:
        'The kernel reported: no init: No working init found; there is no /init (ENOENT): no archive came, or it lacks the file or its folder.',
      evidence: [
        { kind: 'console', console: 'uart0', from: 637 },
        { kind: 'console', console: 'uart0', from: 611 },
      ],
    })
  })

  const flood = (stage: Stage): HostView => ({ ...host('flood', stage, 'Too much was said.'), flooded: 'uart0' })

  it('is the fault of who floods a console, also where the kernel came to its end or its host stood still', () => {
    const words = consoleOf('nothing that is known\n'.repeat(9))
    const shown = shownOf({ consoles: [words], records: recordsOf({ fact: 'end', records: 1 }), host: flood('kernel') })
    expect(ending(shown)).toMatchObject({
      ending: 'kernel-fault',
      sentence: 'Too much was said. The kernel said more on uart0 than its plan allows.',
      evidence: [{ console: 'uart0', from: 4, to: 9 }],
    })
    expect(of({ consoles: [words], records: unfinished, host: flood('bl2') })).toBe('firmware-fault')
    expect(of({ consoles: stall, records: unfinished, host: { ...flood('kernel'), stoodStill: 60 } })).toBe(
      'kernel-fault',
    )
  })

  it('names what a flooding kernel reported first', () => {
    const { sentence, evidence } = ending(shownOf({ consoles: stall, records: unfinished, host: flood('kernel') }))
    expect(sentence).toBe('Too much was said. The kernel reported: RCU stall (and 1 more).')
    expect(evidence).toHaveLength(2)
  })

  const hung = { consoles: quiet, records: unfinished, host: host('silence', 'kernel', 'Nothing was said for 60 s.') }
  const look = { about: 'health', by: 'board-1' } as const

  it('is the fault of the lab where the place does not answer either after a silence, with what it did', () => {
    const ill = labOf({ ...look, is: 'ill', words: 'board-1 was switched on and said nothing.' })
    expect(ending(shownOf({ ...hung, lab: ill }))).toEqual({
      ending: 'infra',
      sentence: 'board-1 was switched on and said nothing. Nothing was said for 60 s.',
      evidence: [{ kind: 'lab', from: 1, to: 1, text: 'board-1 is ill: board-1 was switched on and said nothing.' }],
    })
    const oopsed = shownOf({ ...hung, consoles: oops, lab: ill })
    expect(ending(oopsed).ending).toBe('kernel-fault')
  })

  it('is a hang where the place answers afterwards, and where nobody looked', () => {
    const healthy = labOf({ ...look, is: 'healthy', words: 'It is healthy.' })
    for (const lab of [healthy, labOf()]) expect(ending(shownOf({ ...hung, lab })).ending).toBe('hung')
  })

  it('cites what the lab did where the lab broke', () => {
    const said = 'The console server said: Port already in use.'
    const lab = labOf({ about: 'console', by: 'uart0', console: 'uart0', is: 'broken', words: said })
    expect(ending(shownOf({ ...hung, host: host('lost', 'bl1', said), lab }))).toEqual({
      ending: 'infra',
      sentence: said,
      evidence: [{ kind: 'lab', from: 1, to: 1, text: `uart0 broke: ${said}` }],
    })
  })

  const cases: [string, Showing, string][] = [
    ['by our command after the records were in', { consoles: real, host: host('asked-off', 'probes') }, 'finished'],
    ['forced off after its end', { consoles: real, host: host('forced', 'probes') }, 'finished'],
    ['cancelled', { consoles: real, host: host('cancelled') }, 'cancelled'],
    ['cancelled although it panicked', { consoles: panic, host: host('cancelled') }, 'cancelled'],
    ['panic', { consoles: panic, records: unfinished }, 'kernel-fault'],
    ['panic and then silence', { consoles: panic, records: unfinished, host: host('silence') }, 'kernel-fault'],
    ['panic and then the host lost it', { consoles: panic, records: unfinished, host: host('lost') }, 'kernel-fault'],
    ['panic in the power-off, after init said its end', { consoles: panic }, 'kernel-fault'],
    ['oops that stopped it', { consoles: oops, records: unfinished, host: host('silence') }, 'kernel-fault'],
    ['oops after which init came to its end', { consoles: oops }, 'finished'],
    ['warning', { consoles: warn }, 'finished'],
    ['warning and then silence', { consoles: warn, records: unfinished, host: host('silence') }, 'hung'],
    ['OP-TEE panicked', { consoles: optee, records: [], host: host('silence', 'spmc') }, 'firmware-fault'],
    ['silence', { consoles: quiet, records: unfinished, host: host('silence') }, 'hung'],
    ['lost', { consoles: quiet, records: unfinished, host: host('lost') }, 'infra'],
    ['off in order without the last record', { consoles: off, records: unfinished }, 'tainted'],
    [
      'off by itself in the kernel',
      { consoles: quiet, records: [], host: host('power-off', 'kernel') },
      'kernel-fault',
    ],
    [
      'off by itself in the firmware',
      { consoles: quiet, records: [], host: host('power-off', 'bl31') },
      'firmware-fault',
    ],
    ['off without a word', { consoles: [], records: [], host: host('power-off', 'power') }, 'infra'],
    [
      'two boots in one log',
      { consoles: [{ console: 'uart0', lines: [...real[0]!.lines, ...real[0]!.lines] }] },
      'tainted',
    ],
    ['garbage', { consoles: [consoleOf(`[    0.100000] x${'\0'.repeat(8)}\n`)] }, 'tainted'],
    [
      'two worlds in one line',
      { consoles: [consoleOf('[    0.100000] caNOTICE:  BL31: v2.12.1(release):lling x\n')] },
      'tainted',
    ],
    ['messages that the kernel lost', { consoles: [consoleOf('** 12 printk messages dropped **\n')] }, 'tainted'],
    ['an RCU stall that stopped it', { consoles: stall, records: unfinished, host: host('silence') }, 'kernel-fault'],
    ['an RCU stall after the target stood still', { consoles: stall, host: stood(3) }, 'tainted'],
    [
      'an RCU stall on a machine that was lost',
      { consoles: stall, records: unfinished, host: stood(25, 'lost') },
      'tainted',
    ],
    ['a panic after the target stood still', { consoles: panic, host: stood(25) }, 'kernel-fault'],
    ['all well, though the target stood still for a moment', { consoles: real, host: stood(3) }, 'finished'],
    ['all well, but the target stood still for too long', { consoles: real, host: stood(25) }, 'infra'],
    ['a host that was slow', { consoles: [consoleOf('hrtimer: interrupt took 5006432 ns\n')] }, 'finished'],
    [
      'a few stray bytes at power-on',
      { consoles: [consoleOf('\0\0\0NOTICE:  Booting Trusted Firmware\n')] },
      'finished',
    ],
  ]
  it.each(cases)('%s: %s', (_name, showing, expected) => expect(of(showing)).toBe(expected))

  it('gives the words of the host, and the last ones of each console', () => {
    const shown = shownOf({
      consoles: [...quiet, ...optee.map((log) => ({ ...log, lines: [] }))],
      records: unfinished,
      host: host('silence', 'kernel', 'Stage kernel was silent for 20 s; NS spoke last.'),
    })
    expect(ending(shown)).toEqual({
      ending: 'hung',
      sentence: 'Stage kernel was silent for 20 s; NS spoke last.',
      evidence: [{ kind: 'console', console: 'uart0', from: 1, to: 1, text: '[    0.500000] calling  x' }],
    })
  })
})

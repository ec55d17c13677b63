import { describe, expect, it } from 'vitest'
import type { HostView, Shown } from '../../../domain/attempt.ts'
import { judge } from '../../../domain/probes/registry.ts'
import type { Stage } from '../../../domain/stage/stage.ts'
import { endingOf } from '../../../domain/verdict/ending.ts'
import { taintOf } from '../../../domain/verdict/taint.ts'
import {
  boots,
  consoleOf,
  consolesOf,
  hello,
  noInit,
  poweredOff,
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
      sentence: expect.stringContaining('Kernel panic - not syncing: No working init found.') as string,
      evidence: [{ kind: 'console', console: 'uart0', from: 637 }],
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

describe('taint', () => {
  it.each(Object.values(boots))('%s has none', (boot) =>
    expect(taintOf(shownOf({ consoles: consolesOf(boot) }))).toBeUndefined(),
  )

  it('is the kernel clock going back by more than CPUs differ', () => {
    const clock = (...times: string[]) =>
      taintOf(shownOf({ consoles: [consoleOf(times.map((at) => `[    ${at}] x\n`).join(''))] }))
    expect(clock('1.000000', '3.000000', '2.999990', '3.100000')).toBeUndefined()
    expect(clock('1.000000', '3.000000', '1.500000')).toMatchObject({
      sentence: "The kernel's clock goes back from 3 s to 1.5 s in line 3 of uart0.",
      evidence: [{ from: 2 }, { from: 3 }],
    })
  })

  it('names the line where a second boot starts', () => {
    const twice = { console: 'uart0', lines: readTwice() }
    expect(taintOf({ ...shownOf({ consoles: [twice] }), host: poweredOff })?.sentence).toContain(
      'started again in line 51 of uart0',
    )
  })
})

function readTwice() {
  const [ns] = real
  const first = ns!.lines.slice(0, 50)
  return [...first, ...first.map((line) => ({ ...line, number: line.number + 50 }))]
}

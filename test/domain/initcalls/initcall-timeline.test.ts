import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deferrals } from '../../../domain/initcalls/deferrals.ts'
import { initcallLevels, type Initcall } from '../../../domain/initcalls/initcall.ts'
import { initcallTimeline } from '../../../domain/initcalls/initcall-timeline.ts'
import { boots, consoleOf, consolesOf } from '../probes/showing.ts'

const timelineOf = (...lines: string[]) => initcallTimeline(consoleOf(lines.join('\n')))
const real = (boot: string) => initcallTimeline(consolesOf(boot)[0]!)
const named = (boot: string, name: string) => real(boot).filter((entry) => entry.name === name)

describe('the initcalls of a boot', () => {
  it('are read from 6.18.5 with level, times, duration and value', () => {
    expect(named(boots.builtinPkvm, 'ffa_init')).toEqual([
      {
        kind: 'initcall',
        name: 'ffa_init',
        level: 'fs',
        pid: 1,
        called: { line: 556, at: 0.343807 },
        returned: { line: 560, at: expect.any(Number) as number },
        value: 0,
        usecs: expect.any(Number) as number,
      },
    ])
    expect(named(boots.builtinPkvm, 'kvm_arm_init')).toMatchObject([{ level: 'device', value: 0 }])
    expect(named(boots.builtinPkvm, 'finalize_pkvm')).toMatchObject([{ level: 'device', value: 0, usecs: 2306 }])
  })

  it('of a module have its name and no level', () => {
    const [ffa] = named(boots.modulePkvm, 'ffa_init') as Initcall[]
    expect(ffa).toMatchObject({ module: 'ffa_module', called: { at: 2.105043 } })
    expect(ffa).not.toHaveProperty('level')
  })

  it.each(Object.values(boots))('%s: each that is called returns, levels only rise, and none is lost', (boot) => {
    const entries = real(boot)
    const lines = consolesOf(boot)[0]!.lines.map(({ text }) => text.replace(/^\[ *[\d.]+\] /, ''))
    const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length
    const initcalls = entries.filter((entry) => entry.kind === 'initcall')
    expect(initcalls).toHaveLength(count(/^calling {2}/))
    expect(entries).toHaveLength(count(/^calling {2}|^probe of /))
    expect(initcalls.every(({ called, returned }) => called && returned && called.line < returned.line)).toBe(true)
    const levels = initcalls.filter(({ level }) => level).map(({ level }) => initcallLevels.indexOf(level!))
    expect(levels.length).toBeGreaterThan(100)
    expect(levels).toEqual(levels.toSorted((a, b) => a - b))
  })

  it('of a kernel before 6.18 have no level', () => {
    const [entry] = timelineOf('[    0.1] x', '[    0.100000] calling  init_mmap_min_addr+0x0/0x38 @ 1')
    expect(entry).toEqual({ kind: 'initcall', name: 'init_mmap_min_addr', pid: 1, called: { line: 2, at: 0.1 } })
  })

  it('may return in another order than they were called, by module', () => {
    const entries = timelineOf(
      'calling  init_module+0x0/0x10 [a] @ 60',
      'calling  init_module+0x0/0x10 [b] @ 61',
      'initcall init_module+0x0/0x10 [a] returned 0 after 5 usecs',
      'initcall init_module+0x0/0x10 [b] returned -22 after 9 usecs',
    )
    expect(entries).toMatchObject([
      { module: 'a', value: 0, returned: { line: 3 } },
      { module: 'b', value: -22, returned: { line: 4 } },
    ])
  })

  it('that never return show it, and one whose call is not in the log is there', () => {
    const entries = timelineOf('initcall a+0x0/0x10 returned 0 after 1 usecs', 'calling  b+0x0/0x10 @ 1')
    expect(entries[0]).not.toHaveProperty('called')
    expect(entries[1]).not.toHaveProperty('returned')
  })

  it('are none without initcall_debug, and none are made up from any text', () => {
    expect(timelineOf('[    0.1] calling x', 'initcall x returned', 'probe of x returned nothing')).toEqual([])
    const piece = fc.constantFrom(
      'calling  ',
      'initcall ',
      'probe of ',
      'a+0x0/0x1',
      ' returned ',
      '-5 after ',
      '3 usecs',
      ' @ 1',
      '[m] ',
    )
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (lines) => {
        for (const entry of timelineOf(...lines)) expect(entry.name).not.toBe('')
      }),
    )
  })
})

describe('deferrals', () => {
  it('on 7.3.4: arm-ffa waits for pKVM, and for how long', () => {
    const [ffa] = deferrals(real(boots.linux7)).filter(({ device }) => device === 'arm-ffa')
    expect(ffa).toMatchObject({ driver: 'arm-ffa', tries: [{ value: 517 }], ended: { value: 0 } })
    expect(ffa!.seconds).toBeCloseTo(0.928642 - 0.809053, 6)
  })

  it.each([
    ['never came', ['probe of d with driver x returned 517 after 1 usecs'], 1, undefined],
    ['a supplier was missing', ['probe of d with driver x returned -517 after 1 usecs'], 1, undefined],
    [
      'another driver turned it down',
      ['probe of d with driver x returned 517 after 1 usecs', 'probe of d with driver y returned 19 after 1 usecs'],
      1,
      undefined,
    ],
    [
      'before 7.x nobody knows which driver turned it down',
      [
        'probe of d returned 517 after 1 usecs',
        'probe of d returned 19 after 1 usecs',
        'probe of d returned 22 after 1 usecs',
      ],
      1,
      22,
    ],
    [
      'put off again',
      [
        'probe of d returned 517 after 1 usecs',
        'probe of d returned 517 after 1 usecs',
        'probe of d returned 0 after 1 usecs',
      ],
      2,
      0,
    ],
  ])('%s', (_name, lines, tries, value) => {
    const [deferral] = deferrals(timelineOf(...lines))
    expect(deferral?.tries).toHaveLength(tries)
    expect(deferral?.ended?.value).toBe(value)
  })
})

import { describe, expect, it } from 'vitest'
import { boots, consoleOf, consolesOf, findingOf, shownOf, without } from './showing.ts'

const id = 'order.ffa-before-kvm'
const ffaM = { config: { ARM_FFA_TRANSPORT: 'm', OPTEE: 'm' }, modules: ['ffa-core', 'ffa-module', 'optee'] }

describe('FF-A before pKVM', () => {
  it('fails on 6.18.5 =y protected, with the lines', () => {
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.builtinPkvm) }), id)
    expect(finding).toMatchObject({
      outcome: 'fail',
      facts: { ffa_by: 'ffa_init', ffa_built: 'built-in', ffa_at: 0.345585, kvm_at: 0.372028, finalize_at: 0.553201 },
    })
    expect(finding.evidence.map((each) => each.kind === 'console' && each.from)).toEqual([557, 556, 560, 568, 577])
  })

  it('passes on 6.18.5 =m protected', () => {
    const finding = findingOf(shownOf({ ...ffaM, consoles: consolesOf(boots.modulePkvm) }), id)
    expect(finding).toMatchObject({
      outcome: 'pass',
      facts: { ffa_by: 'ffa_init', ffa_built: 'module', ffa_at: 2.106189 },
    })
  })

  it('passes on 7.3.4 =y protected, where ffa_init only registers and a deferred probe does the work', () => {
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.linux7) }), id)
    expect(finding).toMatchObject({ outcome: 'pass', facts: { ffa_by: 'probe of arm-ffa', ffa_at: 0.878648 } })
    expect(finding.evidence.map((each) => each.text).join('\n')).toContain('returned 517')
  })

  it('is no question on nvhe, but the times are told', () => {
    const finding = findingOf(shownOf({ mode: 'nvhe', consoles: consolesOf(boots.builtinNvhe) }), id)
    expect(finding).toMatchObject({ outcome: 'skip', facts: { kvm_at: 0.306131 } })
  })

  it('turns when the lines are turned around', () => {
    const [ns] = consolesOf(boots.builtinPkvm)
    const isFfa = (text: string) => /ffa_init|ARM FF-A/.test(text)
    const last = ns!.lines.filter(({ text }) => isFfa(text))
    const turned = { console: 'uart0', lines: [...ns!.lines.filter(({ text }) => !isFfa(text)), ...last] }
    expect(findingOf(shownOf({ consoles: [turned] }), id).outcome).toBe('pass')
  })

  it.each([
    ['no line of FF-A', {}, without(/(?:ffa_init|ARM FF-A)/), 'unknown'],
    ['no line that pKVM took over', {}, without(/Protected hVHE/), 'unknown'],
    ['built without', { config: { ARM_FFA_TRANSPORT: 'n' } }, (text: string) => text, 'skip'],
    ['without initcall_debug', {}, without(/(?:calling |initcall )/), 'fail'],
  ])('%s: %#', (_name, extra, edit, outcome) => {
    expect(findingOf(shownOf({ ...extra, consoles: consolesOf(boots.builtinPkvm, edit) }), id).outcome).toBe(outcome)
  })

  it('is unknown where the probe was deferred and never came back', () => {
    const edit = without(/(?:ARM FF-A: |probe of arm-ffa with driver arm-ffa returned 0)/)
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.linux7, edit) }), id)
    expect(finding).toMatchObject({ outcome: 'unknown', sentence: expect.stringContaining('deferred') as string })
  })

  it('does not order lines of two consoles', () => {
    const ffa = consoleOf('[    0.345585] ARM FF-A: Driver version 1.2\n', 'a')
    const kvm = consoleOf('[    0.475190] kvm [1]: Protected hVHE mode initialized successfully\n', 'b')
    expect(findingOf(shownOf({ consoles: [ffa, kvm] }), id).outcome).toBe('unknown')
  })
})

describe('the list of initcalls', () => {
  it('tells times, results and durations', () => {
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.modulePkvm) }), 'order.initcalls')
    expect(finding.sentence).toBe(
      'Called in this order: kvm_arm_init at 0.379471 s, finalize_pkvm at 0.563574 s, ffa_init at 2.105043 s.',
    )
    expect(finding.facts).toMatchObject({ kvm_arm_init: 0.379471, 'kvm_arm_init.rc': 0, 'kvm_arm_init.usecs': 117334 })
  })

  it('shows the probe on 7.3.4', () => {
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.linux7) }), 'order.initcalls')
    expect(finding.facts).toMatchObject({ probe_arm_ffa: 0.928642, 'probe_arm_ffa.rc': 0 })
  })

  it('is unknown, with what there is, when one is missing', () => {
    const consoles = consolesOf(boots.builtinPkvm, without(/calling {2}ffa_init/))
    const finding = findingOf(shownOf({ consoles }), 'order.initcalls')
    expect(finding).toMatchObject({
      outcome: 'unknown',
      sentence: 'The log does not show ffa_init.',
      facts: { kvm_arm_init: 0.372028 },
    })
  })
})

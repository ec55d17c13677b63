import { describe, expect, it } from 'vitest'
import { askedKvmMode } from '../../../domain/probes/kvm-mode.ts'
import { boots, consoleOf, consolesOf, findingOf, hello, recordsOf, shownOf } from './showing.ts'

const protectedLine = '[    0.475190] kvm [1]: Protected hVHE mode initialized successfully\n'
const finalizedLine = '[    0.555601] initcall finalize_pkvm+0x0/0x98 returned 0 after 2306 usecs\n'
const says = (text: string) => [consoleOf(text)]

describe('the KVM mode', () => {
  it.each([
    [boots.builtinPkvm, 'protected', 'Protected hVHE', 577],
    [boots.builtinNvhe, 'nvhe', 'Hyp nVHE', undefined],
    [boots.linux7, 'protected', 'Protected hVHE', 646],
  ])('of %s is what %s asked for', (boot, mode, name, line) => {
    const finding = findingOf(shownOf({ mode, consoles: consolesOf(boot) }), 'pkvm.mode')
    expect(finding).toMatchObject({ outcome: 'pass', facts: { asked: mode, mode: name } })
    expect(finding.evidence).toMatchObject([
      { console: 'uart0', text: expect.stringContaining(name) as string, ...(line && { from: line, to: line }) },
    ])
  })

  it.each([
    ['protected', protectedLine, 'pass'],
    ['protected', 'kvm [1]: Protected nVHE mode initialized successfully\n', 'pass'],
    ['protected', 'kvm [1]: Hyp nVHE mode initialized successfully\n', 'fail'],
    ['protected', 'Protected KVM not available with VHE\nkvm [1]: VHE mode initialized successfully\n', 'fail'],
    ['protected', 'kvm [1]: error initializing Hyp mode: -95\n', 'fail'],
    ['protected', 'CPU features: detected: Protected KVM\n', 'unknown'],
    ['nvhe', protectedLine, 'fail'],
    ['nvhe', 'kvm [1]: Hyp nVHE mode initialized successfully\n', 'pass'],
    ['nested', 'kvm [1]: VHE+NV2 mode initialized successfully\n', 'pass'],
    ['nested', 'kvm [1]: VHE mode initialized successfully\n', 'fail'],
    ['none', 'kvm [1]: KVM disabled from command line\n', 'pass'],
    ['none', protectedLine, 'fail'],
    ['', 'kvm [1]: VHE mode initialized successfully\n', 'pass'],
    ['', 'kvm [1]: HYP mode not available\n', 'skip'],
    ['', 'CPU: All CPU(s) started at EL1\nkvm [1]: No vgic maintenance irq\n', 'skip'],
    ['', 'CPU: CPUs started in inconsistent modes\nkvm [1]: HYP mode not available\n', 'fail'],
    ['', 'kvm [1]: error initializing Hyp mode: -95\n', 'fail'],
  ])('asked %j, said %j: %s', (mode, text, outcome) => {
    const finding = findingOf(shownOf({ mode, consoles: says(text) }), 'pkvm.mode')
    expect(finding.outcome).toBe(outcome)
    if (outcome !== 'unknown') expect(finding.evidence.length).toBeGreaterThan(0)
  })

  it.each([
    ['nvhe', 'kvm [1]: Hyp mode initialized successfully\n', 'pass'],
    ['protected', 'kvm [1]: Hyp mode initialized successfully\n', 'fail'],
    ['none', 'kvm [1]: HYP mode not available\n', 'pass'],
    ['protected', 'CPU: All CPU(s) started at EL1\n', 'fail'],
    ['', 'CPU: All CPU(s) started at EL1\n', 'unknown'],
    ['protected', 'CPU: All CPU(s) started at EL2\n', 'unknown'],
    ['protected', 'kvm [1]: No vgic maintenance irq\n', 'fail'],
  ])('5.15 and refusals: asked %j, said %j: %s', (mode, text, outcome) => {
    expect(findingOf(shownOf({ mode, consoles: says(text) }), 'pkvm.mode').outcome).toBe(outcome)
  })

  it('is read off the log where nobody knows what was asked', () => {
    const shown = (line: string) => {
      const each = shownOf({ consoles: says(`${line}\n${protectedLine}`) })
      each.asked.cmdline = undefined
      return findingOf(each, 'pkvm.mode')
    }
    expect(shown('[    0.000000] Kernel command line: x kvm-arm.mode=protected')).toMatchObject({ outcome: 'pass' })
    expect(shown('[    0.000000] Kernel command line: x kvm-arm.mode=nvhe')).toMatchObject({ outcome: 'fail' })
    const cut = '[    0.000000] Kernel command line: x \\\n[    0.000000] Kernel command line: kvm-arm.mode=nvhe'
    expect(shown(cut)).toMatchObject({ outcome: 'fail', facts: { asked: 'nvhe' } })
  })

  it('is unknown of a guest of which nobody knows what was asked', () => {
    const shown = shownOf({ consoles: says('CPU: All CPU(s) started at EL1\nkvm [1]: HYP mode not available\n') })
    shown.asked.cmdline = undefined
    expect(findingOf(shown, 'pkvm.mode')).toMatchObject({ outcome: 'unknown', facts: { asked: 'unknown', el: 1 } })
  })

  it('says why KVM did not come up', () => {
    const finding = findingOf(
      shownOf({ consoles: says('kvm [1]: Cannot initialize protected mode without PSCI\n') }),
      'pkvm.mode',
    )
    expect(finding.sentence).toBe(
      'KVM did not come up: Cannot initialize protected mode without PSCI; kvm-arm.mode=protected was asked for.',
    )
  })

  it('is not asked of a kernel without KVM', () => {
    expect(findingOf(shownOf({ config: { KVM: 'n' } }), 'pkvm.mode').outcome).toBe('skip')
  })

  it.each([
    ['kvm-arm.mode=protected', 'protected'],
    ['kvm-arm.mode=nvhe x kvm_arm.mode=none', 'none'],
    ['xkvm-arm.mode=protected', undefined],
    ['', undefined],
  ])('%j asks for %j', (cmdline, mode) => expect(askedKvmMode(cmdline)).toBe(mode))
})

describe('finalised', () => {
  it.each([
    ['protected', protectedLine + finalizedLine, 'pass'],
    ['protected', protectedLine, 'unknown'],
    // finalize_pkvm() returns 0 as well when there is no pKVM to finalise.
    ['protected', finalizedLine, 'unknown'],
    ['protected', `kvm [1]: error initializing Hyp mode: -95\n${finalizedLine}`, 'fail'],
    ['protected', `kvm [1]: Hyp nVHE mode initialized successfully\n${finalizedLine}`, 'fail'],
    ['protected', `${protectedLine}Failed to finalize Hyp protection: -22\n`, 'fail'],
    ['protected', protectedLine + finalizedLine.replace('returned 0', 'returned -22'), 'fail'],
    ['nvhe', `kvm [1]: Hyp nVHE mode initialized successfully\n${finalizedLine}`, 'skip'],
  ])('%s, %j: %s', (mode, text, outcome) => {
    expect(findingOf(shownOf({ mode, consoles: says(text) }), 'pkvm.finalised').outcome).toBe(outcome)
  })

  it('on a real boot cites both lines that it rests on', () => {
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.builtinPkvm) }), 'pkvm.finalised')
    expect(finding).toMatchObject({
      outcome: 'pass',
      facts: { at: 0.555601 },
      evidence: [{ from: 577 }, { from: 784 }],
    })
  })

  it('tells that initcall_debug is missing', () => {
    const shown = shownOf({ consoles: says(protectedLine) })
    shown.asked.cmdline = 'kvm-arm.mode=protected'
    expect(findingOf(shown, 'pkvm.finalised').sentence).toContain('without initcall_debug')
  })
})

describe('a log whose command line is not known', () => {
  const unasked = (text: string) => {
    const shown = shownOf({ consoles: [consoleOf(text)] })
    shown.asked.cmdline = undefined
    return shown
  }

  it('gives a protected mode away, which only comes of being asked for', () => {
    const shown = unasked('[    1.000000] kvm [1]: Protected hVHE mode initialized successfully')
    expect(findingOf(shown, 'pkvm.mode')).toMatchObject({ outcome: 'pass', facts: { asked: 'protected' } })
    expect(findingOf(shown, 'order.ffa-before-kvm').outcome).toBe('unknown')
  })

  it('does not tell what was asked for when another mode came up', () => {
    const shown = unasked('[    1.000000] kvm [1]: VHE mode initialized successfully')
    expect(findingOf(shown, 'pkvm.mode')).toMatchObject({ outcome: 'unknown', facts: { mode: 'VHE' } })
    for (const id of ['pkvm.finalised', 'order.ffa-before-kvm']) expect(findingOf(shown, id).outcome).toBe('unknown')
  })
})

describe('the hypervisor', () => {
  const panic = [
    '[    5.000000] kvm [1]: nVHE hyp BUG at: [<ffffd9a1b5a1b0c4>] __kvm_nvhe_hyp_ffa_init+0x1a4/0x1c0!',
    '[    5.000001] Kernel panic - not syncing: HYP panic:',
    '[    5.000002] PS:604023c9 PC:0000d9a1b5a1b0c4 ESR:00000000f2000800',
    '',
  ].join('\n')

  it('is dead when its panic shows, with what it said', () => {
    const finding = findingOf(shownOf({ consoles: says(protectedLine + panic) }), 'pkvm.panic')
    expect(finding).toMatchObject({
      outcome: 'fail',
      facts: { title: 'hypervisor BUG in __kvm_nvhe_hyp_ffa_init', esr: '00000000f2000800' },
      evidence: [{ from: 2, to: 4 }, { from: 4 }],
    })
  })

  it.each([
    ['came to its end', { consoles: says(protectedLine) }, 'pass'],
    ['did not come to its end', { consoles: says(protectedLine), records: recordsOf(hello) }, 'unknown'],
    ['on VHE', { consoles: says('kvm [1]: VHE mode initialized successfully\n') }, 'skip'],
    ['without KVM', { config: { KVM: 'n' } }, 'skip'],
    ['with KVM switched off', { consoles: says('kvm [1]: KVM disabled from command line\n') }, 'skip'],
    ['where nothing is shown', {}, 'unknown'],
  ])('%s', (_name, showing, outcome) => expect(findingOf(shownOf(showing), 'pkvm.panic').outcome).toBe(outcome))
})

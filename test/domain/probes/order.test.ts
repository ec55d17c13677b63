import { describe, expect, it } from 'vitest'
import type { SmcCall } from '../../../domain/smc/call.ts'
import type { RecordBody } from '../../../domain/records/record.ts'
import { boots, consoleOf, consolesOf, findingOf, hello, recordsOf, shownOf, without, type Showing } from './showing.ts'
import { fids, made, pkvmStarts, tracedShown } from './traced.ts'

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

  it('rests on the one version that the driver of 5.15 says', () => {
    const found = '[    0.060000] ARM FF-A: Version 1.0 found\n'
    const mode = '[    0.100000] kvm [1]: Protected nVHE mode initialized successfully\n'
    const said = (text: string) => findingOf(shownOf({ consoles: [consoleOf(text)] }), id)
    expect(said(found + mode)).toMatchObject({ outcome: 'fail', facts: { ffa_by: 'driver', ffa_at: 0.06 } })
    expect(said(mode + found.replace('0.06', '0.16')).outcome).toBe('pass')
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

describe('what was put off', () => {
  const id = 'order.deferred'
  const list = (text: string, rc = 0): RecordBody => ({
    fact: 'file',
    path: '/sys/kernel/debug/devices_deferred',
    rc,
    text,
  })
  const put = '[    0.800000] probe of d with driver x returned 517 after 1 usecs'
  const came = '[    0.950000] probe of d with driver x returned 0 after 1 usecs'
  const init = '[    1.000000] Run /init as init process'
  const of = (lines: string[], ...bodies: RecordBody[]) =>
    findingOf(shownOf({ consoles: [consoleOf(lines.join('\n'))], records: recordsOf(hello, ...bodies) }), id)

  it('on 7.3.4 are FF-A, until pKVM is there, and the TPM behind it', () => {
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.linux7) }), id)
    expect(finding).toMatchObject({
      outcome: 'pass',
      facts: { count: 2, longest: 0.164489, longest_device: 'MSFT0101:00' },
    })
    expect(finding.sentence).toContain('arm-ffa for 0.120 s')
  })

  it('is nothing on 6.18.5', () => {
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.builtinPkvm) }), id)
    expect(finding).toMatchObject({ outcome: 'pass', sentence: 'No driver put a device off.', facts: { count: 0 } })
  })

  it.each([
    ['came', [put, came, init], [list('')], 'pass'],
    ['came, no record', [put, came, init], [], 'pass'],
    ['never came, by the log', [put, init], [], 'fail'],
    ['never came, by the record', [put, came, init], [list('e\tplatform: wait for supplier\n')], 'fail'],
    ['the log stops before', [put], [], 'unknown'],
    ['the driver core gave up', ['platform d: deferred probe pending: wait for supplier x'], [], 'fail'],
    ['a record that could not be read', [put, came, init], [list('', -2)], 'pass'],
    ['nothing is known', [init], [], 'unknown'],
  ])('%s', (_name, lines, bodies, outcome) => expect(of(lines, ...bodies).outcome).toBe(outcome))

  it('names what never came, with the reason', () => {
    expect(of([put], list('arm-ffa\t\nd\tsupplier 1c000000.x not ready\n'))).toMatchObject({
      sentence: 'Put off and never taken by a driver: arm-ffa, d (supplier 1c000000.x not ready).',
      facts: { never: 'arm-ffa d' },
      evidence: [{ kind: 'record' }, { from: 1 }],
    })
  })
})

describe('the TPM before IMA', () => {
  const id = 'order.ima-tpm'
  const tpm = '[    0.700000] probe of MSFT0101:00 returned 0 after 1 usecs'
  const ima = [
    '[    0.814581] calling  init_ima+0x0/0xf8 @ 1',
    '[    0.816394] ima: Allocated hash algorithm: sha256',
    '[    0.822454] initcall init_ima+0x0/0xf8 returned 0 after 7824 usecs',
  ]
  const late = (level: string) => [
    `[    0.864127] calling  security_initcall_${level}+0x0/0x100 @ 1`,
    '[    0.865388] ima: Allocated hash algorithm: sha256',
    `[    0.871885] initcall security_initcall_${level}+0x0/0x100 returned 0 after 7742 usecs`,
  ]
  const empty = [
    '[    0.864127] calling  security_initcall_late+0x0/0x100 @ 1',
    '[    0.864130] initcall security_initcall_late+0x0/0x100 returned 0 after 3 usecs',
  ]
  const came = '[    0.965736] probe of MSFT0101:00 with driver tpm_crb_acpi returned 0 after 36849 usecs'
  const refused = '[    0.760031] probe of MSFT0101:00 returned 19 after 478 usecs'
  const half = '[    0.700000] probe of arm-ffa-2 with driver ffa-crb returned 0 after 1 usecs'
  const tis = '[    0.700000] tpm_tis MSFT0101:00: 2.0 TPM (device-id 0x1, rev-id 1)'
  const of = (...lines: string[]) => findingOf(shownOf({ consoles: [consoleOf(lines.join('\n'))] }), id)

  it.each([
    ['6.18: first the TPM', [tpm, ...ima], 'pass', { ima_by: 'init_ima' }],
    ['6.18: turned around', [...ima, tpm], 'fail', { ima_by: 'init_ima' }],
    ['7.3 without late sync', [...late('late'), came], 'fail', { ima_by: 'security_initcall_late' }],
    ['7.3 with late sync', [...empty, came, ...late('late_sync')], 'pass', { ima_by: 'security_initcall_late_sync' }],
    ['a TPM that was refused', [refused, ...ima], 'skip', {}],
    ['the FF-A half of a TPM alone', [half, ...ima], 'skip', {}],
    ['without initcall_debug', [tis, 'ima: Allocated hash algorithm: sha256'], 'pass', { ima_by: 'its first line' }],
    ['without either', ['ima: Allocated hash algorithm: sha256'], 'unknown', {}],
    ['IMA by a later word', [tis, 'ima: Error Communicating to TPM chip'], 'pass', { ima_by: 'its first line' }],
    [
      'IMA by its first word, whatever it says later',
      ['ima: Allocated hash algorithm: sha256', tis, 'ima: Error Communicating to TPM chip'],
      'fail',
      {},
    ],
    ['IMA switched off', [tis, 'ima: IMA functionality is disabled'], 'unknown', {}],
    ['no IMA', [tpm], 'unknown', {}],
    [
      'a TPM that spoke and that IMA did not find',
      [tis, 'ima: No TPM chip found, activating TPM-bypass!'],
      'unknown',
      {},
    ],
  ])('%s', (_name, lines, outcome, facts) => expect(of(...lines)).toMatchObject({ outcome, facts }))

  it('is not asked of a kernel without IMA', () => {
    expect(findingOf(shownOf({ config: { IMA: 'n' } }), id).outcome).toBe('skip')
  })
})

describe('the keys of UEFI', () => {
  const id = 'order.uefi-certs'
  const mode = '[    0.475190] kvm [1]: Protected hVHE mode initialized successfully'
  const word = '[    0.900000] ARM FF-A: Driver version 1.2'
  const certs = '[    0.860000] calling  load_uefi_certs+0x0/0x100 @ 1'
  const of = (lines: string[], showing: Showing = {}) =>
    findingOf(shownOf({ ...showing, consoles: [consoleOf(lines.join('\n'))] }), id)

  it.each([
    ['FF-A first', [mode, word, certs], 'pass', undefined],
    ['FF-A after', [mode, certs, word], 'fail', 'later'],
    ['FF-A never', [mode, certs], 'fail', 'never'],
    ['FF-A past pKVM', [word, mode, certs], 'fail', 'bypassed'],
    ['no pKVM seen', [word, certs], 'unknown', undefined],
    ['no initcalls', [mode, word], 'unknown', undefined],
  ])('%s', (_name, lines, outcome, cause) => {
    const finding = of(lines)
    expect(finding.outcome).toBe(outcome)
    expect(finding.facts['cause']).toBe(cause)
  })

  it('is answered by the trace where that shows what pKVM did with the calls', () => {
    const direct = { by: 'EFI runtime', to: 2 } as const
    const passedOn = [made(fids.directReq, direct), made(fids.directReq, { by: 'pKVM', from: 2 })]
    const of2 = (smc: SmcCall[]) =>
      findingOf(tracedShown(smc, { consoles: [consoleOf([word, mode, certs].join('\n'))] }), id)
    expect(of2([pkvmStarts, ...passedOn]).outcome).toBe('pass')
    const refused = made(fids.directReq, { ...direct, answer: 'INVALID_PARAMETERS' })
    for (const smc of [[pkvmStarts], [pkvmStarts, refused], [pkvmStarts, refused, ...passedOn]])
      expect(of2(smc)).toMatchObject({ outcome: 'fail', facts: { cause: 'bypassed' } })
  })

  it.each([
    ['on nvhe', [mode, certs], { mode: 'nvhe' }],
    ['without such keys', [mode, word, certs], { config: { LOAD_UEFI_KEYS: 'n' } }],
    ['without load_uefi_certs', [mode, word, '[    0.860000] calling  x+0x0/0x1 @ 1'], {}],
  ])('is no question %s', (_name, lines, showing) => expect(of(lines, showing).outcome).toBe('skip'))
})

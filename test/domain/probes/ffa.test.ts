import { describe, expect, it } from 'vitest'
import type { RecordBody } from '../../../domain/records/record.ts'
import {
  boots,
  byPkvm,
  call,
  calls,
  consoleOf,
  consolesOf,
  end,
  findingOf,
  hello,
  recordsOf,
  shownOf,
  without,
} from './showing.ts'

const refused = calls('INVALID_PARAMETERS', -22)
const showing = (boot: string, bodies: RecordBody[], mode = 'protected') =>
  shownOf({ mode, consoles: consolesOf(boot), records: recordsOf(hello, ...bodies, end) })

describe('the FF-A version that the log names', () => {
  it('is told as no evidence of use', () => {
    const finding = findingOf(showing(boots.builtinPkvm, []), 'ffa.version')
    expect(finding).toMatchObject({ outcome: 'pass', facts: { driver: '1.2', firmware: '1.2' } })
    expect(finding.sentence).toContain('no evidence that FF-A can be used')
  })

  it.each([
    ['ARM FF-A: FFA_VERSION returned not supported\n', {}, 'fail'],
    ['ARM FF-A: Incompatible v0.0! Earliest supported v1.0\n', {}, 'fail'],
    ['', {}, 'unknown'],
    ['', { config: { ARM_FFA_TRANSPORT: 'n' } }, 'skip'],
    ['', { config: { ARM_FFA_TRANSPORT: 'm' } }, 'skip'],
    ['', { config: { ARM_FFA_TRANSPORT: 'm' }, modules: ['ffa-module'] }, 'unknown'],
  ])('%j %j: %s', (text, extra, outcome) => {
    expect(findingOf(shownOf({ ...extra, consoles: [consoleOf(text)] }), 'ffa.version').outcome).toBe(outcome)
  })
})

describe('FF-A usable after pKVM took over', () => {
  it('shows the bug: refused with -22 although the log says that a version was found', () => {
    const finding = findingOf(showing(boots.builtinPkvm, refused), 'ffa.usable')
    expect(finding).toMatchObject({
      outcome: 'fail',
      facts: { errno: -22, status: 'INVALID_PARAMETERS', call: 'FFA_ID_GET', cause: 'not-negotiated', claimed: '1.2' },
    })
    expect(finding.sentence).toContain('although the boot log says that firmware version 1.2 was found')
    expect(finding.evidence[0]).toMatchObject({ kind: 'record', sequence: 2 })
    expect(finding.evidence).toContainEqual(
      expect.objectContaining({
        kind: 'console',
        console: 'uart0',
        from: 558,
        text: '[    0.345691] ARM FF-A: Firmware version 1.2 found',
      }),
    )
  })

  it.each([
    [boots.modulePkvm, 'protected', 'after pKVM took over'],
    [boots.linux7, 'protected', 'after pKVM took over'],
    [boots.builtinNvhe, 'nvhe', 'without pKVM'],
  ])('passes on %s when the calls came back', (boot, mode, when) => {
    const finding = findingOf(showing(boot, calls(), mode), 'ffa.usable')
    expect(finding.outcome).toBe('pass')
    expect(finding.sentence).toContain(when)
    expect(finding.evidence.map(({ kind }) => kind)).toContain('record')
  })

  it.each(Object.values(boots))('never follows from the log of %s alone', (boot) => {
    const mode = boot === boots.builtinNvhe ? 'nvhe' : 'protected'
    expect(findingOf(showing(boot, [], mode), 'ffa.usable').outcome).toBe('unknown')
  })

  it('turns with each piece of evidence', () => {
    const turn = (bodies: RecordBody[], edit?: (text: string) => string) =>
      findingOf(
        shownOf({ consoles: consolesOf(boots.builtinPkvm, edit), records: recordsOf(hello, ...bodies, end) }),
        'ffa.usable',
      )
    expect(turn(calls()).outcome).toBe('pass')
    expect(turn(refused).outcome).toBe('fail')
    // Made before pKVM took over: they prove nothing.
    expect(turn(calls('SUCCESS', 0, 0.4)).outcome).toBe('unknown')
    expect(turn(calls('INVALID_PARAMETERS', -22, 0.4)).outcome).toBe('unknown')
    // pKVM is not shown to have come up at all.
    expect(turn(calls(), (text) => text.replace('Protected hVHE', 'Hyp nVHE')).outcome).toBe('unknown')
    // The probe healed the patient.
    expect(turn([call('FFA_VERSION'), ...calls()]).outcome).toBe('unknown')
    expect(turn([...refused, call('FFA_VERSION'), ...calls()]).outcome).toBe('fail')
    // Without the claim in the log there is no "although".
    const bare = turn(refused, without(/Firmware version/))
    expect(bare.outcome).toBe('fail')
    expect(bare.sentence).not.toContain('although')
    expect(bare.facts).not.toHaveProperty('claimed')
  })

  it('tells the layer that refused', () => {
    const cause = (bodies: RecordBody[], boot: string = boots.builtinPkvm, mode = 'protected') =>
      findingOf(showing(boot, bodies, mode), 'ffa.usable').facts
    expect(cause(calls('NOT_SUPPORTED', -95).map(byPkvm))).toMatchObject({ cause: 'blocked-by-proxy', errno: -95 })
    // The same in 32 bits comes from further down.
    expect(cause(calls('NOT_SUPPORTED', -95))).toMatchObject({ cause: 'refused-by-spmc', errno: -95 })
    expect(cause([call('FFA_ID_GET'), byPkvm(call('FFA_PARTITION_INFO_GET', 'NOT_SUPPORTED', -95))])).toMatchObject({
      cause: 'blocked-by-proxy',
      call: 'FFA_PARTITION_INFO_GET',
    })
    expect(cause([call('FFA_ID_GET'), byPkvm(call('FFA_PARTITION_INFO_GET', 'BUSY', -16))])).toMatchObject({
      cause: 'no-host-buffers',
    })
    expect(cause([call('FFA_ID_GET'), call('FFA_PARTITION_INFO_GET', 'INVALID_PARAMETERS', -22)])).toMatchObject({
      cause: 'refused-by-spmc',
    })
    expect(cause(calls('INVALID_PARAMETERS', -22), boots.builtinNvhe, 'nvhe')).toMatchObject({
      cause: 'refused-by-spmc',
    })
  })

  it('takes "no such feature" for an answer, where FFA_ID_GET got one', () => {
    const features = call('FFA_FEATURES', 'NOT_SUPPORTED', -95)
    expect(findingOf(showing(boots.modulePkvm, [call('FFA_ID_GET'), features]), 'ffa.usable').outcome).toBe('pass')
    expect(findingOf(showing(boots.modulePkvm, [features]), 'ffa.usable').outcome).toBe('fail')
  })

  it('does not need the calls of FF-A 1.2 that pKVM blocks', () => {
    const blocked = call('FFA_PARTITION_INFO_GET_REGS', 'NOT_SUPPORTED', -95)
    expect(findingOf(showing(boots.modulePkvm, [...calls(), blocked]), 'ffa.usable').outcome).toBe('pass')
    expect(findingOf(showing(boots.modulePkvm, [blocked]), 'ffa.usable').outcome).toBe('unknown')
  })

  it('says why there was no call', () => {
    const module: RecordBody = { fact: 'module', name: 'ffa-probe', rc: -8 }
    expect(findingOf(showing(boots.builtinPkvm, [module]), 'ffa.usable').sentence).toContain('could not be loaded (-8)')
    const could: RecordBody = { fact: 'could-not', what: 'FF-A', why: 'SMCCC is older than 1.2' }
    expect(findingOf(showing(boots.builtinPkvm, [could]), 'ffa.usable').sentence).toContain('SMCCC is older than 1.2')
    expect(findingOf(shownOf({ config: { ARM_FFA_TRANSPORT: 'n' } }), 'ffa.usable').outcome).toBe('skip')
  })
})

describe('the partitions', () => {
  const device = (name: string, uuid: string): RecordBody => ({
    fact: 'file',
    path: `/sys/bus/arm_ffa/devices/${name}/uuid`,
    rc: 0,
    text: `${uuid}\n`,
  })
  const listing: RecordBody[] = [
    { fact: 'list', path: '/sys/bus/arm_ffa/devices', rc: 0, names: ['arm-ffa-1', 'arm-ffa-2'] },
    device('arm-ffa-1', '486178e0-e7f8-11e3-bc5e-0002a5d5c51b'),
    device('arm-ffa-2', '00000000-0000-0000-0000-000000000000'),
  ]
  const partitions = (bodies: RecordBody[], boot: string = boots.modulePkvm) =>
    findingOf(showing(boot, bodies), 'ffa.partitions')

  it('are counted by the call; the nil UUID is the kernel itself', () => {
    const finding = partitions([...calls(), ...listing])
    expect(finding).toMatchObject({
      outcome: 'pass',
      facts: { count: 1, devices: 1, uuids: '486178e0-e7f8-11e3-bc5e-0002a5d5c51b' },
    })
  })

  it('do not follow from a populated bus', () => {
    expect(partitions(listing).outcome).toBe('unknown')
    const stale = partitions([...refused, ...listing], boots.builtinPkvm)
    expect(stale).toMatchObject({ outcome: 'fail', facts: { errno: -22, devices: 1 } })
    expect(stale.sentence).toContain('are stale')
  })

  it('turn with the answer', () => {
    expect(partitions([call('FFA_PARTITION_INFO_GET', 'SUCCESS', 0, 5, 0)]).outcome).toBe('fail')
    expect(partitions([call('FFA_PARTITION_INFO_GET', 'SUCCESS', 0, 5, 3)]).facts['count']).toBe(3)
    expect(partitions([call('FFA_PARTITION_INFO_GET', 'SUCCESS', 0, 0.1)]).outcome).toBe('unknown')
  })
})

import { describe, expect, it } from 'vitest'
import { efiStatusName } from '../../../domain/efi/status.ts'
import type { EfiVariableBody, RecordBody } from '../../../domain/records/record.ts'
import type { SmcCall } from '../../../domain/smc/call.ts'
import { calls, consoleOf, end, findingOf, hello, recordsOf, shownOf, type Showing } from './showing.ts'

const finding = (id: string, bodies: RecordBody[], rest: Showing & { smc?: SmcCall[] } = {}) => {
  const { smc, ...showing } = rest
  const shown = shownOf({ ...showing, records: recordsOf(hello, ...bodies, end) })
  return findingOf(smc ? { ...shown, smc } : shown, id)
}
const says = (...lines: string[]): Showing => ({ consoles: [consoleOf(`${lines.join('\n')}\n`)] })

const secureBoot = 'SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c'
const test = 'HyplabTest-12345678-1234-1234-1234-123456789abc'

function step(
  when: EfiVariableBody['when'],
  name: EfiVariableBody['step'],
  rc = 0,
  more: Partial<EfiVariableBody> = {},
): EfiVariableBody {
  return { fact: 'efi-variable', when, step: name, name: '', at: 1, took: 0.01, rc, ...more }
}

const works = (when: EfiVariableBody['when']): RecordBody[] => [
  step(when, 'mount'),
  step(when, 'list', 0, { count: 19 }),
  step(when, 'read', 0, { name: secureBoot, bytes: '0600000000' }),
]
const refuses = (when: EfiVariableBody['when']): RecordBody[] => [
  step(when, 'mount'),
  step(when, 'list', 0, { count: 0 }),
  step(when, 'read', -2, { name: secureBoot }),
  step(when, 'write', -22, { name: test }),
]
const writes = (value = 'hyplab', del = 0): RecordBody[] => [
  ...works('after-modules'),
  step('after-modules', 'write', 0, { name: test }),
  step('after-modules', 'read', 0, { name: test, bytes: `07000000${Buffer.from(value).toString('hex')}` }),
  step('after-modules', 'delete', del, { name: test }),
]

/** A message of the EFI runtime code that was trapped; answered with INVALID_PARAMETERS, or passed on by pKVM. */
function efiCall(forwarded: boolean): SmcCall[] {
  const error = [0x84000060n, 0n, 0xfffffffen, 0n, 0n, 0n, 0n, 0n]
  const good = [0xc4000070n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]
  const call: SmcCall = {
    entry: 1,
    at: 1000,
    returned: 1002,
    cpu: 0,
    from: 1,
    to: 2,
    secure: false,
    pc: 0xbeac12d4n,
    caller: 'EFI runtime',
    request: [0xc400006fn, 0x8003n, 0n, 0xc0010000n, 0n, 0n, 0n, 0n],
    response: forwarded ? good : error,
  }
  return forwarded ? [call, { ...call, entry: 2, at: 1001, from: 2, to: 3, caller: 'pKVM' }] : [call]
}

describe('each clock is judged for itself', () => {
  const module = { config: { ARM_FFA_TRANSPORT: 'm' }, modules: ['ffa-core', 'ffa-module'] }
  const loaded: RecordBody = { fact: 'module', name: 'ffa-module', rc: 0 }
  const healed = [...refuses('before-modules'), loaded, ...works('after-modules')]

  it('FF-A as a module: broken before, healed after, in one boot', () => {
    expect(finding('efivars.before-driver', healed, module)).toMatchObject({
      outcome: 'fail',
      facts: { listed: 0, errno: -22 },
    })
    expect(finding('efivars.after-driver', healed, module)).toMatchObject({ outcome: 'pass', facts: { listed: 19 } })
    expect(finding('efivars.efivarfs', healed, module).outcome).toBe('pass')
  })

  it('turns with the records of its own time alone', () => {
    const broken = [...works('before-modules'), loaded, ...refuses('after-modules')]
    expect(finding('efivars.before-driver', broken, module).outcome).toBe('pass')
    expect(finding('efivars.after-driver', broken, module).outcome).toBe('fail')
  })

  it('has no time before a driver that is built in, and none at all without one', () => {
    expect(finding('efivars.before-driver', healed).outcome).toBe('skip')
    expect(finding('efivars.after-driver', healed).outcome).toBe('pass')
    const without = { config: { ARM_FFA_TRANSPORT: 'n' } }
    expect(finding('efivars.before-driver', refuses('after-modules'), without).outcome).toBe('skip')
    expect(finding('efivars.after-driver', refuses('after-modules'), without).outcome).toBe('skip')
    expect(finding('efivars.efivarfs', refuses('after-modules'), without).outcome).toBe('fail')
    expect(
      finding('efivars.after-driver', refuses('before-modules'), { config: { ARM_FFA_TRANSPORT: 'm' } }).outcome,
    ).toBe('skip')
  })
})

describe('EFI variables by efivarfs', () => {
  const id = 'efivars.efivarfs'
  const after = (...steps: RecordBody[]) => [step('after-modules', 'mount'), ...steps]

  it('are refused by pKVM where the trace shows that EL2 alone answered', () => {
    const smc = efiCall(false)
    expect(finding(id, refuses('after-modules'), { smc })).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'not-negotiated' },
    })
    expect(finding(id, refuses('after-modules'), { smc }).evidence.some(({ kind }) => kind === 'smc')).toBe(true)
    expect(finding(id, refuses('after-modules'), { smc: efiCall(true) }).facts).not.toHaveProperty('cause')
  })

  it('or where every call of our own was refused alike', () => {
    const ours = calls('INVALID_PARAMETERS', -22)
    expect(finding(id, [...refuses('after-modules'), ...ours])).toMatchObject({ facts: { cause: 'not-negotiated' } })
    expect(finding(id, [...refuses('after-modules'), ...calls()]).facts).not.toHaveProperty('cause')
    expect(finding(id, [...refuses('after-modules'), ...ours], { mode: 'nvhe' }).facts).not.toHaveProperty('cause')
  })

  it('are judged by what came of it, not by the status, which EDK2 2025.02 leaves from an older call', () => {
    const stale = says('efivars: Variable name size exceeds maximum (512 > 512)')
    const strict = says('efivars: get_next_variable: status=8000000000000002')
    for (const console of [stale, strict, {}])
      expect(finding(id, refuses('after-modules'), console)).toMatchObject({
        outcome: 'fail',
        facts: { listed: 0, errno: -22 },
      })
    expect(finding(id, works('after-modules'), stale).outcome).toBe('pass')
  })

  it.each([
    ['only the log speaks', [], says('efivars: get_next_variable: status=8000000000000002'), 'fail'],
    [
      'a read gives EIO',
      after(step('after-modules', 'list', 0, { count: 3 }), step('after-modules', 'read', -5, { name: secureBoot })),
      {},
      'fail',
    ],
    [
      'a variable that is not there is none that fails',
      after(step('after-modules', 'list', 0, { count: 3 }), step('after-modules', 'read', -2, { name: secureBoot })),
      {},
      'pass',
    ],
    ['the list itself fails', after(step('after-modules', 'list', -5)), {}, 'fail'],
    ['the mount fails', [step('after-modules', 'mount', -110)], {}, 'fail'],
    ['there are no runtime services', [step('after-modules', 'mount', -19)], {}, 'skip'],
    ['the boot has no EFI', [step('after-modules', 'mount', -2)], {}, 'skip'],
    [
      'none is listed and nothing refused',
      after(step('after-modules', 'list', 0, { count: 0 }), step('after-modules', 'read', -2, { name: secureBoot })),
      {},
      'unknown',
    ],
    ['it is not built', [], { config: { EFIVAR_FS: 'n' } }, 'skip'],
    ['there is no EFI', [], says('efi: UEFI not found.'), 'skip'],
    ['nothing is shown', [], says('efivars: Registered efivars operations'), 'unknown'],
  ] satisfies [string, RecordBody[], Showing, string][])('where %s', (_name, bodies, rest, outcome) => {
    expect(finding(id, bodies, rest).outcome).toBe(outcome)
  })
})

describe('on a log alone', () => {
  const alone = (id: string, ...lines: string[]) => {
    const shown = shownOf(says(...lines))
    return findingOf({ ...shown, asked: { ...shown.asked, config: {} }, records: [] }, id)
  }
  const failed = '[    1.404578] efivars: get_next_variable: status=8000000000000002'
  const driver = '[    1.428484] ARM FF-A: Driver version 1.2'

  it('what failed before the driver spoke says nothing of the end', () => {
    expect(alone('efivars.before-driver', failed, driver)).toMatchObject({
      outcome: 'fail',
      facts: { status: '8000000000000002' },
    })
    expect(alone('efivars.efivarfs', failed, driver).outcome).toBe('unknown')
  })

  it('so do what efivarfs makes of the status of an older call', () => {
    const long = '[    1.404578] efivars: Variable name size exceeds maximum (512 > 512)'
    expect(alone('efivars.before-driver', long, driver).outcome).toBe('fail')
    expect(alone('efivars.efivarfs', long, driver).outcome).toBe('unknown')
    expect(alone('efivars.efivarfs', driver, long).outcome).toBe('fail')
  })

  it('what failed after it, or without it, failed at the end', () => {
    for (const lines of [[driver, failed], [failed], [failed, driver, failed]]) {
      expect(alone('efivars.efivarfs', ...lines).outcome, lines.join()).toBe('fail')
      expect(alone('efivars.before-driver', ...lines).outcome).toBe(lines.length > 2 ? 'fail' : 'unknown')
    }
  })
})

describe('the certificates of the platform keyring', () => {
  const id = 'efivars.certs'
  const failed = "integrity: Couldn't get size: 0x8000000000000002"
  const pkvm = 'kvm [1]: Protected hVHE mode initialized successfully'
  const version = 'ARM FF-A: Firmware version 1.2 found'

  it('could not be read between pKVM and the FF-A driver', () => {
    expect(finding(id, [], says(pkvm, failed, version))).toMatchObject({
      outcome: 'fail',
      facts: { status: '8000000000000002', cause: 'not-negotiated' },
    })
    expect(finding(id, [], says(version, pkvm, failed))).toMatchObject({ facts: { cause: 'not-negotiated' } })
  })

  it('is no doing of pKVM where it negotiated before, or is not there, or the status is another', () => {
    for (const lines of [[pkvm, version, failed], [failed], [pkvm, failed.replace('0002', '0007')]]) {
      const each = finding(id, [], says(...lines))
      expect(each.outcome).toBe('fail')
      expect(each.facts).not.toHaveProperty('cause')
    }
  })

  it('is pKVM with the status of an older call, too, where the trace shows that it refused EFI code', () => {
    const stale = failed.replace('0002', '0005')
    expect(finding(id, [], { ...says(pkvm, stale), smc: efiCall(false) })).toMatchObject({
      facts: { status: '8000000000000005', cause: 'not-negotiated' },
    })
    for (const smc of [efiCall(true), []])
      expect(finding(id, [], { ...says(pkvm, stale), smc }).facts).not.toHaveProperty('cause')
    expect(finding(id, [], { ...says(pkvm, version, stale), smc: efiCall(false) }).facts).not.toHaveProperty('cause')
  })

  it.each([
    ['were loaded', says('integrity: Loading X.509 certificate: UEFI:db'), 'pass'],
    [
      'are not there, which is not said',
      says('initcall load_uefi_certs+0x0/0x2f8 returned 0 after 812 usecs'),
      'unknown',
    ],
    ['a list is none, without a status', says("integrity: Couldn't get UEFI MokListRT"), 'unknown'],
    ['are not looked for', { config: { LOAD_UEFI_KEYS: 'n' } }, 'skip'],
    ['cannot be there', says('efi: UEFI not found.'), 'skip'],
    ['are not spoken of', {}, 'unknown'],
  ] satisfies [string, Showing, string][])('where they %s', (_name, rest, outcome) => {
    expect(finding(id, [], rest).outcome).toBe(outcome)
  })
})

describe('a test variable', () => {
  const id = 'efiwrite.round-trip'

  it('is written, read back and deleted', () => expect(finding(id, writes()).outcome).toBe('pass'))

  it.each([
    ['another value comes back', writes('HYPLAB'), { step: 'read' }],
    ['it cannot be deleted', writes('hyplab', -5), { step: 'delete', errno: -5 }],
    ['it cannot be written', refuses('after-modules'), { step: 'write', errno: -22 }],
  ] satisfies [string, RecordBody[], object][])('turns where %s', (_name, bodies, facts) => {
    expect(finding(id, bodies)).toMatchObject({ outcome: 'fail', facts })
  })

  it('is blamed on pKVM where that refused it', () => {
    expect(finding(id, refuses('after-modules'), { smc: efiCall(false) })).toMatchObject({
      facts: { cause: 'not-negotiated' },
    })
  })

  it.each([
    ['not every step was reported', writes().slice(0, -1), {}, 'unknown'],
    ['none was written', works('after-modules'), {}, 'unknown'],
    ['there are no runtime services', [step('after-modules', 'mount', -19)], {}, 'skip'],
    ['the boot has no EFI', [step('after-modules', 'mount', -2)], {}, 'skip'],
    ['efivarfs is not built', [], { config: { EFIVAR_FS: 'n' } }, 'skip'],
  ] satisfies [string, RecordBody[], Showing, string][])('where %s', (_name, bodies, rest, outcome) => {
    expect(finding(id, bodies, rest).outcome).toBe(outcome)
  })
})

it.each([
  ['8000000000000002', 'INVALID_PARAMETER'],
  ['800000000000000e', 'NOT_FOUND'],
  ['80000003', 'UNSUPPORTED'],
  ['0', 'SUCCESS'],
  ['8000000000000fff', '8000000000000fff'],
  ['2', '2'],
])('status %s is %s', (hex, name) => expect(efiStatusName(hex)).toBe(name))

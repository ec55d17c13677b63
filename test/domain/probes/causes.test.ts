/** How failures are linked: by the layer that each found out for itself, and never by their mere presence. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outcomes, type FactValue, type Finding } from '../../../domain/finding.ts'
import { linkCauses } from '../../../domain/probes/causes.ts'
import { findingIds } from '../../../domain/probes/registry.ts'

const finding = (id: string, facts: Finding['facts'] = {}, outcome: Finding['outcome'] = 'fail'): Finding => ({
  id,
  outcome,
  sentence: `${id}.`,
  evidence: [{ kind: 'record', sequence: 1, text: '' }],
  facts,
})
const links = (...findings: Finding[]) =>
  Object.fromEntries(linkCauses(findings).flatMap(({ id, because }) => (because === undefined ? [] : [[id, because]])))

const early = finding('order.ffa-before-kvm')
const noVersion = finding('ffa-path.version', { cause: 'order' })
const notNegotiated = { cause: 'not-negotiated' }
const noTpm = finding('tpm.driver', { ...notNegotiated, errno: -22 })

describe('the bug of the thread', () => {
  it('is one cause, whatever was traced', () => {
    const uses = [
      finding('ffa.usable', { ...notNegotiated, errno: -22 }),
      finding('ffa.partitions', { errno: -22 }),
      finding('optee.driver', { errno: -22 }),
      finding('efivars.efivarfs', notNegotiated),
      finding('order.uefi-certs', { cause: 'bypassed' }),
      noTpm,
    ]
    const chain = [finding('tpm.command', { cause: 'no-tpm' }), finding('ima.tpm', { cause: 'no-tpm' })]
    const below = (cause: string) => ({
      ...Object.fromEntries(uses.map(({ id }) => [id, cause])),
      'tpm.command': 'tpm.driver',
      'ima.tpm': 'tpm.driver',
    })
    expect(links(early, noVersion, ...uses, ...chain)).toEqual({
      ...below('ffa-path.version'),
      'ffa-path.version': 'order.ffa-before-kvm',
    })
    expect(links(early, ...uses, ...chain)).toEqual(below('order.ffa-before-kvm'))
  })

  it('without the driver is one cause too, and not that of an order', () => {
    const nobody = finding('ffa-path.version', { cause: 'nobody-asked' })
    expect(links(nobody, finding('efivars.efivarfs', notNegotiated))).toEqual({
      'efivars.efivarfs': 'ffa-path.version',
    })
    expect(links(early, nobody)).toEqual({})
  })

  it('has no consequence that another layer refused', () => {
    for (const cause of ['denied', 'timeout', 'no-doorbell', 'blocked-by-proxy', 'silent'])
      expect(links(early, noVersion, finding('tpm.driver', { cause })), cause).not.toHaveProperty('tpm.driver')
    expect(links(early, finding('optee.driver', { errno: -95 }))).toEqual({})
    expect(links(early, finding('ffa.memory', { cause: 'refused-by-spmc', errno: -95 }))).toEqual({})
    expect(links(early, finding('efivars.efivarfs', { errno: -5 }))).toEqual({})
  })
})

describe('IMA without a TPM', () => {
  const bypass = (cause: string) => finding('ima.tpm', { cause })
  const late = finding('order.ima-tpm')

  it('is blamed on the order where the TPM came late, and on the TPM where none came', () => {
    expect(links(late, bypass('ordering'))).toEqual({ 'ima.tpm': 'order.ima-tpm' })
    expect(links(noTpm, bypass('no-tpm'))).toEqual({ 'ima.tpm': 'tpm.driver' })
    expect(links(early, noVersion, late, bypass('ordering'))).toMatchObject({ 'ima.tpm': 'order.ima-tpm' })
    expect(links(noTpm, late, bypass('no-bank'))).not.toHaveProperty('ima.tpm')
  })

  it('has a list that nobody extended', () => {
    expect(links(bypass('no-tpm'), finding('ima.replay', { cause: 'nothing-extended' }))).toEqual({
      'ima.replay': 'ima.tpm',
    })
    expect(links(bypass('no-tpm'), finding('ima.replay', { cause: 'different' }))).toEqual({})
  })
})

it('EFI variables that were refused until a version was agreed name what was refused', () => {
  const refused = finding('ffa-path.refused', notNegotiated)
  const agreed = finding('ffa-path.version', {}, 'pass')
  expect(links(agreed, refused, finding('efivars.before-driver', notNegotiated))).toEqual({
    'efivars.before-driver': 'ffa-path.refused',
  })
  expect(
    links(agreed, finding('order.uefi-certs', { cause: 'later' }), finding('efivars.certs', notNegotiated)),
  ).toEqual({ 'efivars.certs': 'order.uefi-certs' })
})

it('what pKVM refused until a version was agreed is the doing of the keyring where nobody else had asked', () => {
  const refused = finding('ffa-path.refused', notNegotiated)
  const certs = finding('order.uefi-certs', { cause: 'later' })
  const efi = finding('ffa-path.efi', { cause: 'pkvm' })
  expect(links(certs, refused, efi)).toEqual({
    'ffa-path.refused': 'order.uefi-certs',
    'ffa-path.efi': 'ffa-path.refused',
  })
  expect(links(certs, refused, finding('efivars.before-driver', notNegotiated))).toEqual({
    'efivars.before-driver': 'ffa-path.refused',
  })
})

it('what needs buffers that pKVM does not know is one failure', () => {
  const behind = finding('ffa-path.rxtx')
  const bufferless = { cause: 'no-host-buffers' }
  expect(
    links(
      early,
      behind,
      finding('ffa.usable', { ...bufferless, errno: -16 }),
      finding('ffa.partitions', { errno: -16 }),
      finding('ffa.memory', { ...bufferless, errno: -22 }),
      finding('ffa-path.refused', bufferless),
    ),
  ).toEqual({
    'ffa-path.rxtx': 'order.ffa-before-kvm',
    'ffa.usable': 'ffa-path.rxtx',
    'ffa.partitions': 'ffa-path.rxtx',
    'ffa.memory': 'ffa-path.rxtx',
    'ffa-path.refused': 'ffa-path.rxtx',
  })
})

it('EFI variables that a log alone shows to have failed follow from what pKVM refuses', () => {
  const listed = finding('efivars.efivarfs', { status: '8000000000000002' })
  expect(links(early, listed)).toEqual({ 'efivars.efivarfs': 'order.ffa-before-kvm' })
  expect(links(finding('order.uefi-certs', { cause: 'later' }), finding('efivars.certs'))).toEqual({
    'efivars.certs': 'order.uefi-certs',
  })
})

it('a message that pKVM blocks costs a TPM that is only spoken to by it', () => {
  const blocked = finding('ffa.direct-message-2', { cause: 'blocked-by-proxy', errno: -95 })
  expect(links(blocked, finding('tpm.driver', { cause: 'blocked-by-proxy', errno: -95 }))).toEqual({
    'tpm.driver': 'ffa.direct-message-2',
  })
})

const someFinding = fc.record({
  id: fc.constantFrom(...findingIds()),
  outcome: fc.constantFrom(...outcomes),
  sentence: fc.constant(''),
  evidence: fc.constant([] as Finding['evidence']),
  facts: fc.dictionary(
    fc.constantFrom('cause', 'errno'),
    fc.constantFrom<FactValue>('order', 'not-negotiated', 'no-tpm', 'ordering', 'later', 'bypassed', 'pkvm', -22, -95),
  ),
})

it('only failures are causes and consequences, and nothing is its own cause', () => {
  fc.assert(
    fc.property(fc.uniqueArray(someFinding, { selector: ({ id }) => id }), (findings) => {
      const linked = linkCauses(findings)
      expect(linked).toMatchObject(findings)
      const failed = new Map(linked.filter(({ outcome }) => outcome === 'fail').map((each) => [each.id, each]))
      for (const { id, because, outcome } of linked) {
        if (because === undefined) continue
        expect(outcome).toBe('fail')
        let steps = 0
        for (let at: string | undefined = because; at !== undefined; at = failed.get(at)?.because) {
          expect(failed.has(at)).toBe(true)
          expect(at).not.toBe(id)
          expect(++steps).toBeLessThan(10)
        }
      }
    }),
  )
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Shown } from '../../../domain/attempt.ts'
import { LabError } from '../../../domain/errors.ts'
import {
  configWanted,
  factsWanted,
  findingIds,
  findingKinds,
  judge,
  probeGroups,
  probesVersion,
} from '../../../domain/probes/registry.ts'
import { stages } from '../../../domain/stage.ts'
import type { NewLabFact } from '../../../domain/lab-log/lab-fact.ts'
import type { RecordBody } from '../../../domain/records/record.ts'
import { endingOf } from '../../../domain/verdict/ending.ts'
import { boots, call, consoleOf, consolesOf, hello, end, labOf, recordsOf, shownOf } from './showing.ts'

describe('the registry of probes', () => {
  it('judges by group, faults always', () => {
    const ids = judge(shownOf({}), ['optee']).map(({ id }) => id)
    expect(ids).toEqual(['optee.driver', 'fault.kernel', 'fault.firmware'])
    const onBoard = (groups: readonly string[]): string[] =>
      judge(shownOf({ lab: labOf() }), groups).map(({ id }) => id)
    expect(findingIds(['optee'])).toEqual(onBoard(['optee']))
    expect(onBoard(probeGroups)).toEqual(findingIds())
  })

  it('judges the lab wherever an attempt was on a place of one, and nowhere else', () => {
    const ofLab = (shown: Shown, groups: readonly string[]): string[] =>
      judge(shown, groups).flatMap(({ id }) => (id.startsWith('lab.') ? [id] : []))
    const all = ['lab.power', 'lab.console', 'lab.flash', 'lab.first-byte', 'lab.wire', 'lab.health']
    expect(ofLab(shownOf({ lab: labOf() }), ['optee'])).toEqual(all)
    expect(ofLab(shownOf({}), ['lab'])).toEqual([])
  })

  it('asks init for each fact once, and the build for the symbols', () => {
    const wanted = factsWanted(probeGroups)
    expect(new Set(wanted.map(({ kind, path }) => `${kind} ${path}`)).size).toBe(wanted.length)
    expect(wanted).toContainEqual({ kind: 'link', path: '/sys/bus/arm_ffa/devices/*/driver' })
    expect(factsWanted(['pkvm'])).toEqual([
      { kind: 'file', path: '/proc/cmdline' },
      { kind: 'file', path: '/proc/version' },
    ])
    expect(configWanted(probeGroups)).toEqual([
      'KVM',
      'ARM_FFA_TRANSPORT',
      'IMA',
      'LOAD_UEFI_KEYS',
      'OPTEE',
      'TCG_TPM',
      'TCG_CRB',
      'TCG_ARM_CRB_FFA',
      'IMA_INIT_LATE_SYNC',
      'IMA_READ_POLICY',
      'EFIVAR_FS',
    ])
  })

  it('names each finding once, with the question that it answers', () => {
    const kinds = findingKinds()
    expect(new Set(kinds.map(({ id }) => id)).size).toBe(kinds.length)
    expect(new Set(kinds.map(({ asks }) => asks)).size).toBe(kinds.length)
    for (const { id, asks, outcomes, since } of kinds) {
      expect(probeGroups, id).toContain(id.split('.')[0])
      expect(asks, id).toMatch(/^[A-Z].{10,98}[?)]$/)
      expect(outcomes, id).toContain('unknown')
      expect(since, id).toBeLessThanOrEqual(Number(probesVersion))
    }
  })

  it('knows no other group', () => {
    expect(() => judge(shownOf({}), ['imaa'])).toThrow(LabError)
    expect(() => factsWanted(['imaa'])).toThrow(
      'There is no probe group "imaa"; there are pkvm, order, ffa, ffa-path, optee, partition, tpm, ima, eventlog, efivars, efiwrite, fault, lab.',
    )
  })
})

describe('whatever an attempt shows', () => {
  const real = [
    ...new Set(
      Object.values(boots).flatMap((boot) => consolesOf(boot).flatMap(({ lines }) => lines.map(({ text }) => text))),
    ),
  ].filter((text) => /kvm|ffa|FF-A|optee|finalize/.test(text))
  const line = fc.oneof(fc.constantFrom(...real), fc.string({ maxLength: 40 }))
  const console = fc.array(line, { maxLength: 30 }).map((lines) => consoleOf(lines.join('\n')))
  const status = fc.constantFrom<[string, number]>(
    ['SUCCESS', 0],
    ['INVALID_PARAMETERS', -22],
    ['NOT_SUPPORTED', -95],
    ['BUSY', -16],
  )
  const name = fc.constantFrom('FFA_ID_GET', 'FFA_FEATURES', 'FFA_PARTITION_INFO_GET', 'FFA_SPM_ID_GET', 'FFA_VERSION')
  const body: fc.Arbitrary<RecordBody> = fc.oneof(
    fc
      .tuple(name, status, fc.double({ min: 0, max: 5, noNaN: true }), fc.nat(3))
      .map(([called, [text, errno], at, count]) => call(called, text, errno, at, count)),
    fc.constantFrom<RecordBody>(
      hello,
      end,
      { fact: 'module', name: 'optee', rc: -2 },
      { fact: 'could-not', what: 'FF-A', why: 'x' },
    ),
    fc
      .string()
      .map((text): RecordBody => ({ fact: 'file', path: '/sys/bus/arm_ffa/devices/arm-ffa-1/uuid', rc: 0, text })),
  )
  const words = fc.constantFrom('', 'The server said: Port already in use.')
  const anyFact: fc.Arbitrary<NewLabFact> = fc.oneof(
    fc.record({
      about: fc.constant('power' as const),
      by: fc.constant('outlet 1 of pdu'),
      words,
      told: fc.constantFrom('on' as const, 'off' as const, 'nothing' as const),
      says: fc.constantFrom('on' as const, 'off' as const, 'unknown' as const, 'unread' as const, 'broken' as const),
    }),
    fc.record({
      about: fc.constant('console' as const),
      by: fc.constant('uart0'),
      words,
      console: fc.constantFrom('uart0', 'uart1'),
      is: fc.constantFrom('attached' as const, 'gap' as const, 'closed' as const, 'broken' as const),
    }),
    fc.record({
      about: fc.constant('flash' as const),
      by: fc.constant('tftp'),
      words,
      file: fc.constantFrom('kernel', 'initrd'),
      is: fc.constantFrom(
        'written' as const,
        'offered' as const,
        'loaded' as const,
        'unread' as const,
        'broken' as const,
      ),
    }),
    fc.record({
      about: fc.constant('first byte' as const),
      by: fc.constant('uart0'),
      words,
      seconds: fc.constantFrom(null, 0, 1.5),
      limit: fc.constant(30),
    }),
    fc.record({
      about: fc.constant('health' as const),
      by: fc.constant('board-1'),
      words,
      is: fc.constantFrom('healthy' as const, 'ill' as const),
    }),
  )
  const symbol = fc.constantFrom('y', 'm', 'n')
  const shown = fc
    .record({
      mode: fc.constantFrom('', 'protected', 'nvhe', 'none', 'nested', 'nonsense'),
      config: fc.record({ ARM_FFA_TRANSPORT: symbol, OPTEE: symbol, KVM: symbol }),
      consoles: fc.array(console, { maxLength: 2 }),
      records: fc.array(body, { maxLength: 12 }).map((bodies) => recordsOf(...bodies)),
      lab: fc.array(anyFact, { maxLength: 12 }),
      stop: fc.constantFrom(
        'power-off' as const,
        'asked-off' as const,
        'forced' as const,
        'silence' as const,
        'lost' as const,
        'cancelled' as const,
      ),
      stage: fc.constantFrom(...stages),
    })
    .map(({ stop, stage, lab, ...rest }) => shownOf({ ...rest, lab: labOf(...lab), host: { stop, stage, reason: '' } }))

  const kinds = new Map(findingKinds().map((kind) => [kind.id, kind]))

  it('a finding that passes or fails has evidence, and every finding is judged once', () =>
    fc.assert(
      fc.property(shown, (each) => {
        const findings = judge(each, probeGroups)
        expect(findings.map(({ id }) => id)).toEqual(findingIds())
        for (const { id, outcome, evidence, sentence } of findings) {
          expect(kinds.get(id)?.outcomes, id).toContain(outcome)
          if (outcome === 'pass' || outcome === 'fail') expect(evidence.length).toBeGreaterThan(0)
          expect(sentence).toMatch(/^\S.*\.$/s)
        }
        expect(endingOf(each, findings).sentence).not.toBe('')
      }),
      { numRuns: 250 },
    ))

  it('FF-A is never usable, nor unusable, without a call that came back', () =>
    fc.assert(
      fc.property(shown, (each) => {
        const silent = { ...each, records: each.records.filter(({ body: { fact } }) => fact !== 'ffa-call') }
        for (const id of ['ffa.usable', 'ffa.partitions'])
          expect(['unknown', 'skip']).toContain(judge(silent, ['ffa']).find((finding) => finding.id === id)?.outcome)
      }),
    ))
})

import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../domain/finding.ts'
import type { SmcCall } from '../../../domain/smc/call.ts'
import type { FfaCallBody, RecordBody, TargetRecord } from '../../../domain/records/record.ts'
import { boots, byPkvm, consoleOf, consolesOf, findingOf, realRecords, shownOf, without } from './showing.ts'
import { fids, made, pkvmStarts, tracedShown } from './traced.ts'

const optee = '486178e0-e7f8-11e3-bc5e-0002a5d5c51b'
const tpm = '17b862a4-1806-4faf-86b3-089a58353861'

/** A finding on a real boot, after its records were changed. */
function found(id: string, boot: string, change = (body: RecordBody): RecordBody | undefined => body): Finding {
  const records = realRecords(boot).flatMap(({ sequence, body }): TargetRecord[] => {
    const changed = change(body)
    return changed ? [{ sequence, body: changed }] : []
  })
  const mode = boot === boots.builtinNvhe ? 'nvhe' : 'protected'
  return findingOf(shownOf({ mode, consoles: consolesOf(boot), records }), id)
}

/** A change to the calls of one name. */
function calls(name: string, to: (body: FfaCallBody) => RecordBody | undefined) {
  return (body: RecordBody) => (body.fact === 'ffa-call' && body.name === name ? to(body) : body)
}

/** A change to the calls into the driver of one kind. */
function driver(op: string, errno: number | undefined) {
  return (body: RecordBody): RecordBody | undefined => {
    if (body.fact !== 'ffa-driver' || body.op !== op) return body
    return errno === undefined ? undefined : { ...body, errno }
  }
}

const answer = (body: FfaCallBody, status: string, errno: number, code: number): RecordBody => ({
  ...body,
  status,
  errno,
  response: body.response.with(0, '0x84000060').with(2, `0x${code.toString(16)}`),
})
const notSupported = (body: FfaCallBody): RecordBody => answer(body, 'NOT_SUPPORTED', -95, 0xffffffff)
/** OP-TEE, a TPM and a store of EFI variables, 6.18.5, ACPI. */
const fullNvhe = 'linux-6.18.5-full-nvhe'
const ids = ['ffa.negotiated', 'ffa.notifications', 'ffa.direct-message', 'ffa.direct-message-2', 'ffa.memory']

describe('on real boots', () => {
  it.each<[boot: string, id: string, outcome: string, facts: object]>([
    [boots.builtinPkvm, 'ffa.partitions', 'fail', { errno: -22, properties: '0x8001:0x103' }],
    [boots.modulePkvm, 'ffa.partitions', 'pass', { count: 1, properties: '0x8001:0x103' }],
    [boots.builtinPkvm, 'ffa.usable', 'fail', { errno: -22, cause: 'not-negotiated' }],
    [boots.modulePkvm, 'ffa.usable', 'pass', { calls: 3 }],
    [boots.builtinNvhe, 'ffa.usable', 'pass', { calls: 3 }],
    [boots.builtinPkvm, 'ffa.negotiated', 'fail', { driver: '1.2', errno: -22, cause: 'not-negotiated' }],
    [boots.builtinPkvm, 'ffa.notifications', 'fail', { errno: -22, cause: 'not-negotiated' }],
    [boots.builtinPkvm, 'ffa.direct-message', 'fail', { errno: -22, cause: 'not-negotiated', partition: optee }],
    // The version gate comes before the block list: -22, not -95.
    [boots.builtinPkvm, 'ffa.direct-message-2', 'skip', { errno: -22, cause: 'not-negotiated', sent: 0 }],
    [boots.builtinPkvm, 'ffa.memory', 'fail', { step: 'share', errno: -22, cause: 'not-negotiated' }],
    [boots.modulePkvm, 'ffa.negotiated', 'pass', { driver: '1.2', at_least: '1.1' }],
    [boots.modulePkvm, 'ffa.notifications', 'fail', { errno: -95, cause: 'blocked-by-proxy', sri: 8 }],
    [boots.modulePkvm, 'ffa.direct-message', 'pass', { sent: 1 }],
    [boots.modulePkvm, 'ffa.direct-message-2', 'skip', { errno: -95, cause: 'blocked-by-proxy' }],
    [boots.modulePkvm, 'ffa.memory', 'fail', { step: 'reclaim', errno: -95, cause: 'refused-by-spmc' }],
    [boots.builtinNvhe, 'ffa.negotiated', 'pass', { driver: '1.2', at_least: '1.1' }],
    [boots.builtinNvhe, 'ffa.notifications', 'pass', { bitmap: 'there', sri: 8 }],
    [boots.builtinNvhe, 'ffa.direct-message', 'pass', { sent: 1 }],
    [boots.builtinNvhe, 'ffa.direct-message-2', 'skip', { errno: -95, cause: 'refused-by-spmc' }],
    [boots.builtinNvhe, 'ffa.memory', 'pass', { with: optee }],
  ])('%s: %s is %s %j', (boot, id, outcome, facts) => {
    expect(found(id, boot)).toMatchObject({ outcome, facts })
  })

  it.each(ids)('%s rests on records, and never on a log alone', (id) => {
    for (const boot of [boots.builtinPkvm, boots.modulePkvm, boots.builtinNvhe]) {
      expect(found(id, boot).evidence.map(({ kind }) => kind)).toContain('record')
      if (id !== 'ffa.direct-message') expect(found(id, boot, () => undefined).outcome).toBe('unknown')
    }
  })

  it.each(ids)('%s does not count what was asked before pKVM took over', (id) => {
    const early = (body: RecordBody): RecordBody => ('at' in body ? { ...body, at: 0.1 } : body)
    expect(found(id, boots.modulePkvm, early).outcome).toBe('unknown')
  })

  it.each(ids)('%s does not count what an FFA_VERSION of the probe healed', (id) => {
    const records = realRecords(boots.modulePkvm)
    const healing = records.find(({ body }) => body.fact === 'ffa-call')?.body as FfaCallBody
    const healed = [{ sequence: 1, body: { ...healing, name: 'FFA_VERSION' } }, ...records]
    const shown = shownOf({ consoles: consolesOf(boots.modulePkvm), records: healed })
    expect(findingOf(shown, id)).toMatchObject({ outcome: 'unknown' })
  })
})

describe('the negotiated version', () => {
  it('is at least that of the newest call that is answered', () => {
    const change = (body: RecordBody): RecordBody | undefined =>
      body.fact === 'ffa-call' && body.about === 'DIRECT_REQ2' ? { ...body, errno: 0, status: 'SUCCESS' } : body
    expect(found('ffa.negotiated', boots.modulePkvm, change).facts['at_least']).toBe('1.2')
    const none = calls('FFA_SPM_ID_GET', notSupported)
    expect(found('ffa.negotiated', boots.modulePkvm, none).facts['at_least']).toBe('1.0')
  })

  it('is not what the driver has alone', () => {
    expect(
      found(
        'ffa.negotiated',
        boots.modulePkvm,
        calls('FFA_ID_GET', () => undefined),
      ).outcome,
    ).toBe('unknown')
    expect(found('ffa.negotiated', boots.modulePkvm, calls('FFA_ID_GET', notSupported))).toMatchObject({
      outcome: 'fail',
      facts: { driver: '1.2', cause: 'refused-by-spmc' },
    })
    const without = found('ffa.negotiated', boots.modulePkvm, driver('api_version_get', undefined))
    expect(without).toMatchObject({ outcome: 'pass', facts: { at_least: '1.1' } })
    expect(without.sentence).toContain('FF-A 1.1 or later')
  })
})

describe('notifications', () => {
  it('turn with the answer to the bitmap, not with what FFA_FEATURES says', () => {
    const create = (to: (body: FfaCallBody) => RecordBody | undefined) => calls('FFA_NOTIFICATION_BITMAP_CREATE', to)
    const made = create((body) => ({ ...body, status: 'SUCCESS', errno: 0 }))
    expect(found('ffa.notifications', boots.builtinNvhe, made)).toMatchObject({
      outcome: 'pass',
      facts: { bitmap: 'created' },
    })
    const refused = found('ffa.notifications', boots.builtinNvhe, create(notSupported))
    expect(refused).toMatchObject({ outcome: 'fail', facts: { cause: 'refused-by-spmc', sri: 8 } })
    expect(refused.sentence).toContain('although FFA_FEATURES names an interrupt')
    expect(
      found(
        'ffa.notifications',
        boots.builtinNvhe,
        create(() => undefined),
      ).outcome,
    ).toBe('unknown')
  })
})

describe('direct messages', () => {
  const send = (to: (body: FfaCallBody) => RecordBody | undefined, form = '') =>
    calls(`FFA_MSG_SEND_DIRECT_REQ${form}`, (body) => (body.about === 'nobody' ? body : to(body)))
  const property =
    (properties: number) =>
    (body: RecordBody): RecordBody =>
      body.fact === 'ffa-partition' && body.id !== 0 ? { ...body, properties } : body

  it('tell who refused them', () => {
    const of = (boot: string, to: (body: FfaCallBody) => RecordBody | undefined) =>
      found('ffa.direct-message', boot, send(to)).facts['cause']
    expect(of(boots.modulePkvm, (body) => byPkvm(notSupported(body)))).toBe('blocked-by-proxy')
    expect(of(boots.modulePkvm, notSupported)).toBe('refused-by-spmc')
    expect(of(boots.modulePkvm, (body) => answer(body, 'DENIED', -13, 0xfffffffa))).toBe('refused-by-spmc')
    const invalid = (body: FfaCallBody): RecordBody => answer(body, 'INVALID_PARAMETERS', -22, 0xfffffffe)
    // The partition manager lists it: it is there.
    expect(of(boots.modulePkvm, invalid)).toBe('refused-by-spmc')
    expect(of(boots.builtinNvhe, invalid)).toBe('refused-by-spmc')
    expect(of(boots.modulePkvm, (body) => byPkvm(invalid(body)))).toBe('refused-by-proxy')
    const unlisted = (body: RecordBody): RecordBody | undefined =>
      body.fact === 'ffa-partition' && body.device === 'now' ? undefined : send(invalid)(body)
    expect(found('ffa.direct-message', boots.modulePkvm, unlisted).facts['cause']).toBe('no-such-partition')
    expect(found('ffa.direct-message', boots.builtinNvhe, unlisted).facts['cause']).toBe('no-such-partition')
    // Who cannot be asked any more has not said that it is gone: the driver was told of it.
    const silent = (body: RecordBody) =>
      calls('FFA_PARTITION_INFO_GET', (each) => byPkvm(answer(each, 'BUSY', -16, 0xfffffffc)))(unlisted(body) ?? body)
    const mute = (body: RecordBody) =>
      body.fact === 'ffa-partition' && body.device === 'now' ? undefined : silent(body)
    expect(found('ffa.direct-message', boots.modulePkvm, mute).facts['cause']).toBe('refused-by-spmc')
  })

  it('are expected of those partitions only that take them', () => {
    const none = (body: RecordBody) => property(0x102)(send(notSupported)(body) ?? body)
    expect(found('ffa.direct-message', boots.modulePkvm, none).outcome).toBe('skip')
    expect(
      found(
        'ffa.direct-message',
        boots.modulePkvm,
        send(() => undefined),
      ).outcome,
    ).toBe('unknown')
  })

  it('do not blame a partition that was sent zeros and wants more', () => {
    const shown = (change = (body: RecordBody): RecordBody | undefined => body) =>
      shownOf({
        mode: 'nvhe',
        records: realRecords(fullNvhe).flatMap(({ sequence, body }) => {
          const changed = change(body)
          return changed ? [{ sequence, body: changed }] : []
        }),
      })
    expect(findingOf(shown(), 'ffa.direct-message')).toMatchObject({
      outcome: 'pass',
      facts: { sent: 2, tpm_status: '0x5000002', tpm_version: '1.0' },
    })
    const silent = send((body) => (body.about === tpm ? notSupported(body) : body))
    expect(findingOf(shown(silent), 'ffa.direct-message')).toMatchObject({
      outcome: 'fail',
      facts: { partition: tpm, cause: 'refused-by-spmc' },
    })
    const onlyStore = send((body) => (body.about === optee || body.about === tpm ? undefined : body))
    expect(findingOf(shown(onlyStore), 'ffa.direct-message').outcome).toBe('unknown')
    expect(findingOf(shown(), 'ffa.notifications').facts['bitmap']).toBe('created')
    expect(findingOf(shown(), 'ffa.negotiated').facts['at_least']).toBe('1.2')
  })

  it('of FF-A 1.2 fail where a partition takes them and pKVM blocks them', () => {
    const both = property(0x303)
    expect(found('ffa.direct-message-2', boots.modulePkvm, both)).toMatchObject({
      outcome: 'fail',
      facts: { errno: -95, cause: 'blocked-by-proxy', sent: 1 },
    })
    expect(found('ffa.direct-message-2', boots.builtinPkvm, both)).toMatchObject({
      outcome: 'fail',
      facts: { errno: -22, cause: 'not-negotiated' },
    })
    const good = (body: RecordBody) =>
      both(send((sent) => ({ ...sent, status: 'DIRECT_RESP2', errno: 0 }), '2')(body) ?? body)
    expect(found('ffa.direct-message-2', boots.builtinNvhe, good).outcome).toBe('pass')
  })

  it("name the TPM's interface version, and what its driver got", () => {
    const isTpm = (body: RecordBody): RecordBody => {
      if (body.fact === 'ffa-partition' && body.id !== 0) return { ...body, uuid: tpm }
      if (body.fact !== 'ffa-call' || body.about !== optee) return body
      return { ...body, about: tpm, response: body.response.with(4, '0x5000002').with(5, '0x10000') }
    }
    expect(found('ffa.direct-message', boots.builtinNvhe, isTpm).facts).toMatchObject({
      tpm_status: '0x5000002',
      tpm_version: '1.0',
    })
    const line =
      '[    0.550000] ffa-crb arm-ffa-2: failed to get crb interface version. rc:-95\n[    0.550000] ffa-crb arm-ffa-2: probe with driver ffa-crb failed with error -22\n'
    const consoles = consolesOf(boots.modulePkvm, (text) => text + line)
    const records = realRecords(boots.modulePkvm).map(({ sequence, body }) => ({
      sequence,
      body: property(0x301)(isTpm(body)),
    }))
    const finding = findingOf(shownOf({ consoles, records }), 'ffa.direct-message-2')
    expect(finding).toMatchObject({ outcome: 'fail', facts: { driver_rc: -95, errno: -95 } })
    expect(finding.evidence.map(({ text }) => text).join('\n')).toContain('rc:-95')
  })

  it('of the first form do not cite the line of a driver that sent the second', () => {
    const line = '[    0.550000] ffa-crb arm-ffa-2: failed to get crb interface version. rc:-95\n'
    const consoles = consolesOf(boots.modulePkvm, (text) => text + line)
    const isTpm = (body: RecordBody): RecordBody => {
      if (body.fact === 'ffa-partition' && body.id !== 0) return { ...body, uuid: tpm }
      return body.fact === 'ffa-call' && body.about === optee ? { ...body, about: tpm } : body
    }
    const records = (properties: number) =>
      realRecords(boots.modulePkvm).map(({ sequence, body }) => ({ sequence, body: property(properties)(isTpm(body)) }))
    const cited = (properties: number, id: string) =>
      findingOf(shownOf({ consoles, records: records(properties) }), id).evidence.some(({ text }) =>
        text.includes('rc:-95'),
      )
    expect(cited(0x301, 'ffa.direct-message')).toBe(false)
    expect(cited(0x301, 'ffa.direct-message-2')).toBe(true)
    expect(cited(0x101, 'ffa.direct-message')).toBe(true)
  })

  describe('where no call of ours was made', () => {
    const ffa = '[    0.400000] ARM FF-A: Driver version 1.2\n'
    const pkvm = '[    0.500000] kvm [1]: Protected hVHE mode initialized successfully\n'
    const alone = (id: string) => (text: string, mode: string) =>
      findingOf(shownOf({ mode, consoles: [consoleOf(text)], records: [] }), id)
    const of = alone('ffa.direct-message')
    const of2 = alone('ffa.direct-message-2')
    const refused = (rc: number) => `[    0.550000] ffa-crb arm-ffa-2: failed to get crb interface version. rc:${rc}\n`
    const initialized = '[    0.550000] optee: initialized driver\n'

    it('rest on what drivers say', () => {
      expect(of(refused(-13), 'nvhe')).toMatchObject({ outcome: 'fail', facts: { errno: -13 } })
      expect(of(`${ffa}[    0.550000] optee: Unexpected error -22\n`, 'nvhe')).toMatchObject({
        outcome: 'fail',
        facts: { errno: -22 },
      })
      expect(of('[    0.550000] ffa-crb arm-ffa-2: ABI version 1.0\n', 'nvhe').outcome).toBe('pass')
      expect(of(`${ffa}${initialized}`, 'nvhe').outcome).toBe('pass')
      const core = '[    0.550000] ffa-crb arm-ffa-2: probe with driver ffa-crb failed with error -22\n'
      expect(of(core, 'nvhe').outcome).toBe('unknown')
    })

    it('are of the first form only as far as the version or pKVM tells', () => {
      const found = (minor: number) => `[    0.410000] ARM FF-A: Firmware version 1.${minor} found\n`
      expect(of(`${found(1)}${refused(-22)}`, 'nvhe').outcome).toBe('fail')
      expect(of(`${found(2)}${refused(-22)}`, 'nvhe').outcome).toBe('unknown')
      expect(of(`${found(2)}${pkvm}${refused(-22)}`, 'protected').outcome).toBe('fail')
    })

    it('are of the second form where pKVM blocked them, and then say nothing of the first', () => {
      expect(of2(`${pkvm}${refused(-95)}`, 'protected')).toMatchObject({
        outcome: 'fail',
        facts: { errno: -95, cause: 'blocked-by-proxy' },
      })
      expect(of(`${pkvm}${refused(-95)}`, 'protected').outcome).toBe('unknown')
      for (const text of [refused(-95), `${pkvm}${refused(-22)}`, `${refused(-95)}${pkvm}`])
        expect(of2(text, 'protected').outcome, text).toBe('unknown')
    })

    it('are none of FF-A where the OP-TEE driver goes by plain SMCs', () => {
      const smc = '[    0.540000] optee: probing for conduit method.\n'
      expect(of(initialized, 'nvhe').outcome).toBe('unknown')
      expect(of(`${ffa}${smc}${initialized}`, 'nvhe').outcome).toBe('unknown')
      expect(of(`${ffa}${smc}[    0.550000] optee: Unexpected error -22\n`, 'nvhe').outcome).toBe('unknown')
    })

    it('count once pKVM, where it is asked for, has taken over', () => {
      const healthy = `${ffa}[    0.410000] optee: initialized driver\n`
      expect(of(`${healthy}${pkvm}`, 'protected').outcome).toBe('unknown')
      expect(of(healthy, 'protected').outcome).toBe('unknown')
      expect(of(`${ffa}${pkvm}${initialized}`, 'protected').outcome).toBe('pass')
      const quiet = consolesOf(boots.builtinPkvm, without(/optee|ffa-crb/))
      expect(findingOf(shownOf({ consoles: quiet, records: [] }), 'ffa.direct-message').outcome).toBe('unknown')
    })
  })
})

describe('memory', () => {
  it('turns with each step', () => {
    const share = found('ffa.memory', boots.builtinNvhe, driver('memory_share', -13))
    expect(share).toMatchObject({ outcome: 'fail', facts: { step: 'share', errno: -13, cause: 'refused-by-spmc' } })
    const reclaim = found('ffa.memory', boots.builtinNvhe, driver('memory_reclaim', -95))
    expect(reclaim).toMatchObject({ outcome: 'fail', facts: { step: 'reclaim', errno: -95 } })
    expect(found('ffa.memory', boots.builtinNvhe, driver('memory_reclaim', undefined)).outcome).toBe('unknown')
    expect(found('ffa.memory', boots.builtinNvhe, driver('memory_share', undefined)).outcome).toBe('unknown')
    // The driver's errno alone does not show who refused; pKVM and the firmware both could.
    const consoles = consolesOf(boots.modulePkvm).filter(({ console }) => console !== 'uart1')
    const shown = shownOf({ consoles, records: realRecords(boots.modulePkvm) })
    expect(findingOf(shown, 'ffa.memory').facts).toEqual({ step: 'reclaim', errno: -95 })
  })

  it('was refused by pKVM where the trace shows that, and for want of buffers where they were mapped behind its back', () => {
    const records = realRecords(boots.modulePkvm).map(({ sequence, body }) => ({
      sequence,
      body: driver('memory_share', -22)(body) ?? body,
    }))
    const of = (...smc: SmcCall[]) =>
      findingOf(tracedShown(smc, { consoles: consolesOf(boots.modulePkvm), records }), 'ffa.memory').facts['cause']
    const alone = made(0x84000073n, { to: 2, answer: 'INVALID_PARAMETERS' })
    expect(of(made(fids.rxtxMap), pkvmStarts, alone)).toBe('no-host-buffers')
    expect(of(pkvmStarts, made(fids.rxtxMap, { to: 2 }), alone)).toBe('refused-by-proxy')
    expect(of(pkvmStarts)).toBeUndefined()
  })

  it('says why none was shared', () => {
    const bodies: RecordBody[] = realRecords(boots.builtinNvhe)
      .map(({ body }) => body)
      .filter(({ fact }) => fact !== 'ffa-driver')
    const why: RecordBody = { fact: 'could-not', what: 'FFA_MEM_SHARE', why: 'there is nobody to share with' }
    const records = [...bodies, why].map((body, n) => ({ sequence: n + 1, body }))
    const shown = shownOf({ mode: 'nvhe', consoles: consolesOf(boots.builtinNvhe), records })
    expect(findingOf(shown, 'ffa.memory')).toMatchObject({ outcome: 'unknown' })
    expect(findingOf(shown, 'ffa.memory').sentence).toContain('nobody to share with')
  })
})

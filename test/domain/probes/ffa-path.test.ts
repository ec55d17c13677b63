import { describe, expect, it } from 'vitest'
import type { SmcCall } from '../../../domain/smc/call.ts'
import { functionName } from '../../../domain/smc/function-ids.ts'
import { callsOf, traced } from '../smc/traces.ts'
import { boots, calls, call, consoleOf, consolesOf, findingOf, recordsOf, shownOf } from './showing.ts'
import { fids, leaveOut, made, pkvmStarts, tracedShown } from './traced.ts'

const builtin = callsOf(traced.builtinPkvm)
const module = callsOf(traced.modulePkvm)
const nvhe = callsOf(traced.builtinNvhe)

const named = (name: string) => (one: SmcCall) => functionName(one.request[0] ?? 0n) === name
const fromHost = (one: SmcCall) => !one.secure && one.from === 1
/** The same call as if it had been trapped, or not. */
const taken = (match: (call: SmcCall) => boolean, to: 2 | 3) => (one: SmcCall) => (match(one) ? { ...one, to } : one)

describe('on real traces of 6.18.5', () => {
  const outcomes = (smc: SmcCall[], mode?: string) => {
    const shown = tracedShown(smc, mode === undefined ? {} : { mode })
    return ['callers', 'bypass', 'version', 'rxtx', 'refused', 'efi'].map(
      (name) => findingOf(shown, `ffa-path.${name}`).outcome,
    )
  }

  it('built in, FFA_VERSION and RXTX_MAP went by before pKVM was there, and it refuses what comes after', () => {
    expect(outcomes(builtin)).toEqual(['pass', 'pass', 'fail', 'fail', 'fail', 'skip'])
    const shown = tracedShown(builtin)
    expect(findingOf(shown, 'ffa-path.version')).toMatchObject({
      sentence: 'pKVM never saw FFA_VERSION: it went straight to EL3 before pKVM took over.',
      facts: { cause: 'order', bypassed: 15 },
      evidence: [{ kind: 'smc', from: 15 }, { from: 48 }, { from: 50 }],
    })
    expect(findingOf(shown, 'ffa-path.refused')).toMatchObject({
      sentence:
        'pKVM refused 6 FF-A calls by itself (6 of kernel), first FFA_MSG_SEND_DIRECT_REQ with INVALID_PARAMETERS.',
      facts: { refused: 6, 'refused.kernel': 6, cause: 'not-negotiated', forwarded: 0 },
      evidence: [
        {
          from: 50,
          text: 'cpu1 EL1>EL2 FFA_MSG_SEND_DIRECT_REQ(0x8001) by kernel in arm_smccc_1_2_smc = error INVALID_PARAMETERS',
        },
      ],
    })
    expect(findingOf(shown, 'ffa-path.rxtx').facts).toEqual({ broke: 1, breaks: 'FFA_PARTITION_INFO_GET' })
    expect(findingOf(shown, 'ffa-path.callers').sentence).toBe(
      'In the normal world kernel made 22 calls (16 direct, 6 refused); pKVM made 1 call itself.',
    )
  })

  it('EFI runtime code is refused like the kernel, and what EDK2 itself asked before does not count', () => {
    const full = callsOf(traced.full)
    expect(outcomes(full)).toEqual(['pass', 'pass', 'fail', 'fail', 'fail', 'fail'])
    expect(findingOf(tracedShown(full), 'ffa-path.efi')).toMatchObject({
      sentence:
        'pKVM refused FFA_MSG_SEND_DIRECT_REQ of EFI runtime code with INVALID_PARAMETERS, 8 of 9 calls failed.',
      facts: { calls: 9, failed: 8, refused: 8, cause: 'pkvm' },
    })
    expect(findingOf(tracedShown(full), 'ffa-path.refused').facts).toMatchObject({
      'refused.kernel': 2,
      'refused.EFI runtime': 8,
      cause: 'not-negotiated',
    })
    expect(findingOf(tracedShown(full), 'ffa-path.callers').facts).toMatchObject({ 'boot loader': 361 })
  })

  it('as a module all goes through pKVM', () => {
    expect(outcomes(module)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass', 'skip'])
    expect(findingOf(tracedShown(module), 'ffa-path.refused').facts).toMatchObject({
      blocked: 2,
      blocked_calls: 'FFA_NOTIFICATION_BIND FFA_PARTITION_INFO_GET_REGS',
      forwarded: 25,
    })
  })

  it('without pKVM there is nothing to go through', () => {
    expect(outcomes(nvhe, 'nvhe')).toEqual(['pass', 'skip', 'skip', 'skip', 'skip', 'skip'])
    expect(findingOf(tracedShown(nvhe, { mode: 'nvhe' }), 'ffa-path.callers').facts).toMatchObject({
      kernel: 39,
      'kernel.direct': 39,
    })
  })
})

describe('ffa-path.bypass', () => {
  it('one call that goes to EL3 after pKVM took over turns it', () => {
    const last = module.findLast((one) => fromHost(one) && named('FFA_SPM_ID_GET')(one))
    const finding = findingOf(tracedShown(module.map(taken((one) => one === last, 3))), 'ffa-path.bypass')
    expect(finding).toMatchObject({ outcome: 'fail', facts: { bypassed: 1 } })
    expect(finding.evidence[0]).toMatchObject({ kind: 'smc', from: last?.entry })
    expect(finding.sentence).toBe('FFA_SPM_ID_GET of kernel went straight to EL3 after pKVM took over.')
  })

  it('is unknown where no call shows that pKVM is there, and skipped where none was made after', () => {
    expect(findingOf(tracedShown(nvhe), 'ffa-path.bypass').outcome).toBe('unknown')
    expect(findingOf(tracedShown([pkvmStarts]), 'ffa-path.bypass').outcome).toBe('skip')
  })

  it("does not count a boot loader's calls", () => {
    const smc = [pkvmStarts, made(fids.idGet, { by: 'boot loader', from: 2 }), made(fids.idGet, { to: 2 })]
    expect(findingOf(tracedShown(smc), 'ffa-path.bypass').outcome).toBe('pass')
  })
})

describe('ffa-path.version', () => {
  it('fails when the trapped FFA_VERSION is taken out, and says that nobody sent it', () => {
    const smc = leaveOut(module, (one) => fromHost(one) && named('FFA_VERSION')(one))
    const finding = findingOf(tracedShown(smc), 'ffa-path.version')
    expect(finding).toMatchObject({ outcome: 'fail', facts: { cause: 'nobody-asked' } })
  })

  it('fails when pKVM does not agree', () => {
    const smc = [pkvmStarts, made(fids.version, { to: 2, answer: [0xffffffffn] })]
    const finding = findingOf(tracedShown(smc), 'ffa-path.version')
    expect(finding.sentence).toBe('pKVM saw FFA_VERSION but did not agree (NOT_SUPPORTED).')
  })

  it('passes when it is trapped late, and counts what was refused before', () => {
    const smc = [
      pkvmStarts,
      made(fids.directReq, { by: 'EFI runtime', to: 2, answer: 'INVALID_PARAMETERS' }),
      made(fids.version, { to: 2, answer: [0x10002n] }),
    ]
    const finding = findingOf(tracedShown(smc), 'ffa-path.version')
    expect(finding).toMatchObject({ outcome: 'pass', facts: { version: '1.2', refused_before: 1 } })
  })

  it('is skipped where no FF-A call was made at all', () => {
    expect(findingOf(tracedShown([pkvmStarts]), 'ffa-path.version').outcome).toBe('skip')
  })
})

describe('ffa-path.rxtx', () => {
  it('passes once the mapping is trapped', () => {
    const smc = builtin.map(taken((one) => fromHost(one) && named('FFA_RXTX_MAP')(one), 2))
    expect(findingOf(tracedShown(smc), 'ffa-path.rxtx').outcome).toBe('pass')
  })

  it('names what fails for want of buffers once a version is negotiated', () => {
    const smc = [
      made(fids.rxtxMap),
      pkvmStarts,
      made(fids.version, { to: 2, answer: [0x10002n] }),
      made(fids.partitionInfoGet, { to: 2, answer: 'BUSY' }),
    ]
    expect(findingOf(tracedShown(smc), 'ffa-path.rxtx')).toMatchObject({
      outcome: 'fail',
      facts: { breaks: 'FFA_PARTITION_INFO_GET' },
      sentence: expect.stringMatching(/since then FFA_PARTITION_INFO_GET failed \(BUSY\)\.$/),
    })
  })

  it('is what a version costs that pKVM was only told of: what needs the buffers fails, with whatever status', () => {
    const share = made(0x84000073n, { to: 2, answer: 'INVALID_PARAMETERS' })
    const asked = made(fids.idGet, { to: 2, at: 10 })
    const passedOn = made(fids.idGet, { by: 'pKVM', from: 2, at: 10 })
    const shown = tracedShown([made(fids.rxtxMap), pkvmStarts, asked, passedOn, share])
    expect(findingOf(shown, 'ffa-path.rxtx').sentence).toMatch(
      /since then FFA_MEM_SHARE failed \(INVALID_PARAMETERS\)\.$/,
    )
    expect(findingOf(shown, 'ffa-path.refused').facts).toMatchObject({ refused: 1, cause: 'no-host-buffers' })
    const others = tracedShown([
      made(fids.rxtxMap),
      pkvmStarts,
      made(fids.directReq, { to: 2, answer: 'DENIED' }),
      share,
    ])
    expect(findingOf(others, 'ffa-path.refused').facts).not.toHaveProperty('cause')
  })

  it('fails when it was refused, and is skipped when nobody mapped any', () => {
    const refused = [pkvmStarts, made(fids.rxtxMap, { to: 2, answer: 'DENIED' })]
    expect(findingOf(tracedShown(refused), 'ffa-path.rxtx').facts).toEqual({ status: 'DENIED' })
    expect(findingOf(tracedShown([pkvmStarts]), 'ffa-path.rxtx').outcome).toBe('skip')
  })
})

describe('ffa-path.refused', () => {
  it('a call that EL2 passes on is not refused by it', () => {
    const smc = [
      pkvmStarts,
      made(fids.idGet, { to: 2, answer: 'DENIED', at: 1 }),
      made(fids.idGet, { by: 'pKVM', from: 2, answer: 'DENIED', at: 1.5 }),
    ]
    expect(findingOf(tracedShown(smc), 'ffa-path.refused').outcome).toBe('pass')
    expect(findingOf(tracedShown(smc.slice(0, 2)), 'ffa-path.refused').outcome).toBe('fail')
  })

  it('what another core does meanwhile changes nothing', () => {
    const smc = [
      pkvmStarts,
      made(fids.idGet, { to: 2, answer: 'DENIED', at: 1 }),
      made(fids.idGet, { by: 'pKVM', from: 2, cpu: 1, at: 1.5 }),
    ]
    expect(findingOf(tracedShown(smc), 'ffa-path.refused').outcome).toBe('fail')
  })

  it('counts by caller, each with its first', () => {
    const bad = { to: 2, answer: 'INVALID_PARAMETERS' } as const
    const smc = [
      pkvmStarts,
      made(fids.directReq, { by: 'EFI runtime', ...bad }),
      made(fids.idGet, bad),
      made(fids.idGet, bad),
    ]
    expect(findingOf(tracedShown(smc), 'ffa-path.refused')).toMatchObject({
      facts: { refused: 3, 'refused.kernel': 2, 'refused.EFI runtime': 1, cause: 'not-negotiated' },
      evidence: [{ from: 2 }, { from: 3 }],
    })
  })

  it('names no cause where a version was agreed before', () => {
    const smc = [
      pkvmStarts,
      made(fids.version, { to: 2, answer: [0x10002n] }),
      made(fids.idGet, { to: 2, answer: 'INVALID_PARAMETERS' }),
    ]
    expect(findingOf(tracedShown(smc), 'ffa-path.refused').facts).not.toHaveProperty('cause')
  })

  it('what the block list answers is counted apart', () => {
    const smc = [pkvmStarts, made(fids.notificationBind, { to: 2, answer: 'NOT_SUPPORTED' })]
    expect(findingOf(tracedShown(smc), 'ffa-path.refused')).toMatchObject({ outcome: 'pass', facts: { blocked: 1 } })
  })
})

describe('ffa-path.efi', () => {
  const efi = { by: 'EFI runtime' } as const

  it('passes when the calls come back, without pKVM too', () => {
    const finding = findingOf(tracedShown([made(fids.directReq, efi)], { mode: 'nvhe' }), 'ffa-path.efi')
    expect(finding).toMatchObject({ outcome: 'pass', facts: { calls: 1, failed: 0 } })
  })

  it('tells a refusal of pKVM from one of the firmware', () => {
    const byPkvm = [pkvmStarts, made(fids.directReq, { ...efi, to: 2, answer: 'INVALID_PARAMETERS' })]
    expect(findingOf(tracedShown(byPkvm), 'ffa-path.efi').facts).toMatchObject({ cause: 'pkvm', refused: 1 })
    const byFirmware = [made(fids.directReq, { ...efi, answer: 'DENIED' })]
    expect(findingOf(tracedShown(byFirmware), 'ffa-path.efi').facts).toMatchObject({ cause: 'firmware', refused: 0 })
  })

  it('is unknown when none came back', () => {
    const finding = findingOf(tracedShown([made(fids.directReq, { ...efi, answer: null })]), 'ffa-path.efi')
    expect(finding.outcome).toBe('unknown')
  })
})

describe('without a trace', () => {
  const consoles = consolesOf(boots.builtinPkvm)
  const judged = (name: string, ...bodies: Parameters<typeof recordsOf>) =>
    findingOf(shownOf({ consoles, records: recordsOf(...bodies) }), `ffa-path.${name}`)

  it('what only a trace shows is unknown', () => {
    for (const name of ['callers', 'bypass', 'efi']) expect(judged(name, ...calls()).outcome).toBe('unknown')
    for (const name of ['version', 'rxtx', 'refused']) expect(judged(name).outcome).toBe('unknown')
  })

  it("our probe's calls show that pKVM saw no FFA_VERSION", () => {
    const refused = calls('INVALID_PARAMETERS', -22)
    expect(judged('version', ...refused)).toMatchObject({ outcome: 'fail', facts: { errno: -22 } })
    expect(judged('refused', ...refused)).toMatchObject({ outcome: 'fail', facts: { cause: 'not-negotiated' } })
    expect(judged('rxtx', ...refused).outcome).toBe('unknown')
  })

  it('or that it did, and knows the buffers', () => {
    expect(judged('version', ...calls()).outcome).toBe('pass')
    expect(judged('rxtx', ...calls()).outcome).toBe('pass')
    expect(judged('refused', ...calls()).outcome).toBe('unknown')
    expect(judged('rxtx', call('FFA_PARTITION_INFO_GET', 'BUSY', -16)).outcome).toBe('fail')
    const line = consoleOf('[    0.100000] ARM FF-A: failed to register FFA RxTx buffers\n')
    expect(findingOf(shownOf({ consoles: [line] }), 'ffa-path.rxtx').outcome).toBe('fail')
  })

  it('but not calls from before pKVM took over, nor after an FFA_VERSION of its own', () => {
    expect(judged('version', ...calls('SUCCESS', 0, 0.01)).outcome).toBe('unknown')
    expect(judged('version', call('FFA_VERSION'), ...calls()).outcome).toBe('unknown')
    expect(judged('version', call('FFA_ID_GET', 'BUSY', -16)).outcome).toBe('unknown')
  })
})

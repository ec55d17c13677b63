import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { ffaAnswer } from '../../../domain/smc/answer.ts'
import type { SmcCall } from '../../../domain/smc/call.ts'
import { describeCall } from '../../../domain/smc/describe-call.ts'
import { callGroup, functionName } from '../../../domain/smc/function-ids.ts'
import { nameCalls } from '../../../domain/smc/name-calls.ts'
import { passagesOf } from '../../../domain/smc/passage.ts'
import { readSmcTrace } from '../../../domain/smc/read-trace.ts'
import { functionAt, parseSystemMap } from '../../../domain/smc/system-map.ts'
import { callsOf, rawTrace, systemMap, systemMapText, traced } from './traces.ts'

test.each([
  [0x84000063n, 'ffa', 'FFA_VERSION'],
  [0xc4000066n, 'ffa', 'FFA_RXTX_MAP'],
  [0x8400006fn, 'ffa', 'FFA_MSG_SEND_DIRECT_REQ'],
  [0xc400008bn, 'ffa', 'FFA_PARTITION_INFO_GET_REGS'],
  [0xc400008dn, 'ffa', 'FFA_MSG_SEND_DIRECT_REQ2'],
  [0x840000f0n, 'ffa', '0x840000f0'],
  [0x84000000n, 'psci', 'PSCI_VERSION'],
  [0xc4000003n, 'psci', 'PSCI_CPU_ON'],
  [0x84000008n, 'psci', 'PSCI_SYSTEM_OFF'],
  [0xc4000012n, 'psci', 'PSCI_SYSTEM_RESET2'],
  [0xc4000053n, 'trng', 'TRNG_RND'],
  // SPM_MM, the vendor's space, and a yielding call with an FF-A number.
  [0xc4000041n, undefined, '0xc4000041'],
  [0x86000063n, undefined, '0x86000063'],
  [0x04000063n, undefined, '0x04000063'],
  // Only w0 counts.
  [0xffffffff84000069n, 'ffa', 'FFA_ID_GET'],
])('x0 = %s is in group %s: %s', (x0, group, name) => {
  expect(callGroup(x0)).toBe(group)
  expect(functionName(x0)).toBe(name)
})

describe('what came back', () => {
  const call = (x0: bigint, response?: bigint[]): SmcCall => {
    const call: SmcCall = { entry: 1, at: 0, cpu: 0, from: 1, to: 3, secure: false, pc: 0n, request: [x0] }
    return response ? { ...call, response } : call
  }

  it.each<[string, bigint, bigint[], object]>([
    ['a version', 0x84000063n, [0x10002n], { ok: true, status: '1.2' }],
    ['no version', 0x84000063n, [0xffffffffn], { ok: false, status: 'NOT_SUPPORTED' }],
    ['success', 0x84000069n, [0x84000061n, 0n, 0x8001n], { ok: true, status: 'SUCCESS' }],
    ['another function', 0x8400006fn, [0x84000070n], { ok: true, status: 'FFA_MSG_SEND_DIRECT_RESP' }],
    ['an error of firmware, 32 bits', 0x84000069n, [0x84000060n, 0n, 0xfffffffan], { ok: false, status: 'DENIED' }],
    [
      'an error of pKVM, 64 bits',
      0x84000069n,
      [0x84000060n, 0n, 2n ** 64n - 2n],
      { ok: false, status: 'INVALID_PARAMETERS' },
    ],
    ['an error without a name', 0x84000069n, [0x84000060n, 0n, 0xffffff00n], { ok: false, status: 'status -256' }],
    ['an unknown function', 0x84000069n, [2n ** 64n - 1n], { ok: false, status: 'NOT_SUPPORTED' }],
    ['no FF-A at all', 0x84000069n, [0x1234n], { ok: false, status: '0x00001234' }],
  ])('%s', (_, x0, response, answer) => {
    expect(ffaAnswer(call(x0, response))).toEqual(answer)
  })

  it('nothing', () => {
    expect(ffaAnswer(call(0x84000069n))).toBeUndefined()
  })
})

describe('who made a call', () => {
  it('is told for every call of a real boot, with the function', () => {
    const calls = callsOf(traced.modulePkvm).filter(({ secure }) => !secure)
    expect(new Set(calls.map(({ caller, from }) => `${caller} EL${from}`))).toEqual(new Set(['kernel EL1', 'pKVM EL2']))
    expect(new Set(calls.filter(({ caller }) => caller === 'pKVM').map(({ symbol }) => symbol))).toEqual(
      new Set(['__kvm_nvhe_arm_smccc_1_2_smc', '__kvm_nvhe___kvm_hyp_host_forward_smc', '__kvm_nvhe_psci_0_2_handler']),
    )
    expect(new Set(calls.filter(({ caller }) => caller === 'kernel').map(({ symbol }) => symbol))).toEqual(
      new Set(['__arm_smccc_smc', 'arm_smccc_1_2_smc', 'arm_smccc_version_init']),
    )
  })

  it('is told apart at the same address: EDK2 before the kernel, and its runtime code that the kernel calls', () => {
    const calls = callsOf(traced.full).filter(({ pc }) => pc === 0xbec20d3cn)
    expect(calls.map(({ caller, from }) => `${caller} EL${from}`).filter((who, n, all) => who !== all[n - 1])).toEqual([
      'boot loader EL2',
      'EFI runtime EL1',
    ])
    expect(calls.filter(({ caller }) => caller === 'EFI runtime')).toHaveLength(9)
  })

  it('is found in an image that KASLR moved', () => {
    const slide = 0x2_3460_0000n
    const moved = readSmcTrace(rawTrace(traced.modulePkvm)).calls.map((call) =>
      call.pc >> 48n === 0xffffn ? { ...call, pc: call.pc + slide } : call,
    )
    const symbols = nameCalls(moved, systemMap(traced.modulePkvm)).map(({ symbol }) => symbol)
    expect(symbols).toEqual(callsOf(traced.modulePkvm).map(({ symbol }) => symbol))
  })

  it('is told without a System.map too, only not the function', () => {
    const calls = nameCalls(readSmcTrace(rawTrace(traced.modulePkvm)).calls)
    expect(calls.map(({ caller }) => caller)).toEqual(callsOf(traced.modulePkvm).map(({ caller }) => caller))
    expect(calls.every(({ symbol }) => symbol === undefined)).toBe(true)
  })

  it('at a low address is the boot loader before the kernel at EL2, and EFI runtime code after it or at EL1', () => {
    const at = (pc: bigint, from: 1 | 2): SmcCall => ({
      entry: 1,
      at: 0,
      cpu: 0,
      from,
      to: 3,
      secure: false,
      pc,
      request: [0x8400006fn],
    })
    const calls = [at(0x6000_1000n, 2), at(0x2000_1000n, 1), at(0xffff_8000_8001_ebfcn, 1), at(0x2000_1000n, 2)]
    expect(nameCalls(calls).map(({ caller }) => caller)).toEqual([
      'boot loader',
      'EFI runtime',
      'kernel',
      'EFI runtime',
    ])
  })
})

describe('a System.map', () => {
  const map = systemMap(traced.builtinPkvm)

  it('names the function around an address, and nothing outside the image', () => {
    expect(functionAt(map, 0xffff_8000_8001_ecc0n)).toMatchObject({ name: 'arm_smccc_1_2_smc', offset: 0n })
    expect(functionAt(map, 0xffff_8000_8001_ed23n)).toMatchObject({ name: 'arm_smccc_1_2_smc', offset: 0x63n })
    expect(functionAt(map, 0xffff_8000_8001_ed24n)?.name).toBe('invoke_syscall.constprop.0')
    expect(functionAt(map, 0xffff_8000_805e_0000n)).toBeUndefined()
    expect(functionAt(map, 0x6000_0000n)).toBeUndefined()
    expect(functionAt(map, 2n ** 64n - 1n)).toBeUndefined()
  })

  it('of any text is read without an error', () => {
    const line = fc.oneof(
      fc.constantFrom(...systemMapText(traced.builtinPkvm).split('\n')),
      fc.string({ maxLength: 40 }),
    )
    fc.assert(
      fc.property(fc.array(line), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (lines, address) => {
        const any = parseSystemMap(lines.join('\n'))
        expect(any.addresses.toSorted()).toEqual(any.addresses)
        expect(any.names).toHaveLength(any.addresses.length)
        functionAt(any, address)
      }),
    )
  })
})

describe('the way of a call', () => {
  it('counts on real boots as the kernel itself says', () => {
    const count = (boot: string): Record<string, number> => {
      const courses = passagesOf(callsOf(boot)).map(({ course }) => course)
      return Object.fromEntries([...Map.groupBy(courses, (course) => course)].map(([name, all]) => [name, all.length]))
    }
    expect(count(traced.builtinPkvm)).toEqual({ direct: 16, refused: 6 })
    expect(count(traced.modulePkvm)).toEqual({ forwarded: 25, handled: 3, refused: 6 })
    expect(count(traced.builtinNvhe)).toEqual({ direct: 39 })
  })

  it('of a call that EL2 answered after asking for something else is told from one that it refused alone', () => {
    const passages = passagesOf(callsOf(traced.modulePkvm))
    const reclaim = passages.find(({ call }) => functionName(call.request[0] ?? 0n) === 'FFA_MEM_RECLAIM')
    expect(reclaim).toMatchObject({ course: 'handled', answer: { ok: false, status: 'NOT_SUPPORTED' } })
    expect(reclaim?.below.map(({ request }) => functionName(request[0] ?? 0n))).toEqual(['FFA_MEM_RETRIEVE_REQ'])
  })

  const register = fc.oneof(
    fc.constantFrom(0x84000060n, 0x84000061n, 0x84000063n, 0x84000069n, 0x84000008n, 0n, 2n ** 64n - 2n),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  )
  const level = fc.constantFrom<(0 | 1 | 2 | 3)[]>(0, 1, 2, 3)
  const call = fc
    .record({
      at: fc.nat(50),
      cpu: fc.nat(2),
      from: level,
      to: level,
      secure: fc.boolean(),
      pc: fc.oneof(fc.constantFrom(0xffff_8000_8001_ecc0n, 0x8000_2020_3c00n, 0x2000_0000n), register),
      request: fc.array(register, { minLength: 8, maxLength: 8 }),
      response: fc.option(fc.array(register, { minLength: 8, maxLength: 8 }), { nil: undefined }),
    })
    .map(({ response, ...rest }): SmcCall => {
      const call = { entry: 0, ...rest }
      return response ? { ...call, response, returned: call.at + 1 } : call
    })

  it('any calls are named, paired and described without an error, each in one line', () => {
    const map = systemMap(traced.builtinPkvm)
    fc.assert(
      fc.property(fc.array(call, { maxLength: 30 }), (some) => {
        const calls = nameCalls(
          some.map((one, index) => ({ ...one, entry: index + 1 })),
          map,
        )
        expect(calls).toHaveLength(some.length)
        for (const one of calls) expect(describeCall(one)).toMatch(/^cpu\d+ (S-)?EL\d>EL\d \S.*$/)
        const passages = passagesOf(calls)
        expect(new Set(passages.map(({ call: { entry } }) => entry)).size).toBe(passages.length)
        const below = passages.flatMap((passage) => passage.below.map(({ entry }) => entry))
        expect(new Set(below).size).toBe(below.length)
        for (const { call: one, course } of passages) expect(course === 'direct').toBe(one.to !== 2)
      }),
      { numRuns: 300 },
    )
  })
})

import { createColors } from 'picocolors'
import { expect, test } from 'vitest'
import { smcLines, smcToJson } from '../../cli/show/smc-report.ts'
import { readSmcTrace } from '../../domain/smc/read-trace.ts'
import { callsOf, rawTrace, traced } from '../domain/smc/traces.ts'

const trace = { ...readSmcTrace(rawTrace(traced.builtinPkvm)), calls: callsOf(traced.builtinPkvm) }
const plain = createColors(false)

test('the trace of a boot reads as its story: one line a call, and which way it went', () => {
  const lines = smcLines(trace, plain, { secure: false })
  expect(lines[8]).toBe('   15    2.623958  cpu0 EL1>EL3 FFA_VERSION(0x10002) by kernel in arm_smccc_1_2_smc = 1.2')
  expect(lines.find((line) => line.includes('EL2>EL3 FFA_VERSION'))).toMatch(/by pKVM in __kvm_nvhe_arm_smccc_1_2_smc/)
  expect(lines.filter((line) => line.endsWith('error INVALID_PARAMETERS [refused]'))).toHaveLength(6)
  expect(lines.some((line) => line.includes('S-EL1'))).toBe(false)
})

test("the secure world's calls show when asked for, and refusals in red", () => {
  expect(smcLines(trace, plain, { secure: true })).toHaveLength(trace.calls.length)
  const red = smcLines(trace, createColors(true), { secure: false }).filter((line) => line.includes('\u001b[31m'))
  expect(red).toHaveLength(6)
})

test('as JSON it has registers in hex, and survives being written', () => {
  const document = JSON.parse(JSON.stringify(smcToJson(trace)))
  expect(document.groups).toEqual(['ffa', 'psci', 'trng'])
  expect(document.calls[49]).toMatchObject({
    entry: 50,
    from: 1,
    to: 2,
    caller: 'kernel',
    symbol: 'arm_smccc_1_2_smc',
    function: 'FFA_MSG_SEND_DIRECT_REQ',
    course: 'refused',
    request: ['0x8400006f', '0x8001', '0x0', '0x0', '0x0', '0x0', '0x0', '0x0'],
  })
})

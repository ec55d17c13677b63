import { ffaAnswer } from './answer.ts'
import type { SmcCall } from './call.ts'
import { callGroup, functionName } from './function-ids.ts'

/** A call for people, one line: `cpu0 EL1>EL3 FFA_VERSION(0x10002) by kernel in arm_smccc_1_2_smc = 1.2`. */
export function describeCall(call: SmcCall): string {
  const { cpu, from, to, secure, caller, symbol, pc, request } = call
  const world = secure ? 'S-' : ''
  const whose = `${caller ?? 'unknown code'}${symbol === undefined ? ` at 0x${pc.toString(16)}` : ` in ${symbol}`}`
  const name = functionName(request[0] ?? 0n)
  return `cpu${cpu} ${world}EL${from}>EL${to} ${name}(${about(name, request) ?? argumentsOf(request)}) by ${whose} ${answerText(call)}`
}

/** The function that FFA_FEATURES or PSCI_FEATURES asks about, by name; undefined for other calls, and features by number. */
function about(name: string, request: readonly bigint[]): string | undefined {
  const asked = request[1] ?? 0n
  return name.endsWith('_FEATURES') && callGroup(asked) ? functionName(asked) : undefined
}

function answerText(call: SmcCall): string {
  if (!call.response) return 'never came back'
  if (callGroup(call.request[0] ?? 0n) === 'ffa' && !call.secure) {
    const { ok, status } = ffaAnswer(call) ?? { ok: false, status: '' }
    const rest = ok ? argumentsOf(call.response) : ''
    return `= ${ok || status.startsWith('0x') ? status : `error ${status}`}${rest === '' ? '' : `(${rest})`}`
  }
  const name = call.secure ? functionName(call.response[0] ?? 0n) : signed(call.response[0] ?? 0n)
  const rest = call.secure ? argumentsOf(call.response) : ''
  return `= ${name}${rest === '' ? '' : `(${rest})`}`
}

function signed(value: bigint): string {
  return String(BigInt.asIntN(32, value))
}

/** x1 and what follows, without the zeros at the end. */
function argumentsOf(registers: readonly bigint[]): string {
  const values = registers.slice(1)
  const last = values.findLastIndex((value) => value !== 0n)
  return values
    .slice(0, last + 1)
    .map((value) => `0x${value.toString(16)}`)
    .join(', ')
}

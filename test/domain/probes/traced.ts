import type { Shown } from '../../../domain/attempt.ts'
import type { SmcCall, SmcCaller } from '../../../domain/smc/call.ts'
import { shownOf, type Showing } from './showing.ts'

/** A showing with a trace; the entries are numbered again in the order given. */
export function tracedShown(smc: readonly SmcCall[], showing: Showing = {}): Shown {
  return { ...shownOf(showing), smc: smc.map((call, index) => ({ ...call, entry: index + 1 })) }
}

/** The calls without those that match. */
export function leaveOut(calls: readonly SmcCall[], match: (call: SmcCall) => boolean): SmcCall[] {
  return calls.filter((call) => !match(call))
}

const error = 0x84000060n
export const codes = { NOT_SUPPORTED: -1n, INVALID_PARAMETERS: -2n, BUSY: -4n, DENIED: -6n }

interface Made {
  by?: SmcCaller
  cpu?: number
  to?: 2 | 3
  from?: 1 | 2
  at?: number
  /** What came back: a status by name, or x0 to x7; null when nothing did. */
  answer?: keyof typeof codes | bigint[] | null
}

/** One call of the normal world that succeeds, unless told otherwise. */
export function made(
  x0: bigint,
  { by = 'kernel', cpu = 0, from = 1, to = 3, at = 0, answer = [0x84000061n] }: Made = {},
): SmcCall {
  const registers = (values: bigint[]): bigint[] => [...values, ...Array.from({ length: 8 - values.length }, () => 0n)]
  const request = registers([x0])
  const call: SmcCall = { entry: 0, at, cpu, from, to, secure: false, pc: 0n, request, caller: by }
  if (answer === null) return call
  const response = Array.isArray(answer) ? registers(answer) : registers([error, 0n, BigInt.asUintN(64, codes[answer])])
  return { ...call, response, returned: at + 1 }
}

/** pKVM's own first call, while it starts. */
export const pkvmStarts = made(0x84000063n, { by: 'pKVM', from: 2, answer: [0x10002n] })
export const fids = {
  version: 0x84000063n,
  idGet: 0x84000069n,
  features: 0x84000064n,
  rxtxMap: 0xc4000066n,
  partitionInfoGet: 0x84000068n,
  directReq: 0xc400006fn,
  notificationBind: 0x8400007fn,
}

import type { SmcCall } from './call.ts'
import { callGroup, functionName } from './function-ids.ts'

/** What came back from an FF-A call. */
export interface FfaAnswer {
  /** Whether it is no error. */
  ok: boolean
  /** `SUCCESS`, the FF-A status of an error by name, or the function that came back instead, e.g. `FFA_MSG_SEND_DIRECT_RESP`. */
  status: string
}

/** FF-A status codes by their negative (DEN0077A, table of error status codes). */
const statuses =
  'SUCCESS NOT_SUPPORTED INVALID_PARAMETERS NO_MEMORY BUSY INTERRUPTED DENIED RETRY ABORTED NO_DATA NOT_READY'.split(
    ' ',
  )

const success = 0x61

/**
 * Takes an FF-A call; returns what came back, undefined when nothing did. A status is 32 bits in w2: pKVM extends its sign
 * to 64, firmware does not. FFA_VERSION answers with the version itself, and -1 in w0 says that a call is not known at
 * all (DEN0028 5.2).
 */
export function ffaAnswer({ request, response }: SmcCall): FfaAnswer | undefined {
  if (!response) return undefined
  const w0 = Number(BigInt.asIntN(32, response[0] ?? 0n))
  if (w0 === -1) return { ok: false, status: 'NOT_SUPPORTED' }
  const asked = functionName(request[0] ?? 0n)
  if (asked === 'FFA_VERSION' && w0 > 0) return { ok: true, status: `${(w0 >>> 16) & 0x7fff}.${w0 & 0xffff}` }
  const came = functionName(response[0] ?? 0n)
  if (came === 'FFA_ERROR') {
    const code = Number(BigInt.asIntN(32, response[2] ?? 0n))
    return { ok: false, status: statuses[-code] ?? `status ${code}` }
  }
  if (callGroup(response[0] ?? 0n) !== 'ffa') return { ok: false, status: came }
  return { ok: true, status: (w0 & 0xffff) === success ? 'SUCCESS' : came }
}

import { ffaAnswer, type FfaAnswer } from './answer.ts'
import type { SmcCall } from './call.ts'
import { callGroup, functionName } from './function-ids.ts'

/**
 * What became of a call of the normal world at EL1 (or of a kernel at EL2, which nothing traps).
 * - `direct`: not trapped, EL3 had it.
 * - `forwarded`: trapped, and EL2 passed the same function on to EL3.
 * - `handled`: trapped, and EL2 answered it, itself or after asking EL3 something else.
 * - `refused`: trapped, and answered with an error by EL2 alone.
 * - `open`: trapped, neither passed on nor answered when the trace ended.
 */
export type Course = 'direct' | 'forwarded' | 'handled' | 'refused' | 'open'

/** An FF-A call from the normal world, and its way. */
export interface Passage {
  call: SmcCall
  course: Course
  /** What EL2 asked EL3 for before it answered. */
  below: SmcCall[]
  /** What the caller got; absent when it never went on. */
  answer?: FfaAnswer
}

/**
 * Pairs each FF-A call of the normal world with the calls that EL2 made for it: those on the same core before its answer,
 * since a hypervisor that handles a trap does nothing else on that core. pKVM's own calls stand in `below` of the call
 * that made it, else in no passage.
 */
export function passagesOf(calls: readonly SmcCall[]): Passage[] {
  const passages: Passage[] = []
  /** By core: the trapped call that EL2 is at work for. */
  const trapped = new Map<number, Passage>()
  for (const call of calls) {
    if (call.secure || callGroup(call.request[0] ?? 0n) !== 'ffa') continue
    if (call.from === 2 && call.caller === 'pKVM') {
      const open = trapped.get(call.cpu)
      if (open && (open.call.returned === undefined || call.at <= open.call.returned)) open.below.push(call)
      continue
    }
    const answer = ffaAnswer(call)
    const passage: Passage = { call, course: 'direct', below: [], ...(answer ? { answer } : {}) }
    passages.push(passage)
    if (call.to === 2) trapped.set(call.cpu, passage)
    else trapped.delete(call.cpu)
  }
  for (const passage of passages) passage.course = courseOf(passage)
  return passages
}

function courseOf({ call, below, answer }: Passage): Course {
  if (call.to !== 2) return 'direct'
  const asked = functionName(call.request[0] ?? 0n)
  if (below.some(({ request }) => functionName(request[0] ?? 0n) === asked)) return 'forwarded'
  if (!answer) return 'open'
  return answer.ok || below.length > 0 ? 'handled' : 'refused'
}

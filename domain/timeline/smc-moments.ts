import { ffaAnswer } from '../smc/answer.ts'
import type { SmcCall } from '../smc/call.ts'
import { describeCall } from '../smc/describe-call.ts'
import { callGroup, functionName } from '../smc/function-ids.ts'
import { passagesOf, type Course } from '../smc/passage.ts'
import type { CallMoment, Moment } from './moment.ts'

/** The calls of a trace as moments, each where it was made. FF-A calls of the normal world are key, all others are detail. */
export function smcMoments(calls: readonly SmcCall[]): Moment[] {
  const courses = new Map(passagesOf(calls).map(({ call, course }) => [call.entry, course]))
  return calls.map((call) => {
    const course = courses.get(call.entry)
    const said = course === undefined || course === 'direct' ? '' : ` [${course}]`
    const isKey = !call.secure && call.caller !== 'boot loader' && isFfa(call)
    return {
      at: call.at,
      source: 'smc',
      place: `smc ${call.entry}`,
      text: `${describeCall(call)}${said}`,
      weight: isKey ? 'key' : 'detail',
      call: callMoment(call, course),
      findings: [],
    }
  })
}

function callMoment(call: SmcCall, course: Course | undefined): CallMoment {
  const { from, to, request } = call
  const answer = isFfa(call) ? ffaAnswer(call)?.status : undefined
  return {
    from,
    to,
    name: functionName(request[0] ?? 0n),
    ...(answer === undefined ? {} : { answer }),
    ...(course === undefined ? {} : { course }),
  }
}

function isFfa({ request }: SmcCall): boolean {
  return callGroup(request[0] ?? 0n) === 'ffa'
}

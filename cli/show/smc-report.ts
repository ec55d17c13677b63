import type { SmcCall } from '../../domain/smc/call.ts'
import { describeCall } from '../../domain/smc/describe-call.ts'
import { functionName } from '../../domain/smc/function-ids.ts'
import { passagesOf, type Course } from '../../domain/smc/passage.ts'
import type { SmcTrace } from '../../domain/smc/read-trace.ts'
import type { Context } from '../context.ts'

type Paint = Context['paint']

/** A trace for people: entry, seconds since QEMU began, the call, and which way one of the normal world went. */
export function smcLines(trace: SmcTrace, paint: Paint, { secure }: { secure: boolean }): string[] {
  const courses = coursesOf(trace.calls)
  return trace.calls
    .filter((call) => secure || !call.secure)
    .map((call) => {
      const course = courses.get(call.entry)
      const entry = paint.cyan(String(call.entry).padStart(5))
      const seconds = paint.dim(((call.at - trace.began) / 1000).toFixed(6).padStart(11))
      return `${entry} ${seconds}  ${paintCourse(course, describeCall(call), paint)}`
    })
}

/** Red what pKVM refused, yellow what went past it or answers itself, plain the rest. */
function paintCourse(course: Course | undefined, text: string, paint: Paint): string {
  if (course === undefined) return text
  const line = `${text}${course === 'direct' ? '' : ` [${course}]`}`
  return course === 'refused' ? paint.red(line) : course === 'handled' ? paint.yellow(line) : line
}

/** A trace for programs: registers and addresses as hex strings, times in milliseconds since 1970. */
export function smcToJson({ groups, began, calls, damage }: SmcTrace): object {
  const courses = coursesOf(calls)
  return {
    began,
    groups,
    ...(damage === undefined ? {} : { damage }),
    calls: calls.map(({ pc, request, response, ...call }) => ({
      ...call,
      pc: hex(pc),
      function: functionName(request[0] ?? 0n),
      course: courses.get(call.entry),
      request: request.map(hex),
      response: response?.map(hex),
    })),
  }
}

function coursesOf(calls: SmcCall[]): Map<number, Course> {
  return new Map(passagesOf(calls).map(({ call, course }) => [call.entry, course]))
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

import { counted } from '../../counted.ts'
import type { Finding, FactValue } from '../../finding.ts'
import type { SmcCaller } from '../../smc/call.ts'
import type { Course } from '../../smc/passage.ts'
import { citeCall } from '../cite-smc.ts'
import { pass, skip, unknown } from '../outcome.ts'
import { notTraced, type View } from './traced.ts'

const id = 'ffa-path.callers'

/**
 * Who made FF-A calls in the normal world and which way they went. Rests on the SMC trace alone: the caller is told from
 * exception level and program counter, the way from HCR_EL2.TSC when the SMC was executed and from what EL2 did then.
 * `pass` means only that each call has a known caller.
 */
export function callers({ traced }: View): Finding {
  if (!traced) return unknown(id, notTraced)
  const counts = new Map<SmcCaller, Map<Course, number>>()
  const firsts = []
  for (const { call, course } of traced.passages) {
    if (!call.caller) return unknown(id, `Nothing tells who made the call of entry ${call.entry}.`, [citeCall(call)])
    const courses = counts.get(call.caller) ?? new Map<Course, number>()
    counts.set(call.caller, courses)
    if (!courses.has(course)) firsts.push(call)
    courses.set(course, (courses.get(course) ?? 0) + 1)
  }
  const [own] = traced.own
  const [first, ...rest] = own ? [...firsts, own].toSorted((a, b) => a.entry - b.entry) : firsts
  if (!first) return skip(id, 'No FF-A call was made in the normal world.')
  const facts: Record<string, FactValue> = { pKVM: traced.own.length }
  const sentences: string[] = []
  for (const [caller, courses] of counts) {
    const all = [...courses.values()].reduce((sum, count) => sum + count, 0)
    facts[caller] = all
    for (const [course, count] of courses) facts[`${caller}.${course}`] = count
    const ways = [...courses].map(([course, count]) => `${count} ${course}`).join(', ')
    sentences.push(`${caller} made ${counted(all, 'call')} (${ways})`)
  }
  if (traced.own.length > 0) sentences.push(`pKVM made ${counted(traced.own.length, 'call')} itself`)
  return pass(id, `In the normal world ${sentences.join('; ')}.`, [citeCall(first), ...rest.map(citeCall)], facts)
}

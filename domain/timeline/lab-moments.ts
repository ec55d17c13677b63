import { describeFact } from '../lab-log/describe-fact.ts'
import type { NotedFact } from '../lab-log/lab-fact.ts'
import type { Moment } from './moment.ts'

/** What the lab did, each where it was noted. */
export function labMoments(facts: readonly NotedFact[]): Moment[] {
  return facts.map((fact) => ({
    at: fact.at,
    source: 'lab',
    place: `lab ${fact.entry}`,
    text: describeFact(fact),
    weight: 'detail',
    findings: [],
  }))
}

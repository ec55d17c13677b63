import type { Evidence } from '../evidence/evidence.ts'
import type { FactValue, Finding } from '../finding.ts'

/** At least one piece of evidence: without any, a finding can be neither pass nor fail. */
export type SomeEvidence = [Evidence, ...Evidence[]]
type Facts = Record<string, FactValue>

/** The check held; takes what it rests on. */
export function pass(id: string, sentence: string, evidence: SomeEvidence, facts: Facts = {}): Finding {
  return { id, outcome: 'pass', sentence, evidence, facts }
}

/** The check did not hold; takes what shows that. */
export function fail(id: string, sentence: string, evidence: SomeEvidence, facts: Facts = {}): Finding {
  return { id, outcome: 'fail', sentence, evidence, facts }
}

/** The check does not apply to this cell; the sentence says why. */
export function skip(id: string, sentence: string, evidence: Evidence[] = [], facts: Facts = {}): Finding {
  return { id, outcome: 'skip', sentence, evidence, facts }
}

/** Nothing shows it either way; the sentence says what was looked for. */
export function unknown(id: string, sentence: string, evidence: Evidence[] = [], facts: Facts = {}): Finding {
  return { id, outcome: 'unknown', sentence, evidence, facts }
}

/** Facts without those that are not known. */
export function known(facts: Record<string, FactValue | undefined>): Facts {
  const result: Facts = {}
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) result[name] = value
  return result
}

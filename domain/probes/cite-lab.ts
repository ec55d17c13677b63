import type { LabEvidence } from '../evidence/evidence.ts'
import { describeFact } from '../lab-log/describe-fact.ts'
import type { NotedFact } from '../lab-log/lab-fact.ts'

/** A fact of the lab as evidence. */
export function citeLab(fact: NotedFact): LabEvidence {
  return { kind: 'lab', from: fact.entry, to: fact.entry, text: describeFact(fact) }
}

import type { KnownIssue } from '../domain/known/known-issue.ts'
import { parseKnown } from '../domain/known/parse-known.ts'
import { findingIds } from '../domain/probes/registry.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import { readInput } from '../host/read-input.ts'

/**
 * Reads and checks a file of known issues.
 * @throws LabError PlanInvalid with every mistake on a line of its own; BadInput when the file cannot be read
 */
export function readKnownFile(path: string): KnownIssue[] {
  const parsed = parseKnown(readInput(path, 'name a file of known issues that is there'), path, findingIds())
  if (!parsed.ok) throw mistaken('PlanInvalid', parsed.errors)
  return parsed.issues
}

import { isDeepEqual } from '../deep-equal.ts'

/** A part of what a cell was made of that was another one before. */
export interface MovedInput {
  /** e.g. `kernel.sources.0.version`. */
  what: string
  before: unknown
  after: unknown
}

/** Takes what a cell was made of in two nights, as JSON has it; returns what differs, each part by its path. */
export function movedInputs(before: unknown, after: unknown, path: string[] = []): MovedInput[] {
  if (isDeepEqual(before, after)) return []
  if (!isObject(before) || !isObject(after)) return [{ what: path.join('.'), before, after }]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => movedInputs(before[key], after[key], [...path, key]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

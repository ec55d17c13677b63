import type { FileClass } from './keep-rules.ts'

/** What tells of an attempt beside its consoles: the SMC trace, and what the lab did. */
const logs = new Set(['smc', 'lab'])

/**
 * The class of a file of an attempt.
 * @param name as it is kept, e.g. `console/uart0.times`, `records`, `Image`
 */
export function classOf(name: string): FileClass {
  if (name === 'records') return 'records'
  // What a model or a TPM beside it said lies there under names of its own.
  return logs.has(name) || name.startsWith('console/') || /\.(log|raw)$/.test(name) ? 'logs' : 'images'
}

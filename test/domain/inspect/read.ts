import { headBytes, LogReader, type LogShown } from '../../../domain/inspect/log-reader.ts'
import { inspect } from '../../../domain/inspect/inspect.ts'
import type { InspectReport } from '../../../domain/inspect/report-schema.ts'

/** Reads a log as the command does, in chunks of a size that cuts lines. */
export function readLog(text: string | Uint8Array, name = 'log', chunk = 4_099): LogShown {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const reader = new LogReader(name, bytes.subarray(0, headBytes))
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk))
  return reader.end()
}

/** What is said of one log. */
export function inspectLog(text: string | Uint8Array): InspectReport {
  return inspect([readLog(text)], [], [])
}

/** What is said of one log, of one finding. */
export function outcomeOf(report: InspectReport, id: string): string | undefined {
  return report.findings.find((finding) => finding.id === id)?.outcome
}

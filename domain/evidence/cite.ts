import type { ConsoleLog } from '../console/line.ts'
import type { ConsoleEvidence, RecordEvidence } from './evidence.ts'
import { describeRecord } from '../records/describe-record.ts'
import type { TargetRecord } from '../records/record.ts'
import type { Sighting } from '../signatures/sighting.ts'

/** Lines of a range that evidence quotes whole; a longer one is shortened in the middle. */
const quoted = 16

/** The line of a sighting as evidence. */
export function cite({ log, index }: Sighting): ConsoleEvidence {
  return citeLines(log, index, index)
}

/** Takes a console and two indexes into its lines, inclusive and within it; returns those lines as evidence. */
export function citeLines(log: ConsoleLog, first: number, last: number): ConsoleEvidence {
  const lines = log.lines.slice(first, last + 1)
  const texts = lines.map(({ text }) => text)
  if (texts.length > quoted)
    texts.splice(quoted - 4, texts.length - quoted, `... ${texts.length - quoted} more lines ...`)
  return {
    kind: 'console',
    console: log.console,
    from: lines[0]?.number ?? 0,
    to: lines.at(-1)?.number ?? 0,
    text: texts.join('\n'),
  }
}

/** A record as evidence. */
export function citeRecord({ sequence, body }: TargetRecord): RecordEvidence {
  return { kind: 'record', sequence, text: describeRecord(body) }
}

import { fromLatin1, toLatin1 } from '../bytes/bytes.ts'
import { outsideList, parseImaAscii } from '../ima/parse-ascii.ts'
import { isEventLogText } from '../tcg/event-log-text.ts'
import { parsePcrText } from '../tcg/pcr-text.ts'
import { pcrCount } from '../tcg/pcrs.ts'
import type { MeasurementFile } from './measurements.ts'

/** What a text of measurements has in it, and the end of a sentence on what it has besides. */
export interface Pasted {
  parts: MeasurementFile[]
  note?: string
}

/**
 * Takes a file of measurements; returns it, and behind it the PCRs that were pasted into the same text as a list or as
 * what tpm2_eventlog prints. PCRs are not looked for in the entries of the list or log, since anyone can name a file, and
 * write a command line, like them.
 */
export function pasted(file: MeasurementFile): Pasted {
  const isLog = file.kind === 'event-log' && isEventLogText(file.bytes)
  if (file.kind !== 'ima-ascii' && !isLog) return { parts: [file] }
  const text = toLatin1(file.bytes)
  const rest = isLog ? (text.split(/^(?:> ?)*(?=pcrs:\s*$)/m).at(-1) ?? '') : outsideList(text, parseImaAscii(text))
  const { read, computed } = parsePcrText(rest)
  const both = [file, { file: file.file, kind: 'pcrs', bytes: fromLatin1(rest) } as const]
  if (pcrCount(read) > 0) return { parts: both, note: 'also holds PCRs, which are read too' }
  if (pcrCount(computed) > 0) return { parts: both, note: 'also holds PCRs that tpm2_eventlog computed' }
  return { parts: [file] }
}

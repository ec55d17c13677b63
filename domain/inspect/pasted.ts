import { fromLatin1, toLatin1 } from '../bytes/bytes.ts'
import { outsideList, parseImaAscii } from '../ima/parse-ascii.ts'
import { parsePcrText } from '../tcg/pcr-text.ts'
import { pcrCount } from '../tcg/pcrs.ts'
import type { MeasurementFile } from './measurements.ts'

/**
 * Takes a file of measurements; returns it, and behind it the PCRs that were pasted into the same text as a list. PCRs are
 * not looked for in the entries of the list, since anyone can name a file like them.
 */
export function pasted(file: MeasurementFile): MeasurementFile[] {
  if (file.kind !== 'ima-ascii') return [file]
  const text = toLatin1(file.bytes)
  const rest = outsideList(text, parseImaAscii(text))
  const { read, computed } = parsePcrText(rest)
  if (pcrCount(read) + pcrCount(computed) === 0) return [file]
  return [file, { file: file.file, kind: 'pcrs', bytes: fromLatin1(rest) }]
}

import { toLatin1 } from '../bytes/bytes.ts'
import { counted } from '../counted.ts'
import { isImaAscii } from '../ima/parse-ascii.ts'
import { isImaBinary } from '../ima/parse-binary.ts'
import { isEventLog } from '../tcg/event-log.ts'
import { isPcrText, parsePcrText } from '../tcg/pcr-text.ts'
import { pcrCount, pcrPath } from '../tcg/pcrs.ts'

export const inputKinds = ['log', 'ima-ascii', 'ima-binary', 'event-log', 'pcrs', 'pcr'] as const
/**
 * What a file is: `log`: dmesg, journal or consoles; `ima-ascii` and `ima-binary`: IMA's measurement list; `event-log`:
 * what firmware measured; `pcrs`: values with their banks and numbers; `pcr`: one value whose path names bank and number.
 */
export type InputKind = (typeof inputKinds)[number]

/** What a file is by its first bytes, or the end of the sentence "FILE ..." that says why nothing can be made of it. */
export type Recognised = { kind: InputKind; note?: string } | { not: string }

/** Files that nobody's log begins like, by their first bytes in latin1. */
const others: [string, RegExp][] = [
  ['is an ELF program or library', /^\x7fELF/],
  ['is a picture', /^(?:\x89PNG|\xff\xd8\xff|GIF8|BM[\s\S]{4}\0\0\0\0)/],
  ['is a PDF document', /^%PDF-/],
  ['is a zip archive: unpack it first', /^PK\x03\x04/],
  ['is a tar archive: unpack it first', /^[\s\S]{257}ustar/],
  ['is packed with bzip2: unpack it first', /^BZh[1-9]1AY&SY/],
  ['is packed with lz4: unpack it first', /^\x04\x22\x4d\x18/],
  ['is a device tree blob', /^\xd0\x0d\xfe\xed/],
  ['is an SQLite database', /^SQLite format 3\0/],
  ['is a kernel image for arm64', /^[\s\S]{56}ARM\x64/],
  ['is a binary journal: write it as text with journalctl --file first', /^LPKSHHRH/],
]

/** One PCR of sysfs, and copies of it that are named after it. */
const onePcr = /^(?:0x)?(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})\s*$/
const stamped = /^(?:<\d+>)?\[ *\d+\.\d{6}\]/m

/**
 * Takes a file's first bytes (64 KiB at least, or all of it) and its name; returns what it is. Text of which nothing else
 * is known is a log: whether a kernel or a firmware ever speaks in it shows when it is read.
 */
export function recognise(head: Uint8Array, name: string): Recognised {
  if (head.length === 0) return { not: 'is empty' }
  const text = toLatin1(head)
  const other = others.find(([, pattern]) => pattern.test(text))
  if (other) return { not: other[0] }
  if (isEventLog(head)) return { kind: 'event-log' }
  if (isImaBinary(head)) return { kind: 'ima-binary' }
  if (isImaAscii(text)) return { kind: 'ima-ascii' }
  if (onePcr.test(text)) {
    if (pcrPlace(name)) return { kind: 'pcr' }
    return {
      not: 'is one value, and its path does not say of which PCR: give it as .../pcr-sha256/10 or pcr-sha256-10',
    }
  }
  if (isLogcat(text))
    return {
      not: "is what logcat makes of a log, which takes the kernel's lines apart: give what adb shell dmesg prints",
    }
  if (/^selected-pcrs:\s*$/m.test(text.slice(0, 1_000)))
    return { not: 'is what tpm2_getcap prints, which names PCRs and has no values: give what tpm2_pcrread prints' }
  const { read, computed } = parsePcrText(text)
  const values = pcrCount(read)
  if (values + pcrCount(computed) === 0) return { kind: 'log' }
  if (!stamped.test(text) && isPcrText(text)) return { kind: 'pcrs' }
  if (values === 0) return { kind: 'log' }
  return {
    kind: 'log',
    note: `also holds ${counted(values, 'PCR value')}, which a log is not searched for: give what they stand in as a file of its own`,
  }
}

/** The bank and number that the path of one PCR names: sysfs's own, or a copy's like `pcr-sha256-10`. */
export function pcrPlace(name: string): { bank: string; pcr: number } | undefined {
  return (
    pcrPath(name) ??
    pcrPath(name.replace(/pcr[-_](sha\d+|sha3[-_]\d+|sm3(?:[-_]256)?)[-_.](\d{1,2})(?:\.\w+)?$/, 'pcr-$1/$2'))
  )
}

/** `logcat -v threadtime`: date, time, pid, tid, level, tag padded to eight. */
function isLogcat(text: string): boolean {
  const lines = text.split('\n', 20).filter((line) => line.trim() !== '' && !line.startsWith('--------- '))
  return lines.length > 0 && lines.every((line) => /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} +\d+ +\d+ [VDIWEF] /.test(line))
}

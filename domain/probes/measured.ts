import { fromHex, fromLatin1 } from '../bytes/bytes.ts'
import { counted } from '../counted.ts'
import { bankNamed } from '../digest/bank.ts'
import type { FileEvidence } from '../evidence/evidence.ts'
import { bootAggregatesOf } from '../ima/boot-aggregate.ts'
import { describeMeasurement, type Measurement, type MeasurementList } from '../ima/measurement.ts'
import { parseImaAscii } from '../ima/parse-ascii.ts'
import { parseImaBinary } from '../ima/parse-binary.ts'
import { describeEvent } from '../tcg/event-data.ts'
import { parseEventLog, type EventLog, type TcgEvent } from '../tcg/event-log.ts'
import { pcrPath, setPcr, type Pcrs } from '../tcg/pcrs.ts'
import type { FactRequest } from '../records/fact-request.ts'
import type { RecordOf, Seen } from './seen.ts'

/** Where Linux shows the log of the firmware (drivers/char/tpm/eventlog/common.c). */
export const eventLogPath = '/sys/kernel/security/tpm0/binary_bios_measurements'

/** A measurement list that was read, and from where. */
export interface ReadList {
  path: string
  record: RecordOf<'file'>
  list: MeasurementList
  /** The file was longer than what was sent. */
  cut: boolean
}

/** What an attempt showed of measurements, parsed. */
export interface Measured {
  /** The list without a bank's name first, ASCII before binary. */
  lists: ReadList[]
  log?: { path: string; record: RecordOf<'file'>; log: EventLog; cut: boolean }
  pcrs: Pcrs
  /** The records of PCRs, by `<bank>/<number>`. */
  pcrRecords: Map<string, RecordOf<'file'>>
}

const listPath = /\/ima\/(ascii|binary)_runtime_measurements(?:_([a-z0-9_-]+))?$/

const parsed = new WeakMap<Seen, Measured>()

/** The PCRs that a boot_aggregate, the firmware's log and IMA need, in every bank, for a probe's `wants`. */
export const pcrWants: readonly FactRequest[] = Array.from({ length: 11 }, (_, pcr) => ({
  kind: 'file',
  path: `/sys/class/tpm/tpm0/pcr-*/${pcr}`,
}))

/** Reads the records of measurements: lists, the firmware's log, PCRs. Once for each `seen`. */
export function measuredOf(seen: Seen): Measured {
  const known = parsed.get(seen)
  if (known) return known
  const measured: Measured = { lists: [], pcrs: new Map(), pcrRecords: new Map() }
  for (const record of seen.records('file')) {
    const { path, rc, text } = record.body
    if (rc !== 0) continue
    const pcr = pcrPath(path)
    const value = pcr && fromHex(text.trim())
    if (pcr && value) {
      setPcr(measured.pcrs, pcr.bank, pcr.pcr, value)
      measured.pcrRecords.set(`${pcr.bank}/${pcr.pcr}`, record)
    } else if (path.endsWith('/binary_bios_measurements')) {
      measured.log = { path, record, log: parseEventLog(fromLatin1(text)), cut: isCut(seen, path) }
    } else {
      const list = readList(record)
      if (list) measured.lists.push({ path, record, list, cut: isCut(seen, path) })
    }
  }
  measured.lists.sort((a, b) => rank(a) - rank(b))
  parsed.set(seen, measured)
  return measured
}

/** The list to judge by, and the entry that this kernel's IMA wrote when it started, where both were read. */
export function mainList(seen: Seen): { read: ReadList; aggregate?: Measurement } | undefined {
  const read = measuredOf(seen).lists.find(({ list }) => list.entries.length > 0)
  const aggregate = read && bootAggregatesOf(read.list).at(-1)
  return read && (aggregate ? { read, aggregate } : { read })
}

/** An entry of a list as evidence. */
export function citeEntry({ path }: ReadList, entry: Measurement): FileEvidence {
  return {
    kind: 'file',
    file: path,
    unit: 'entry',
    from: entry.entry,
    to: entry.entry,
    text: describeMeasurement(entry),
  }
}

/** A whole list as evidence. */
export function citeList({ path, list }: ReadList): FileEvidence {
  const count = list.entries.length
  const violations = list.entries.filter(({ templateDigest }) => templateDigest.every((byte) => byte === 0)).length
  const text = `${counted(count, 'entry', 'entries')}${violations > 0 ? `, ${counted(violations, 'violation')} among them` : ''}`
  return { kind: 'file', file: path, unit: 'entry', from: 1, to: Math.max(1, count), text }
}

/** An event of the firmware's log as evidence. */
export function citeEvent(path: string, event: TcgEvent): FileEvidence {
  return { kind: 'file', file: path, unit: 'byte', from: event.offset, to: event.end - 1, text: describeEvent(event) }
}

function readList(record: RecordOf<'file'>): MeasurementList | undefined {
  const match = listPath.exec(record.body.path)
  if (!match) return undefined
  if (match[1] === 'ascii') return parseImaAscii(record.body.text)
  const digestSize = bankNamed(match[2] ?? '')?.size
  return parseImaBinary(fromLatin1(record.body.text), digestSize === undefined ? {} : { digestSize })
}

function rank({ path }: ReadList): number {
  const match = listPath.exec(path)
  return (match?.[2] === undefined ? 0 : 2) + (match?.[1] === 'ascii' ? 0 : 1)
}

function isCut(seen: Seen, path: string): boolean {
  return seen.records('could-not').some(({ body }) => body.what === path)
}

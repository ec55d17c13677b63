import { ByteReader } from '../bytes/byte-reader.ts'
import { toLatin1 } from '../bytes/bytes.ts'
import { bankName, bankOf } from '../digest/bank.ts'
import { isEventLogText, parseEventLogText } from './event-log-text.ts'
import { eventTypeName, noAction } from './event-types.ts'
import { parseSpecId, type SpecId } from './spec-id.ts'

/** One event of a TCG log. */
export interface TcgEvent {
  /** From 1, the header of a crypto-agile log included. */
  index: number
  /** Of its first byte and of the first byte behind it. */
  offset: number
  end: number
  pcr: number
  type: number
  typeName: string
  /** As logged, in the log's order; `bank` as in `Bank.name`. */
  digests: { bank: string; digest: Uint8Array }[]
  data: Uint8Array
  /** Set where the log was read from a text that leaves the data out. */
  isDataLost?: true
}

/** What firmware and the EFI stub measured, in the order in which they did. */
export interface EventLog {
  /** `tpm-1.2`: one SHA-1 digest an event; `crypto-agile`: as many as the header names. */
  format: 'tpm-1.2' | 'crypto-agile'
  header?: SpecId
  banks: string[]
  events: TcgEvent[]
  /** From the event "StartupLocality": the locality that sent TPM2_Startup, which PCR 0 starts with. */
  startupLocality?: number
  /** Why reading stopped before the end, and at which byte; the events before it stand. */
  problem?: { offset: number; why: string }
}

/** PCRs of a PC Client TPM. */
const pcrCount = 24

/** Whether an event is for a PCR that there is. What extends none may name any number, and firmware lets it (EDK2 2025.02, Tcg2Dxe.c Tcg2HashLogExtendEvent()). */
function isPossible({ pcr, type }: TcgEvent): boolean {
  return pcr < pcrCount || type === noAction
}

/**
 * Parses what `/sys/kernel/security/tpm0/binary_bios_measurements` shows: TCG_PCR_EVENT records, or one of them followed
 * by TCG_PCR_EVENT2 records, or what tpm2_eventlog prints of it (PC Client Platform Firmware Profile 1.06, 10.2; drivers/char/tpm/eventlog/tpm2.c). The
 * events of the EFI final events table stand behind the others, as Linux puts them there (eventlog/efi.c). Never throws,
 * whatever the bytes are; of a cut log the whole events are kept.
 */
export function parseEventLog(bytes: Uint8Array): EventLog {
  if (isEventLogText(bytes)) return withLocality(parseEventLogText(bytes))
  const reader = new ByteReader(bytes)
  const first = readOldEvent(reader, 1)
  const header = first?.pcr === 0 && first.type === noAction ? parseSpecId(first.data) : undefined
  const log: EventLog = header
    ? { format: 'crypto-agile', header, banks: header.algorithms.map(({ bank }) => bank), events: [] }
    : { format: 'tpm-1.2', banks: ['sha1'], events: [] }
  if (header && first) log.events.push({ ...first, digests: [] })
  else reader.offset = 0
  reader.over = false
  const end = endOfEvents(bytes)
  while (reader.offset < end) {
    const { offset } = reader
    const index = log.events.length + 1
    const event = header ? readEvent(reader, index, header) : readOldEvent(reader, index)
    if (typeof event === 'string' || event === undefined || !isPossible(event)) {
      const why = typeof event === 'string' ? event : event ? `it names PCR ${event.pcr}` : 'it is cut off'
      log.problem = { offset, why: `event ${index} cannot be read: ${why}` }
      break
    }
    log.events.push(event)
    const locality = startupLocality(event)
    if (locality !== undefined) log.startupLocality ??= locality
  }
  return log
}

/** Whether bytes begin like a TCG event log: tells kinds of files apart. */
export function isEventLog(bytes: Uint8Array): boolean {
  if (isEventLogText(bytes)) return true
  const { format, events } = parseEventLog(bytes.subarray(0, 65_536))
  if (format === 'crypto-agile') return true
  const first = events[0]
  return (
    first !== undefined &&
    first.pcr < pcrCount &&
    !first.typeName.startsWith('0x') &&
    (events.length > 1 || first.end === bytes.length)
  )
}

/** TCG_PCR_EVENT. */
function readOldEvent(reader: ByteReader, index: number): TcgEvent | undefined {
  const { offset } = reader
  const [pcr, type] = [reader.u32(), reader.u32()]
  const digest = reader.take(20)
  const data = reader.take(reader.u32())
  if (reader.over) return undefined
  const digests = [{ bank: 'sha1', digest }]
  return { index, offset, end: reader.offset, pcr, type, typeName: eventTypeName(type), digests, data }
}

/** TCG_PCR_EVENT2; a sentence's end where it cannot be one. */
function readEvent(reader: ByteReader, index: number, header: SpecId): TcgEvent | string {
  const { offset } = reader
  const [pcr, type, count] = [reader.u32(), reader.u32(), reader.u32()]
  if (reader.over) return 'it is cut off'
  if (count > header.algorithms.length)
    return `it claims ${count} digests where the header has ${header.algorithms.length}`
  const digests: TcgEvent['digests'] = []
  for (let n = 0; n < count; n++) {
    const id = reader.u16()
    if (reader.over) return 'it is cut off'
    const size = header.algorithms.find((algorithm) => algorithm.id === id)?.size ?? bankOf(id)?.size
    if (size === undefined) return `its digest of algorithm 0x${id.toString(16)} is not in the header`
    digests.push({ bank: bankName(id), digest: reader.take(size) })
  }
  const data = reader.take(reader.u32())
  if (reader.over) return 'it is cut off'
  return { index, offset, end: reader.offset, pcr, type, typeName: eventTypeName(type), digests, data }
}

/** Of TCG_PCR_EVENT without data; fewer bytes behind the last event are not taken for the memory that was left. */
const shortestEvent = 32

/** A log may end before the memory that was given to it (ACPI LAML); the rest is what firmware filled it with. */
function endOfEvents(bytes: Uint8Array): number {
  const fill = bytes.at(-1)
  if (fill !== 0 && fill !== 0xff) return bytes.length
  const end = bytes.findLastIndex((byte) => byte !== fill) + 1
  return bytes.length - end < shortestEvent ? bytes.length : end
}

function withLocality(log: EventLog): EventLog {
  const locality = log.startupLocality ?? log.events.map(startupLocality).find((each) => each !== undefined)
  return locality === undefined ? log : { ...log, startupLocality: locality }
}

/** TCG_EfiStartupLocalityEvent: 16 bytes of signature and the locality (PC Client Platform Firmware Profile 1.06, 10.4.5.3). */
function startupLocality({ type, data }: TcgEvent): number | undefined {
  if (type !== noAction || data.length < 17 || toLatin1(data.subarray(0, 16)) !== 'StartupLocality\0') return undefined
  return data[16]
}

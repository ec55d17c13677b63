import { fromHex, toLatin1 } from '../bytes/bytes.ts'
import { isShellPrompt } from '../console/shell-prompt.ts'
import { unquoted } from '../console/unquoted.ts'
import { eventTypeNumber } from './event-types.ts'
import type { EventLog, TcgEvent } from './event-log.ts'
import { bankAlias } from './pcrs.ts'

const firstLine = /^(?:---|version: \d+|events:|- EventNum: \d+|(?:- | {2})PCRIndex: \d+)\s*$/

/** Whether a text begins like what tpm2_eventlog prints of a log, behind the command that asked for it or quoted in a mail. */
export function isEventLogText(head: Uint8Array): boolean {
  const text = toLatin1(head.subarray(0, 16_384))
  if (!text.includes('PCRIndex: ') || !text.includes('EventType: ')) return false
  const first = unquoted(text.split(/\r?\n/)).find((line) => line.trim() !== '' && !isShellPrompt(line))
  return first !== undefined && firstLine.test(first)
}

/** What is known of an event while its lines come. */
interface Partial extends Pick<TcgEvent, 'index' | 'offset' | 'end' | 'pcr' | 'digests'> {
  typeName?: string
  /** How many digests it says that it has. */
  count?: number
  size?: number
  data?: Uint8Array
  algorithm?: string
}

/**
 * Reads a log in the words of tpm2_eventlog (tpm2-tools lib/tpm2_eventlog_yaml.c, 4.3 to 5.7): PCR, type and digests of
 * each event, and its data where it is printed as hex and whole. It is meant to be YAML and is not always, as data may end
 * a quotation, so it is read by lines; offsets are those of the text. What the tool computes behind `pcrs:` is left out:
 * versions before 5.7 start PCR 0 wrongly after an H-CRTM, and all of them know nothing that the log does not say.
 */
export function parseEventLogText(bytes: Uint8Array): EventLog {
  const raw = toLatin1(bytes).split('\n')
  const lines = unquoted(raw)
  const log: EventLog = { format: 'tpm-1.2', banks: [], events: [] }
  let event: Partial | undefined
  let offset = 0
  let isWhole = false
  for (const [n, line] of lines.entries()) {
    const end = offset + (raw[n]?.length ?? 0) + 1
    if (/^pcrs:\s*$/.test(line)) {
      isWhole = true
      break
    }
    const index = /^- EventNum: \d+\s*$/.test(line)
    const pcr = /^(?:- | {2})PCRIndex: (\d+)\s*$/.exec(line)?.[1]
    if (index || (pcr !== undefined && event?.typeName !== undefined)) {
      if (event) addEvent(log, event)
      if (log.problem) return log
      event = { index: log.events.length + 1, offset, end, pcr: Number(pcr ?? 0), digests: [] }
    } else if (pcr !== undefined) {
      event ??= { index: 1, offset, end, pcr: 0, digests: [] }
      event.pcr = Number(pcr)
    } else readSpecial(log, line)
    if (event) readLine(event, line.trim())
    if (event && line.trim() !== '') event.end = Math.min(end, bytes.length)
    offset = end
  }
  if (event) addEvent(log, event)
  if (!isWhole)
    log.problem ??= { offset: bytes.length, why: 'what tpm2_eventlog prints goes on to "pcrs:", which is missing' }
  if (log.banks.length === 0)
    log.banks = [...new Set(log.events.flatMap(({ digests }) => digests.map(({ bank }) => bank)))]
  return log
}

/** The header's algorithms, and the locality that PCR 0 starts with. */
function readSpecial(log: EventLog, line: string): void {
  const bank = /^\s*algorithmId: (\S+)\s*$/.exec(line)?.[1]
  if (bank !== undefined) log.banks.push(bankAlias(bank))
  if (/^\s*(?:- )?Signature: Spec ID Event03/.test(line)) log.format = 'crypto-agile'
  const locality = /^\s*StartupLocality: (\d)\s*$/.exec(line)?.[1]
  if (locality !== undefined) log.startupLocality ??= Number(locality)
}

function readLine(event: Partial, line: string): void {
  const match = /^(?:- )?(EventType|DigestCount|AlgorithmId|Digest|EventSize|Event): "?([^"]*)"?$/.exec(line)
  const [, key, value = ''] = match ?? []
  if (key === 'EventType') event.typeName ??= value
  else if (key === 'DigestCount') event.count ??= Number(value)
  else if (key === 'AlgorithmId') event.algorithm = bankAlias(value)
  else if (key === 'EventSize') event.size ??= Number(value)
  else if (key === 'Digest' && event.size === undefined) {
    const digest = fromHex(value)
    if (digest) event.digests.push({ bank: event.algorithm ?? 'sha1', digest })
  } else if (key === 'Event') {
    const data = fromHex(value)
    if (data && data.length === event.size) event.data ??= data
  }
}

function addEvent(log: EventLog, { index, offset, end, pcr, typeName, digests, count, size, data }: Partial): void {
  if (typeName === undefined || size === undefined || digests.length < (count ?? 1)) {
    log.problem = { offset, why: `event ${index} cannot be read: it is cut off` }
    return
  }
  const isHeader = index === 1 && log.format === 'crypto-agile'
  const known = data ?? (size === 0 ? new Uint8Array() : undefined)
  const event: TcgEvent = {
    index,
    offset,
    end,
    pcr,
    type: eventTypeNumber(typeName),
    typeName,
    digests: isHeader ? [] : digests,
    data: known ?? new Uint8Array(),
    ...(known === undefined && { isDataLost: true }),
  }
  log.events.push(event)
}

import { toHex, toLatin1 } from '../bytes/bytes.ts'
import { counted } from '../counted.ts'
import { bankNamed } from '../digest/bank.ts'
import type { MeasurementList } from '../ima/measurement.ts'
import { parseImaAscii } from '../ima/parse-ascii.ts'
import { parseImaBinary } from '../ima/parse-binary.ts'
import { checkableEntries, firstWrongEntry, isUnreadable, listedPcrs, replayList } from '../ima/replay.ts'
import { describeMeasurement } from '../ima/measurement.ts'
import { listBank } from '../ima/template-digest.ts'
import { checkEventLog, firstMisfit, type PcrCheck } from '../tcg/check-log.ts'
import { parseEventLog, type EventLog } from '../tcg/event-log.ts'
import { parsePcrText } from '../tcg/pcr-text.ts'
import { pcrCount, setPcr, type Pcrs } from '../tcg/pcrs.ts'
import { replayEventLog } from '../tcg/replay.ts'
import { pcrPlace, type InputKind } from './recognise.ts'
import type { InspectReport } from './report-schema.ts'

/** A file of measurements, whole. */
export interface MeasurementFile {
  file: string
  kind: Exclude<InputKind, 'log'>
  bytes: Uint8Array
}

type Shown = InspectReport['measurements'][number]
type Replayed = Shown['replayed'][number]
type Matched = Shown['matched']

/** The PCRs that the files give, those of several files together; a value that comes twice counts as the last one. */
export function pcrsOf(files: readonly MeasurementFile[]): Pcrs {
  const pcrs: Pcrs = new Map()
  for (const each of files)
    for (const [bank, values] of readPcrs(each)) for (const [pcr, value] of values) setPcr(pcrs, bank, pcr, value)
  return pcrs
}

/** Takes the files of one machine; returns for each what was read in it, and how it fits the PCRs that the others give. */
export function judgeMeasurements(files: readonly MeasurementFile[]): Shown[] {
  const pcrs = pcrsOf(files)
  return files.map((each) => {
    switch (each.kind) {
      case 'pcrs':
      case 'pcr':
        return shownPcrs(each)
      case 'event-log':
        return shownEventLog(each.file, parseEventLog(each.bytes), pcrs)
      case 'ima-ascii':
        return shownList(each.file, parseImaAscii(toLatin1(each.bytes)), pcrs)
      case 'ima-binary':
        return shownList(each.file, parseImaBinary(each.bytes), pcrs)
    }
  })
}

function readPcrs({ file, kind, bytes }: MeasurementFile): Pcrs {
  const text = toLatin1(bytes)
  if (kind === 'pcrs') return parsePcrText(text).read
  const place = kind === 'pcr' ? pcrPlace(file) : undefined
  return place ? parsePcrText(`pcr-${place.bank}/${place.pcr}: ${text.trim()}\n`).read : new Map()
}

function shownPcrs(each: MeasurementFile): Shown {
  const pcrs = readPcrs(each)
  const { computed } = parsePcrText(each.kind === 'pcrs' ? toLatin1(each.bytes) : '')
  const banksOf = (found: Pcrs): string => [...found.keys()].join(', ') || 'no bank'
  const sentences = [
    ...(pcrs.size > 0 || computed.size === 0 ? [`${counted(pcrCount(pcrs), 'PCR value')} of ${banksOf(pcrs)}.`] : []),
    ...(computed.size > 0
      ? [
          `${counted(pcrCount(computed), 'value')} of ${banksOf(computed)} that tpm2_eventlog computed from an event log: no TPM was read for ${pcrCount(computed) === 1 ? 'it' : 'them'}, so nothing is held against ${pcrCount(computed) === 1 ? 'it' : 'them'}.`,
        ]
      : []),
  ]
  return {
    file: each.file,
    kind: each.kind,
    parsed: {
      entries: pcrCount(pcrs),
      format: each.kind === 'pcr' ? 'sysfs' : pcrs.size === 0 && computed.size > 0 ? 'computed' : 'text',
      banks: [...pcrs.keys()],
    },
    replayed: [],
    matched: 'unknown',
    sentence: sentences.join(' '),
  }
}

function shownEventLog(file: string, log: EventLog, pcrs: Pcrs): Shown {
  const checks = checkEventLog(log, pcrs)
  const replayed = replayEventLog(log).map(({ bank, pcr, steps, value }): Replayed => {
    const check = checks.find((each) => each.bank === bank && each.pcr === pcr)
    return {
      bank,
      pcr,
      entries: steps.length,
      value: toHex(value),
      ...(check && { read: toHex(check.read) }),
      matched: !check || (check.differs && log.problem) ? 'unknown' : matchOf(check),
    }
  })
  const matched = overall(replayed.map((each) => each.matched))
  const misfit = firstMisfit(checks)
  const event = misfit?.differs?.event
  const where =
    event && !log.problem
      ? `; the first event that does not fit is ${event.index} (${event.typeName}, PCR ${event.pcr})`
      : ''
  return {
    file,
    kind: 'event-log',
    parsed: {
      entries: log.events.length,
      format: log.format,
      banks: log.banks,
      ...(log.problem && { problem: log.problem.why }),
    },
    replayed,
    matched,
    sentence: `${counted(log.events.length, 'event')}, ${log.format}; ${fitSentence(replayed, matched)}${where}${log.problem ? `; ${log.problem.why}` : ''}.`,
  }
}

/** PCRs that the OS goes on to extend have the log's value or more. */
function matchOf({ differs }: PcrCheck): Matched {
  if (!differs) return 'yes'
  return differs.how === 'logged-only' ? 'part' : 'no'
}

function shownList(file: string, list: MeasurementList, pcrs: Pcrs): Shown {
  const replayed = listedPcrs(list).flatMap((pcr) => replaysOf(list, pcr, pcrs))
  const matched = overall(replayed.map((each) => each.matched))
  const not = notReplayed(list, replayed, pcrs)
  const wrong = firstWrongEntry(list)
  const checkable = checkableEntries(list)
  const digests = wrong
    ? isUnreadable(wrong)
      ? `${describeMeasurement(wrong)} does not have the fields of its template ${wrong.template}`
      : `the template digest of ${describeMeasurement(wrong)} does not follow from its fields`
    : `the template digests of ${checkable} follow from their fields`
  const templates = [...new Set(list.entries.map(({ template }) => template))]
  return {
    file,
    kind: list.kind === 'ascii' ? 'ima-ascii' : 'ima-binary',
    parsed: {
      entries: list.entries.length,
      format: templates.join(' '),
      banks: [listBank(list)].filter((bank) => bank !== undefined),
      ...(list.problem && { problem: list.problem.why }),
    },
    replayed,
    matched,
    sentence: `${counted(list.entries.length, 'entry', 'entries')}; ${digests}; ${fitSentence(replayed, matched, not)}${list.problem ? `; ${list.problem.why}` : ''}.`,
  }
}

/** The list against each bank of a PCR that was read; without any, what the list alone makes of it in the bank of its digests. */
function replaysOf(list: MeasurementList, pcr: number, pcrs: Pcrs): Replayed[] {
  const read = [...pcrs].flatMap(([bank, values]) => {
    const value = values.get(pcr)
    return value ? [{ bank, value }] : []
  })
  const own = listBank(list)
  const wanted = read.length > 0 || own === undefined ? read : [{ bank: own, value: undefined }]
  return wanted.flatMap(({ bank, value }) => {
    const replay = replayList(list, bank, pcr, value ?? new Uint8Array(bankNamed(bank)?.size ?? 0))
    if (!replay) return []
    const { fits, of } = replay
    const other: Matched = list.problem ? 'unknown' : 'no'
    const matched: Matched = value === undefined ? 'unknown' : fits === undefined ? other : fits === of ? 'yes' : 'part'
    return [{ bank, pcr, entries: of, value: toHex(replay.value), ...(value && { read: toHex(value) }), matched }]
  })
}

/** What was read of the PCRs that the list is for and cannot be computed from it, e.g. as nobody knows a template's fields. */
function notReplayed(list: MeasurementList, replayed: readonly Replayed[], pcrs: Pcrs): string[] {
  return listedPcrs(list).flatMap((pcr) =>
    [...pcrs]
      .filter(([, values]) => values.has(pcr))
      .map(([bank]) => bank)
      .filter((bank) => !replayed.some((each) => each.bank === bank && each.pcr === pcr))
      .map((bank) => `${bank}:${pcr}`),
  )
}

function overall(each: readonly Matched[]): Matched {
  const judged = each.filter((one) => one !== 'unknown')
  if (judged.length === 0) return 'unknown'
  if (judged.includes('no')) return 'no'
  return judged.includes('part') ? 'part' : 'yes'
}

function fitSentence(replayed: readonly Replayed[], matched: Matched, not: readonly string[] = []): string {
  const rest = not.length > 0 ? `; ${not.join(' ')} cannot be computed from it` : ''
  const names = (wanted: Matched): string =>
    replayed
      .filter((each) => each.matched === wanted)
      .map(({ bank, pcr }) => `${bank}:${pcr}`)
      .join(' ')
  if (matched === 'unknown' && replayed.some(({ read }) => read !== undefined))
    return `what was read of it gives other PCRs${rest}`
  if (matched === 'unknown') return rest === '' ? 'none of its PCRs was given to hold it against' : rest.slice(2)
  if (matched === 'yes') return `it gives the PCRs that were read (${names('yes')})${rest}`
  const parts = [
    names('no') && `it does not give the PCRs that were read (${names('no')})`,
    names('part') && `its beginning gives the PCRs that were read (${names('part')}), the rest is not in them`,
  ]
  return `${parts.filter((part) => part !== '').join('; ')}${rest}`
}

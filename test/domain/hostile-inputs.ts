/** Readers of what others wrote, and what may be written to hurt them: for hostile-input.test.ts, and for bench/hostile.ts. */
import { toHex } from '../../domain/bytes/bytes.ts'
import { cleanText } from '../../domain/console/clean.ts'
import { kernelMessage } from '../../domain/console/kernel-message.ts'
import { culpritOf } from '../../domain/faults/culprit.ts'
import { stableFile, stableSymbol, stableText } from '../../domain/faults/stable-text.ts'
import { inputKinds, recognise } from '../../domain/inspect/recognise.ts'
import { judgeMeasurements, type MeasurementFile } from '../../domain/inspect/measurements.ts'
import { learnPrefix } from '../../domain/inspect/learn-prefix.ts'
import { PrefixReader } from '../../domain/inspect/prefix.ts'
import { readLabLog } from '../../domain/lab-log/read-lab-log.ts'
import { RecordReceiver } from '../../domain/records/receiver.ts'
import { decodeFrame } from '../../domain/records/frame.ts'
import { frameCandidates } from '../../domain/records/frame-lines.ts'
import { parsePayload } from '../../domain/records/record-schema.ts'
import { readSmcTrace } from '../../domain/smc/read-trace.ts'
import { parseSystemMap } from '../../domain/smc/system-map.ts'
import { parsePcrs } from '../../domain/tcg/pcr-text.ts'
import { parseSpecId } from '../../domain/tcg/spec-id.ts'
import { measuredVariable } from '../../domain/tcg/event-data.ts'
import { parseTimes } from '../../domain/timeline/console-clock.ts'
import { allocatedBanks, parseTpmTable, tpmAnswer } from '../../domain/tpm/answer.ts'
import { asciiList, binaryList, everyTemplate, file } from './ima/lists.ts'
import { inspectLog } from './inspect/read.ts'
import { agileLog, oldLog, someEvents } from './tcg/logs.ts'

/** What a file may hold that was not made for us, or was made against us: each is repeated until it is long enough. */
export const seeds: [string, Uint8Array][] = [
  ...[
    '\0',
    '\xff',
    '\x01',
    ' ',
    '\n',
    '\r\n',
    '0',
    'a',
    '[',
    '> ',
    '0 : ',
    '\x1b[',
    '\x1b]',
    ':\0',
    'HYP1 ',
    '/',
    '/a',
    ' a/',
    '+0x0/',
    'a.isra',
    '- {',
    '\\"',
  ].map((text): [string, Uint8Array] => [JSON.stringify(text), Buffer.from(text, 'latin1')]),
  ['stamps', Buffer.from('[    0.000000] x\n')],
  ['prefixes', Buffer.from('17 R SERIAL> [    0.100000] x\n')],
  ['half a stamp', Buffer.from('<5>[    0.0000')],
  ['dates', Buffer.from('2026-01-01T00:00:00 Jan  1 00:00:00 host kernel: ')],
  ['symbols', Buffer.from('ffff800080000000 T x\n')],
  ['call trace', Buffer.from('Call trace:\n a+0x1/0x2\n')],
  ['facts of the lab', Buffer.from('{"about":"power","at":1,"by":"x","words":"","told":"on","says":"on"}\n')],
  ['PCRs', Buffer.from(`sha256:\n 0 : 0x${'ab'.repeat(32)}\n`)],
  ['an event log', agileLog(someEvents)],
  ['an old event log', oldLog(someEvents)],
  ['a list', binaryList(everyTemplate())],
  ['a list as text', Buffer.from(asciiList(everyTemplate()), 'latin1')],
  // Each line may be the beginning of an entry whose name has line feeds.
  ['a list that is wrong', Buffer.from(asciiList([file('/a')]).replace(/ [0-9a-f]{40} /, ` ${'1'.repeat(40)} `))],
]

const measured = (kind: MeasurementFile['kind']) => (bytes: Uint8Array) =>
  judgeMeasurements([
    { file: 'pcr-sha256-10', kind, bytes },
    {
      file: 'pcrs',
      kind: 'pcrs',
      bytes: Buffer.from(`sha256:\n 10: 0x${'ab'.repeat(32)}\n 4: 0x${'ab'.repeat(32)}\n`),
    },
  ])

/** What reads a whole file. */
export const ofBytes: [string, (bytes: Uint8Array) => unknown][] = [
  ['recognise', (bytes) => recognise(bytes.subarray(0, 65_536), 'x')],
  ...inputKinds.flatMap((kind): [string, (bytes: Uint8Array) => unknown][] =>
    kind === 'log' ? [] : [[`a file given as ${kind}`, measured(kind)]],
  ),
  ['inspect', (bytes) => inspectLog(bytes)],
  ['SMC trace', readSmcTrace],
  ['records', (bytes) => new RecordReceiver().feed(bytes)],
  ['the header of an event log', parseSpecId],
  ['a measured variable', measuredVariable],
  ['the ACPI table of a TPM', parseTpmTable],
  ['the banks of a TPM', allocatedBanks],
  ["a TPM's answer", (bytes) => tpmAnswer(toHex(bytes))],
]

/** What reads a whole file as text. */
export const ofText: [string, (text: string) => unknown][] = [
  ['PCRs', parsePcrs],
  ['System.map', parseSystemMap],
  ['arrival times', parseTimes],
  ['a lab log', readLabLog],
  ['a payload', parsePayload],
  ['frames', (text) => [...frameCandidates(text)].map(decodeFrame)],
]

/** What reads one line; none that is read is longer than `longestLine`. */
export const ofLine: [string, (text: string) => unknown][] = [
  ['a line of a console', cleanText],
  ["a kernel's line", kernelMessage],
  ['a prefix', (text) => new PrefixReader([text, text, text]).strip(text)],
  ['a prefix to be learned', (text) => learnPrefix([text, text, text])],
  ['a stable text', stableText],
  ['a stable symbol', stableSymbol],
  ['a file of a report', stableFile],
  ['a call trace', (text) => culpritOf(['Call trace:', text])],
]

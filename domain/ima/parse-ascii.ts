import { concat, fromHex, fromLatin1 } from '../bytes/bytes.ts'
import { unquoted } from '../console/unquoted.ts'
import { aroundList } from './around-list.ts'
import { isViolation, measuredDigest, type Field, type Measurement, type MeasurementList } from './measurement.ts'
import { digestFit } from './template-digest.ts'
import { fieldFormat, templateFields } from './template.ts'

/** `%2d <digest> <template>[ <field>]...` (security/integrity/ima/ima_fs.c ima_ascii_measurements_show()). */
const start = /^ ?(\d{1,2}) ([0-9a-f]{40,128}) ([a-z0-9|-]+)(?: (.*))?$/s

/** What is left of an entry when the file was cut off in it before its fields. */
const startCut = /^ ?\d{1,2}(?: [0-9a-f]{0,128}(?: [a-z0-9|-]*)?)?$/

/** A name with line feeds, or an entry that a mail or a terminal wrapped, is joined again over at most so many lines. */
const longestJoin = 16

/** So many lines as one, with what stood between them: the line feed of a name, the blank at which a mail wraps, or nothing where a terminal does. */
interface Join {
  count: number
  glue: string
}
const everyJoin: readonly Join[] = Array.from({ length: longestJoin - 1 }, (_, n) => n + 2).flatMap((count) =>
  ['\n', ' ', ''].map((glue) => ({ count, glue })),
)

/** So many joins are tried in vain in one list: each costs digests, and a list in which nothing fits would have them tried everywhere. */
const mostJoins = 4000

/** Digest sizes of the algorithms that IMA measures with, bytes. */
const digestSizes = [16, 20, 32, 48, 64]

/**
 * Parses `ascii_runtime_measurements` or its variant for a bank. Takes the text with one character for each byte (as in
 * records and latin1), so that names keep their bytes; line ends may be CR LF. A file name may hold line feeds, and then
 * looks like several lines, even like entries: lines are joined when only that makes the template digest right, and so
 * are lines that were wrapped. It may be quoted in a mail. What people paste before and behind the entries is passed
 * over: see `around-list.ts`. Never throws; a line that is no entry ends the list with a problem, and so does the last
 * one where it has neither a line feed, which the kernel always writes, nor its digest.
 */
export function parseImaAscii(text: string): MeasurementList {
  const lines = splitLines(text)
  const list: MeasurementList = { kind: 'ascii', digestSize: 20, littleEndian: true, entries: [] }
  const isCut = (at: number): boolean => at + 1 === lines.length && !text.endsWith('\n')
  const cutOff = (at: number) => ({ at: at + 1, why: `line ${at + 1} is cut off` })
  let joins = mostJoins
  /** The join that made the last entry whole: others were likely wrapped as it was. */
  let wrapped: Join[] = []
  for (let at = firstEntry(lines); at < lines.length;) {
    const plain = entryOf(lines, at, 1)
    if (!plain) {
      if (lines[at]?.trim() === '') {
        at++
        continue
      }
      const problem = isCut(at) && startCut.test(lines[at] ?? '') ? cutOff(at) : whyEnded(lines, at)
      if (problem) list.problem = problem
      break
    }
    let found = isViolation(plain.measurement) ? (wholeViolation(lines, at) ?? plain) : fitting(lines, at, 1)
    for (const join of found ? [] : [...wrapped, ...everyJoin]) {
      if (joins <= 0 || at + join.count > lines.length) continue
      found = fitting(lines, at, join.count, join.glue)
      if (found) wrapped = [join]
      else joins--
      if (found) break
    }
    if (!found && isCut(at) && (startCut.test(lines[at] ?? '') || templateFields(plain.measurement.template))) {
      list.problem = cutOff(at)
      break
    }
    found ??= plain
    if (list.entries.length === 0) list.digestSize = found.measurement.templateDigest.length
    if (found.bigEndian) list.littleEndian = false
    list.entries.push({ ...found.measurement, entry: list.entries.length + 1 })
    at = found.measurement.to
  }
  return list
}

/** Whether a text begins like an ASCII measurement list, or has one behind what people paste before it: tells kinds of files apart. */
export function isImaAscii(text: string): boolean {
  const lines = splitLines(text.slice(0, 65_536))
  const match = start.exec(lines[firstEntry(lines)] ?? '')
  return match?.[3] !== undefined && templateFields(match[3]) !== undefined
}

/** What of a text is no entry of the list that was read in it, e.g. PCRs that were pasted with it; a name cannot forge such. */
export function outsideList(text: string, { entries }: MeasurementList): string {
  const lines: (string | undefined)[] = text.split('\n')
  for (const { from, to } of entries) lines.fill(undefined, from - 1, to)
  return lines.filter((line) => line !== undefined).join('\n')
}

/** The index of the first line that does not stand around a list. */
function firstEntry(lines: readonly string[]): number {
  const isAround = aroundList()
  return Math.max(
    lines.findIndex((line) => !isAround(line)),
    0,
  )
}

/** Why a list ends at a line that is no entry; undefined where only what may stand behind a list follows. */
function whyEnded(lines: readonly string[], from: number): MeasurementList['problem'] {
  const isAround = aroundList()
  const at = lines.findIndex((line, n) => n >= from && !isAround(line))
  if (at < 0) return undefined
  const another = at > from && start.test(lines[at] ?? '')
  const why = another ? 'begins another list, which is not read' : 'is no entry of a measurement list'
  return { at: at + 1, why: `line ${at + 1} ${why}` }
}

function splitLines(text: string): readonly string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const ended = text.endsWith('\n') ? lines : lines.slice(0, -1)
  if (ended.length === 0 || !ended.every((line) => line.endsWith('\r'))) return unquoted(lines)
  return unquoted(lines.map((line) => line.replace(/\r$/, '')))
}

interface Found {
  measurement: Measurement
  bigEndian: boolean
}

/** So many lines as one entry, when its template digest is then right. Of a big-endian machine the numbers were hashed the other way round. */
function fitting(lines: readonly string[], at: number, count: number, glue: string = '\n'): Found | undefined {
  return [false, true]
    .map((bigEndian) => entryOf(lines, at, count, { bigEndian, glue }))
    .find((found) => found && digestFit(found.measurement, !found.bigEndian) !== undefined)
}

/** A violation has no digest that shows whether it was wrapped: only one without its fields is joined, until it has them. */
function wholeViolation(lines: readonly string[], at: number): Found | undefined {
  for (let count = 1; count <= longestJoin && at + count <= lines.length; count++)
    for (const glue of ['', ' ']) {
      const found = entryOf(lines, at, count, { glue })
      const digest = found && measuredDigest(found.measurement)?.digest
      if (digest && digestSizes.includes(digest.length)) return found
    }
  return undefined
}

function entryOf(
  lines: readonly string[],
  at: number,
  count: number,
  { bigEndian = false, glue = '\n' } = {},
): Found | undefined {
  const entry = parseEntry(lines.slice(at, at + count).join(glue), !bigEndian)
  return entry && { measurement: { ...entry, entry: 0, from: at + 1, to: at + count }, bigEndian }
}

function parseEntry(text: string, littleEndian: boolean): Omit<Measurement, 'entry' | 'from' | 'to'> | undefined {
  const match = start.exec(text)
  const templateDigestBytes = fromHex(match?.[2] ?? '')
  if (!match || !templateDigestBytes) return undefined
  const [, pcr, , template = '', rest = ''] = match
  const fields = parseFields(template, rest, littleEndian)
  return { pcr: Number(pcr), templateDigest: templateDigestBytes, template, ...(fields ? { fields } : {}) }
}

/** The fields behind the template's name; undefined for a template that nobody knows, or when they are not its fields. */
function parseFields(template: string, text: string, littleEndian: boolean): Field[] | undefined {
  const ids = templateFields(template)
  if (!ids) return undefined
  const values = text.split(' ')
  // An empty signature at the end shows as a blank, which editors and mail cut off.
  while (values.length < ids.length && fieldFormat(ids[values.length] ?? '') === 'hex') values.push('')
  if (values.length < ids.length) return undefined
  // Spaces of names were made underscores by the kernel, but not by every one: what is too much belongs to the name.
  const name = ids.findIndex((id) => fieldFormat(id) === 'string')
  const surplus = values.length - ids.length
  if (surplus > 0 && name >= 0) values.splice(name, surplus + 1, values.slice(name, name + surplus + 1).join(' '))
  const fields: Field[] = []
  for (const [n, id] of ids.entries()) {
    const bytes = fieldBytes(id, values[n] ?? '', littleEndian)
    if (!bytes) return undefined
    fields.push({ id, bytes })
  }
  return values.length === ids.length ? fields : undefined
}

/** A field as the kernel hashed it, from how it is shown. */
function fieldBytes(id: string, text: string, littleEndian: boolean): Uint8Array | undefined {
  const format = fieldFormat(id)
  // An empty name is hashed as its NUL; other fields that show nothing have no bytes.
  if (text === '' && id !== 'n' && id !== 'n-ng') return new Uint8Array()
  switch (format) {
    case 'digest':
    case 'hex':
      return fromHex(text)
    case 'digest-with-algorithm': {
      const colon = text.lastIndexOf(':')
      const digest = fromHex(text.slice(colon + 1))
      return colon < 1 || !digest ? undefined : concat([fromLatin1(`${text.slice(0, colon + 1)}\0`), digest])
    }
    case 'string':
      return fromLatin1(`${text}\0`)
    case 'uint32':
    case 'uint16': {
      if (!/^\d{1,10}$/.test(text)) return undefined
      const bytes = new Uint8Array(format === 'uint32' ? 4 : 2)
      const view = new DataView(bytes.buffer)
      if (format === 'uint32') view.setUint32(0, Number(text), littleEndian)
      else view.setUint16(0, Number(text), littleEndian)
      return bytes
    }
  }
}

import { concat, fromHex, fromLatin1 } from '../bytes/bytes.ts'
import { isShellPrompt } from '../console/shell-prompt.ts'
import { isViolation, type Field, type Measurement, type MeasurementList } from './measurement.ts'
import { digestFit } from './template-digest.ts'
import { fieldFormat, templateFields } from './template.ts'

/** `%2d <digest> <template>[ <field>]...` (security/integrity/ima/ima_fs.c ima_ascii_measurements_show()). */
const start = /^ ?(\d{1,2}) ([0-9a-f]{40,128}) ([a-z0-9|-]+)(?: (.*))?$/s

/** What is left of an entry when the file was cut off in it before its fields. */
const startCut = /^ ?\d{1,2}(?: [0-9a-f]{0,128}(?: [a-z0-9|-]*)?)?$/

/** A name with line feeds is joined again over at most so many lines. */
const longestJoin = 16

/** Lines with commands that may come before a list that was pasted from a terminal. */
const mostPrompts = 16

/** So many joins are tried in one list: each costs digests, and a list in which nothing fits would have them tried everywhere. */
const mostJoins = 2000

/**
 * Parses `ascii_runtime_measurements` or its variant for a bank. Takes the text with one character for each byte (as in
 * records and latin1), so that names keep their bytes; line ends may be CR LF. A file name may hold line feeds, and then
 * looks like several lines, even like entries: lines are joined when only that makes the template digest right. Before
 * and behind the entries the prompts of a shell are passed over. Never throws; a line that is no entry ends the list with
 * a problem, and so does the last one where it has neither a line feed, which the kernel always writes, nor its digest.
 */
export function parseImaAscii(text: string): MeasurementList {
  const lines = splitLines(text)
  const list: MeasurementList = { kind: 'ascii', digestSize: 20, littleEndian: true, entries: [] }
  const isCut = (at: number): boolean => at + 1 === lines.length && !text.endsWith('\n')
  const cutOff = (at: number) => ({ at: at + 1, why: `line ${at + 1} is cut off` })
  let joins = mostJoins
  for (let at = firstEntry(lines); at < lines.length;) {
    const plain = entryOf(lines, at, 1)
    if (!plain) {
      if (lines.slice(at).every(isShellPrompt)) break
      list.problem =
        isCut(at) && startCut.test(lines[at] ?? '')
          ? cutOff(at)
          : { at: at + 1, why: `line ${at + 1} is no entry of a measurement list` }
      break
    }
    let found = isViolation(plain.measurement) ? plain : fitting(lines, at, 1)
    for (let count = 2; !found && count <= longestJoin && at + count <= lines.length && joins > 0; count++, joins--)
      found = fitting(lines, at, count)
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

/** Whether a text begins like an ASCII measurement list: tells kinds of files apart. */
export function isImaAscii(text: string): boolean {
  const lines = splitLines(text.slice(0, 65_536))
  const match = start.exec(lines[firstEntry(lines)] ?? '')
  return match?.[3] !== undefined && templateFields(match[3]) !== undefined
}

/** The index of the first line that is no prompt of a shell. */
function firstEntry(lines: readonly string[]): number {
  const first = lines.slice(0, mostPrompts).findIndex((line) => !isShellPrompt(line))
  return Math.max(first, 0)
}

function splitLines(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const ended = text.endsWith('\n') ? lines : lines.slice(0, -1)
  if (ended.length === 0 || !ended.every((line) => line.endsWith('\r'))) return lines
  return lines.map((line) => line.replace(/\r$/, ''))
}

interface Found {
  measurement: Measurement
  bigEndian: boolean
}

/** So many lines as one entry, when its template digest is then right. Of a big-endian machine the numbers were hashed the other way round. */
function fitting(lines: string[], at: number, count: number): Found | undefined {
  return [false, true]
    .map((bigEndian) => entryOf(lines, at, count, bigEndian))
    .find((found) => found && digestFit(found.measurement, !found.bigEndian) !== undefined)
}

function entryOf(lines: string[], at: number, count: number, bigEndian = false): Found | undefined {
  const entry = parseEntry(lines.slice(at, at + count).join('\n'), !bigEndian)
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

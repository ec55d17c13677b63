import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'

/** A case for `hyplab inspect` in one text: why it is kept, the files of one machine, and what must be said of them. */
export interface GoldenFile {
  /** Patterns of findings that are shown though they are unknown or skipped. */
  also: RegExp[]
  files: { name: string; bytes: Buffer }[]
  /** All of the text up to what must be said. */
  head: string
}

const mark = '%%% '
const expected = `${mark}expected\n`
const fixtures = join(import.meta.dirname, '../fixtures')

/**
 * Reads the text of a golden file:
 *
 * ```
 * Why this case is kept, in one or several lines.
 * also: tpm.driver eventlog.*
 * %%% uart0.log
 * lines of the log as they are
 * %%% ascii_runtime_measurements escaped
 * lines in which \\ is a backslash, \r, \t, \e and \x1b are bytes, and a \ at the end of a line takes away the line feed
 * %%% bios from measurements/linux-6.18.5-full-nvhe/binary_bios_measurements
 * %%% expected
 * what test/golden/tell-report.ts makes of the report
 * ```
 *
 * `from` names a file under test/fixtures, which `readFixture` reads. `also:` is optional, and `*` in it is any text.
 * @throws LabError BadInput where the text is not of this form
 */
export function parseGolden(text: string, readFixture: (path: string) => Buffer): GoldenFile {
  const end = text.indexOf(`\n${expected}`)
  const head = end < 0 ? text : text.slice(0, end + 1)
  const [why = '', ...parts] = head.split(new RegExp(`^${mark}`, 'm'))
  if (why.trim() === '') throw new LabError('BadInput', 'The first line must say why the case is kept.')
  if (parts.length === 0) throw new LabError('BadInput', `There is no file in it: "${mark}NAME" begins one.`)
  const also = /^also: (.*)$/m.exec(why)?.[1]?.split(' ') ?? []
  return { also: also.map(patternOf), files: parts.map((part) => readPart(part, readFixture)), head }
}

/** The golden file's text with what must be said. */
export function goldenText({ head }: GoldenFile, said: string): string {
  return `${head}${expected}${said}`
}

function readPart(part: string, readFixture: (path: string) => Buffer): GoldenFile['files'][number] {
  const end = part.indexOf('\n')
  const [name = '', how, path = ''] = part.slice(0, end).split(' ')
  const body = part.slice(end + 1)
  if (how === undefined) return { name, bytes: Buffer.from(body) }
  if (how === 'escaped') return { name, bytes: unescaped(body) }
  if (how === 'from' && body.trim() === '') return { name, bytes: readFixture(join(fixtures, path)) }
  throw new LabError('BadInput', `A file begins with "${mark}NAME", "${mark}NAME escaped" or "${mark}NAME from PATH".`)
}

function unescaped(text: string): Buffer {
  const plain = { r: 13, t: 9, e: 27, '\\': 92 } as const
  const parts = text.split(/(\\x[0-9a-f]{2}|\\[rte\\]|\\\n)/)
  return Buffer.concat(
    parts.map((part, n) => {
      if (n % 2 === 0) return Buffer.from(part)
      if (part === '\\\n') return Buffer.alloc(0)
      const letter = part.slice(1) as keyof typeof plain
      return Buffer.from([plain[letter] ?? Number.parseInt(part.slice(2), 16)])
    }),
  )
}

function patternOf(glob: string): RegExp {
  return new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
}

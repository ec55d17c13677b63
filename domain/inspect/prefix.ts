import { stampEnd } from '../console/kernel-message.ts'
import { commonLead, learnPrefix } from './learn-prefix.ts'
import { speakerOf } from '../signatures/speaker.ts'
import { loaderOf } from './loader-lines.ts'
import { WrappedLines } from './wrapped-lines.ts'
import { around, calendarStamp, dmesg, ofKernel, ofProcess } from './outer-layers.ts'

/** A line of a log as the target said it, without what the tools on the way put before it. */
export interface InnerLine {
  /** The text as signatures take it: with the printk stamp where the line has one, nothing else before the message. */
  text: string
  /** Who said it, where the tools tell: the kernel, or a process that speaks through the kernel's log, syslog or the journal. */
  by?: 'kernel' | 'process'
}

const stamp = /\[ *\d+\.\d{6}\]/y
/** A caller that stands apart: dmesg prints what /dev/kmsg says of it, `caller=T1`. */
const apart = / (\[ *[TC]\d+[^\]]*\]) ?/y
/** What the kernels of phones put between stamp and message: Samsung's CPU, task and pid, MediaTek's state, CPU, pid and task. */
const phoneCaller = / {1,2}\[ *\d{1,2}: *[^\]]{1,16}: *\d{1,7}\] |[ .-]?\([0-9a-f]{1,2}\)\[ *\d{1,7}:[^\]]{1,16}\] ?/y
/** Amlogic's kernels put the CPU into the stamp. */
const cpuInStamp = /(\[ *\d+\.\d{6})@\d{1,2}\] ?/y
/** Blanks that web pages put for several blanks in a row. */
const webBlank = /[\u00a0\u2007\u202f]/g
/** dmesg -d: the time since the line before, inside the stamp. */
const delta = /(\[ *\d+\.\d{6}) <[ +]*\d+\.\d{6}>\] /y
const host = / (?:[\w.:-]+ )?kernel: /y
const hostProcess = / [\w.:-]+ (?=[\w./@()-]+\[\d+\]: )/y
const priority = /<(\d{1,4})>/y
/** Documentation/ABI/testing/dev-kmsg: `priority,sequence,microseconds,flags[,more];message`. */
const record = /(\d{1,4}),\d+,(\d{1,16}),[-c+][^;]{0,80};/y
/** LAVA keeps its logs as one YAML map a line, which is JSON as well. */
const lava = /^- \{"dt": "[^"]*", "lvl": "(?:target|feedback)", "msg": (".*")(?:, "[^"]*": .*)?\}$/

/** journalctl -o json: one entry a line. */
const entryStart = /^\{"|^\{ "/

/** Layers that may lie around one another, e.g. a quoted mail of a syslog of a console. */
const layers = 4
/** Lines that must have the same for it to be the file's way. */
const enoughLines = 3

/**
 * Takes away what the target did not say: the stamps of terminal programs, syslog, journal and CI systems, the marks of
 * quoted mail, and the forms that dmesg and journalctl give the kernel's own stamp. Made for one file.
 */
export class PrefixReader {
  /** Blanks and marks of a quotation before all of it. */
  readonly #lead: string
  /** What stands before the stamps of this file and no rule knows. */
  readonly #learned: RegExp | undefined
  /** journalctl -o short-monotonic has the host behind the stamp. */
  readonly #hostFollows: boolean
  /** KernelCI and LAVA put two blanks behind their time, where others put one. */
  readonly #twoBlanks: boolean
  /** The stamps that dmesg -T would make are a terminal program's here: firmware has them, or lines that have the kernel's own. */
  readonly #terminalStamps: boolean
  /** Which lines of the file were wrapped; undefined where none was. */
  readonly wrapped: WrappedLines | undefined
  /** A page that was copied has its blanks from the start. */
  readonly #fromWeb: boolean

  /** @param first the first lines of the file, cleaned, as many as are at hand */
  constructor(first: readonly string[] = []) {
    const page = first.map(withBlanks)
    this.#fromWeb = page.some((text, n) => text !== first[n])
    this.#lead = commonLead(page)
    const head = page.map((text) => this.#withoutLead(text))
    this.#terminalStamps = head.some(isStampedByTerminal)
    const inside = head.map((text) => text.slice(this.#outer(text)))
    const logged = head
      .map((text) => text.slice(Math.max(0, after(around, text, 0))))
      .filter((text, n) => text !== '' && text !== head[n])
    this.#twoBlanks = logged.length >= enoughLines && logged.every((text) => text.startsWith(' '))
    this.#hostFollows = head.some((text) => after(host, text, after(stamp, text, 0)) > 0)
    this.#learned = learnPrefix(inside.filter((text, n) => this.#logged(text, text !== head[n]).by === undefined))
    const wrapped = new WrappedLines(first.map((text) => this.strip(text)))
    this.wrapped = wrapped.areThere ? wrapped : undefined
  }

  /** Takes the text of a line, cleaned; returns what the target said, whatever the text. */
  strip(line: string): InnerLine {
    const page = this.#fromWeb ? withBlanks(line) : line
    const text = this.#lead === '' ? page : this.#withoutLead(page)
    const first = text.charCodeAt(0)
    const stamped = first === 0x5b ? stampEnd(text) : 0
    if (stamped > 0) return this.#stamped(text, stamped)
    if (first === 0x7b && entryStart.test(text)) return fromJournal(text)
    if (first === 0x2d && text.startsWith('- {')) return this.#fromLava(text)
    let at = this.#outer(text)
    const logged = at > 0 || text.length < page.length
    if (at > 0 && this.#twoBlanks && text.charCodeAt(at) === 0x20) at++
    return this.#logged(at === 0 ? text : text.slice(at), logged)
  }

  #withoutLead(text: string): string {
    if (text.startsWith(this.#lead)) return text.slice(this.#lead.length)
    // Of a line that says nothing an editor may have cut the end.
    return this.#lead.startsWith(text) ? '' : text
  }

  /** The index behind the layers that lie around a line. */
  #outer(text: string): number {
    let at = 0
    for (let layer = 0; layer < layers; layer++) {
      const learned = this.#learned ? after(this.#learned, text, at) : -1
      const known = learned > at ? learned : after(around, text, at)
      const end = known > at || !this.#terminalStamps ? known : after(calendarStamp, text, at)
      if (end <= at) break
      at = end
    }
    return at
  }

  /** A line without outer layers; `logged` says that there were some, so that syslog's tag may follow. */
  #logged(text: string, logged: boolean): InnerLine {
    if (logged) {
      const kernel = after(ofKernel, text, 0)
      if (kernel > 0) return { by: 'kernel', ...this.#bare(text.slice(kernel)) }
      const process = after(ofProcess, text, 0)
      if (process > 0) return { text: text.slice(process), by: 'process' }
    }
    return this.#bare(text)
  }

  #bare(text: string): InnerLine {
    let at = 0
    for (let end = after(dmesg, text, at); end > at; end = after(dmesg, text, at)) at = end
    if (at > 0) return { by: 'kernel', ...this.#bare(text.slice(at)) }
    const stamped = after(stamp, text, 0)
    if (stamped > 0) return this.#stamped(text, stamped)
    const level = exec(priority, text)
    if (level) {
      const rest = text.slice(level[0].length)
      const by = facilityOf(Number(level[1]))
      return after(stamp, rest, 0) > 0
        ? { by, text: this.#stamped(rest, after(stamp, rest, 0)).text }
        : { by, text: rest }
    }
    const entry = exec(record, text)
    if (entry) {
      const message = text.slice(entry[0].length)
      return { by: facilityOf(Number(entry[1])), text: `[${seconds(Number(entry[2]))}] ${message}` }
    }
    const byCpu = exec(cpuInStamp, text)
    if (byCpu) return { by: 'kernel', text: `${byCpu[1]}] ${text.slice(byCpu[0].length)}` }
    const since = exec(delta, text)
    if (since) return { by: 'kernel', text: `${since[1]}] ${text.slice(since[0].length)}` }
    return { text }
  }

  #stamped(text: string, end: number): InnerLine {
    const phone = after(phoneCaller, text, end)
    if (phone > 0) return { text: `${text.slice(0, end)} ${text.slice(phone)}` }
    if (text.charCodeAt(end) !== 0x20) return { text }
    if (text.charCodeAt(end + 1) === 0x5b) {
      const caller = execAt(apart, text, end)
      if (caller) return { text: `${text.slice(0, end)}${caller[1]} ${text.slice(end + caller[0].length)}` }
    }
    if (!this.#hostFollows) return { text }
    const message = after(host, text, end)
    if (message > 0) return { by: 'kernel', text: `${text.slice(0, end)} ${text.slice(message)}` }
    const process = after(hostProcess, text, end)
    return process > 0 ? { by: 'process', text: `${text.slice(0, end)} ${text.slice(process)}` } : { text }
  }

  #fromLava(text: string): InnerLine {
    const quoted = lava.exec(text)?.[1]
    if (quoted === undefined) return { text }
    try {
      const message: unknown = JSON.parse(quoted)
      return typeof message === 'string' ? this.strip(message) : { text }
    } catch {
      return { text }
    }
  }
}

/** Whether a stamp as of dmesg -T stands before what dmesg does not print. */
function isStampedByTerminal(text: string): boolean {
  const end = after(calendarStamp, text, 0)
  if (end < 0) return false
  const said = text.slice(end)
  return after(stamp, said, 0) > 0 || speakerOf(said) !== 'NS' || loaderOf(said) !== undefined || uboot.test(said)
}

const uboot = /^U-Boot 20\d\d\.\d\d/

/** The fields of journalctl's JSON (systemd.journal-fields(7)); a message that is no UTF-8 is a list of its bytes. */
function fromJournal(text: string): InnerLine {
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(text) as Record<string, unknown>
  } catch {
    return { text }
  }
  const said = entry['MESSAGE']
  const message = Array.isArray(said) ? String.fromCharCode(...said.filter(isByte)) : said
  if (typeof message !== 'string') return { text }
  const line = message.replaceAll('\n', ' ')
  const name = entry['SYSLOG_IDENTIFIER']
  if (entry['_TRANSPORT'] !== 'kernel')
    return { by: 'process', text: typeof name === 'string' ? `${name}: ${line}` : line }
  const since = Number(entry['_SOURCE_MONOTONIC_TIMESTAMP'] ?? entry['__MONOTONIC_TIMESTAMP'] ?? Number.NaN)
  return { by: 'kernel', text: Number.isFinite(since) ? `[${seconds(since)}] ${line}` : line }
}

function isByte(value: unknown): value is number {
  return typeof value === 'number'
}

function withBlanks(text: string): string {
  return text.replace(webBlank, ' ')
}

/** Facility 0 of syslog is the kernel (include/linux/syslog.h, RFC 5424 6.2.1). */
function facilityOf(priorityValue: number): 'kernel' | 'process' {
  return priorityValue >> 3 === 0 ? 'kernel' : 'process'
}

/** The stamp of print_time(), kernel/printk/printk.c, from microseconds. */
function seconds(microseconds: number): string {
  const whole = Math.floor(microseconds / 1e6)
  return `${String(whole).padStart(5)}.${String(microseconds % 1e6).padStart(6, '0')}`
}

/** The index behind what a sticky pattern matches from `at`; -1 where it does not. */
function after(pattern: RegExp, text: string, at: number): number {
  if (at < 0) return -1
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

function exec(pattern: RegExp, text: string): RegExpExecArray | null {
  return execAt(pattern, text, 0)
}

function execAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

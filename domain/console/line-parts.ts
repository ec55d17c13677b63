import { frameEnd } from '../records/frame.ts'
import { messageStart, stampOf } from './kernel-message.ts'
import type { ConsoleLine } from './line.ts'

const bracket = '['
/**
 * A stamp of printk with its blank, and the caller that may stand between them (kernel/printk/printk.c print_time(), which
 * pads the seconds to five columns, and print_caller()).
 */
const stamp = /\[(?= |\d{5}) *(\d+\.\d{6})\](?:\[ *[TC]\d+[^\]]*\])? /y
/** Seconds by which the kernel's lines may be late on a console; a stamp of before is a quotation. */
const late = 1
/** With which words the log of a boot begins, whatever its clock was before. */
const bootStarts = /(?:Booting Linux on physical CPU 0x|Linux version \d)/y

/** First lines of reports of the kernel without a stamp, as whole as signatures ask for them. */
const ofKernel = [
  'Kernel panic - not syncing: ',
  String.raw`Internal error: .{1,80}: [0-9a-f]{1,16} \[#\d+\]`,
  String.raw`Unable to handle kernel .{1,80} at virtual address [0-9a-f]{8,16}(?: when \w+)?\s*$`,
  String.raw`BUG: KASAN: `,
  'Booting Linux on physical CPU 0x',
]
/** Firmware that greets: its name, version and date. */
const greetings = [
  String.raw`U-Boot (?:SPL )?20\d\d\.\d\d\S* \([A-Z][a-z]{2} \d\d 20`,
  String.raw`UEFI firmware \(version `,
]
/** What U-Boot says when it breaks, so long that nobody else says it: often behind the name of what it was about to do. */
const ofUboot = [
  String.raw`"(?:Bad )?(?:Synchronous Abort|Error|Irq|Fiq)" handler, esr 0x[0-9a-f]`,
  String.raw`### ERROR ### Please RESET the board ###\s*$`,
]
const ofFirmware = [
  String.raw`(?:Synchronous|SError) Exception at 0x[0-9A-F]{16}`,
  'PANIC at PC : 0x[0-9a-f]',
  String.raw`PANIC in EL3\.`,
  String.raw`Unhandled (?:Interrupt )?Exception (?:in EL3|from lower EL)\.`,
]
/** How TF-A and OP-TEE begin any line (plat/common/plat_log_common.c, lib/libutils/ext/trace.c); who quotes one puts a blank before it. */
const prefixes = [
  String.raw`(?:NOTICE: {2}|ERROR: {3}|INFO: {4}|VERBOSE: |WARNING: )(?=BL\d)`,
  String.raw`(?:NOTICE: {2}|ERROR: {3}|INFO: {4})(?=\S)`,
  String.raw`[EIDFM]\/T[CA]:[\d? ]`,
]

const anyOf = (words: readonly string[]): string => `(?:${words.join('|')})`
/** The first group is what may stand behind any words, the second what may stand only where somebody was interrupted. */
const openings = new RegExp(
  `(${anyOf(ofUboot)})|(${anyOf([...ofFirmware, ...ofKernel, ...greetings, ...prefixes])})`,
  'g',
)
/** A part of each of those, by which a line is asked first: every line of every console without a stamp comes here. */
const partOfAny =
  /K(?=ernel panic)|I(?=nternal err|NFO: {4})|Un(?=able to h|handled)|B(?=UG: KASAN|ooting L)|U-Boot |UEFI f|" handler, |### E|S(?=ynchronous E|Error E)|PANIC |NOTICE: {2}|E(?=RROR: {3})|\/T[CA]:|G: BL|E: BL/
/** The same for a line of the kernel, into which only firmware speaks without a stamp. */
const intoKernel = new RegExp(`()(${anyOf(prefixes)})`, 'g')
/** What U-Boot was about to do when an initcall failed (lib/initcall.c, include/initcall.h). */
const initcall = /^[A-Z]\w{2,7}: +(?=initcall (?:sequence [0-9a-f]+ )?failed at (?:call|event) )/

/** A quotation begins so. */
const quoting = /["'`(<[|=]$/
/** Text that somebody was writing when another began: no blank behind it, a shell or login that waits, a progress bar. */
const open = /[\w.#>%*\])$!?~]$|\.{3} *$|^[^"'`]{0,200}[#$%] $|\b(?:login|Password): $|^\S{0,32}[=>]> $/

/**
 * Cuts lines where another voice begins in the middle of one. The kernel's printing thread writes its lines behind
 * whatever a process, a boot loader or a shell has left open on the UART (drivers/tty/serial/amba-pl011.c since 6.18), and
 * firmware writes into anything. A stamp of the kernel begins a message wherever it stands, unless it is an older one that
 * is quoted; without a stamp only words that nobody else says do. Records of our init stay whole.
 */
export class LineParts {
  #latest = Number.NEGATIVE_INFINITY

  /**
   * Takes the next line of a console, in the order in which they were said; returns its parts in their order, or
   * undefined for the very most, which are one. The parts have the line's number, and each but the first has in `after`
   * what stands before it.
   */
  split(line: ConsoleLine): ConsoleLine[] | undefined {
    const { text } = line
    const first = messageStart(text)
    if (first > 0) this.#latest = stampOf(text)!
    let next = this.#next(text, first)
    if (next < 0) return undefined
    const parts: ConsoleLine[] = [{ ...line, text: text.slice(0, next) }]
    while (next >= 0) {
      const start = next
      const rest = text.slice(start)
      next = this.#next(rest, messageStart(rest))
      const end = next < 0 ? text.length : (next += start)
      parts.push({
        number: line.number,
        offset: line.offset + start,
        text: text.slice(start, end),
        after: text.slice(0, start),
      })
    }
    return parts
  }

  /** Where the next message begins behind the start of this one; -1 where none does. */
  #next(text: string, start: number): number {
    const stamped = this.#nextStamp(text, start)
    if (start > 0 && !mayHoldFirmware(text, start)) return stamped
    const worded = nextWords(text, start, stamped)
    return worded >= 0 ? worded : stamped
  }

  #nextStamp(text: string, start: number): number {
    for (let at = text.indexOf(bracket, Math.max(1, start)); at >= 0; at = text.indexOf(bracket, at + 1)) {
      const code = text.charCodeAt(at + 1)
      if (code !== 0x20 && !(isDigit(code) && isDigit(text.charCodeAt(at + 5)))) continue
      stamp.lastIndex = at
      const seconds = stamp.exec(text)?.[1]
      if (seconds === undefined) continue
      const behind = stamp.lastIndex
      const frame = frameEnd(text, at)
      if (frame > at) {
        at = frame - 1
        continue
      }
      if (!this.#isSaidNow(text, at, behind, Number(seconds), start > 0)) continue
      this.#latest = Number(seconds)
      return at
    }
    return -1
  }

  /** Whether a stamp in mid-line is the kernel's of now: what a process or the kernel itself quotes was said before. */
  #isSaidNow(text: string, at: number, behind: number, seconds: number, isInKernel: boolean): boolean {
    const before = text.charAt(at - 1)
    if (quoting.test(before)) return false
    bootStarts.lastIndex = behind
    if (bootStarts.test(text)) return true
    // Who quotes puts a blank before it.
    if (isInKernel && before !== ' ') return true
    return seconds >= this.#latest - (isInKernel ? 0 : late)
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Where words begin that only kernel or firmware say, before the index `to` if that is not negative; -1 where none do. */
function nextWords(text: string, start: number, to: number): number {
  const isKernel = start > 0
  if (!isKernel && !partOfAny.test(text)) return behindName(text)
  const words = isKernel ? intoKernel : openings
  words.lastIndex = Math.max(1, start)
  for (let found = words.exec(text); found; found = words.exec(text)) {
    const { index } = found
    if (to >= 0 && index >= to) return -1
    const before = text.slice(0, index)
    const mayFollow = isKernel ? !before.endsWith(' ') : found[1] !== undefined || open.test(before)
    if (mayFollow && !quoting.test(before) && frameEnd(text, index) <= index) return index
  }
  return -1
}

function behindName(text: string): number {
  if (!text.includes(': ') || !text.includes('failed at ')) return -1
  return initcall.exec(text)?.[0].length ?? -1
}

function mayHoldFirmware(text: string, start: number): boolean {
  return text.includes(':  ', start) || text.includes('/T', start)
}

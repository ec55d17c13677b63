import { partitionStart } from './partition-prefix.ts'

/** A line of printk without the prefix that the kernel put before it, and without blanks behind it. */
export interface KernelMessage {
  /** Kernel clock in seconds; absent where the line carries no time (no printk, or `printk.time=0`). */
  at?: number
  message: string
}

// kernel/printk/printk.c, 5.15 to 7.3: print_syslog() "<pri>", print_time() "[%5lu.%06lu]", print_caller() "[%*s]" (PRINTK_CALLER:
// T<pid> or C<cpu>; PRINTK_EXECUTION_CTX of 7.x adds more inside the same brackets), then one blank. Scanned by hand,
// because every line of every console comes here, several times.
const caller = /\[ *[TC]\d+[^\]]*\]/y

// Several readers ask the same of each line, one after the other: the last answer is kept.
let lastText = ''
/** Indexes behind the stamp and behind the whole prefix; 0 where there is none. */
let lastStampEnd = 0
let lastStart = 0
let lastStamp: number | undefined

/** Takes the text of a console line; returns the index at which the message starts, behind printk's prefix or Hafnium's; 0 where it has neither. */
export function messageStart(text: string): number {
  remember(text)
  return lastStart
}

function remember(text: string): void {
  if (text === lastText) return
  lastText = text
  scanStamp(text, stampStart(text))
  lastStart = lastStampEnd === 0 ? partitionStart(text) : messageBehind(text, lastStampEnd)
}

/** Reads a stamp, `[ *seconds.microseconds]`, in one go; `start` is the index of its bracket, -1 where there is none. */
function scanStamp(text: string, start: number): void {
  lastStampEnd = 0
  lastStamp = undefined
  if (start < 0) return
  let at = start + 1
  let code = text.charCodeAt(at)
  while (code === 0x20) code = text.charCodeAt(++at)
  const first = at
  let microseconds = 0
  for (; code >= 0x30 && code <= 0x39; code = text.charCodeAt(++at)) microseconds = microseconds * 10 + code - 0x30
  if (at === first || code !== 0x2e) return
  const point = at
  code = text.charCodeAt(++at)
  for (; code >= 0x30 && code <= 0x39; code = text.charCodeAt(++at)) microseconds = microseconds * 10 + code - 0x30
  if (at !== point + 7 || code !== 0x5d) return
  lastStampEnd = at + 1
  lastStamp = microseconds / 1e6
}

function messageBehind(text: string, stamp: number): number {
  let end = stamp
  if (text.charCodeAt(end) === 0x5b) {
    caller.lastIndex = end
    if (caller.test(text)) end = caller.lastIndex
  }
  return text.charCodeAt(end) === 0x20 ? end + 1 : end
}

const tab = 0x09
const blank = 0x20
const colon = 0x3a

/**
 * Takes the text of a console line; returns it without blanks at its end: what is copied from a terminal's screen has them
 * up to the edge. One behind a colon stays, as nothing else may follow it: a command line is empty then.
 */
export function withoutEnd(text: string): string {
  const last = text.charCodeAt(text.length - 1)
  if (last !== blank && last !== tab) return text
  const end = text.trimEnd().length
  return text.slice(0, text.charCodeAt(end - 1) === colon ? end + 1 : end)
}

/** Takes the text of a console line, cleaned; returns the message of the kernel or of a partition behind Hafnium, without blanks at its end, and the kernel's time in seconds. */
export function kernelMessage(text: string): KernelMessage {
  const start = messageStart(text)
  const whole = withoutEnd(text)
  const at = stampOf(text)
  return at === undefined ? { message: whole.slice(start) } : { at, message: whole.slice(start) }
}

/** Takes the text of a console line; returns the kernel's clock in seconds, undefined where the line has no printk prefix. */
export function stampOf(text: string): number | undefined {
  remember(text)
  return lastStamp
}

/** Takes the text of a console line; returns the index behind the stamp, before any caller; 0 where the line has no stamp. */
export function stampEnd(text: string): number {
  remember(text)
  return lastStampEnd
}

/** The index of the stamp's bracket, behind `<pri>` where it is there; -1 for lines that cannot have a stamp. */
function stampStart(text: string): number {
  const first = text.charCodeAt(0)
  if (first === 0x5b) return 0
  if (first !== 0x3c) return -1
  const digits = skipDigits(text, 1)
  return digits > 1 && text.charCodeAt(digits) === 0x3e && text.charCodeAt(digits + 1) === 0x5b ? digits + 1 : -1
}

function skipDigits(text: string, from: number): number {
  let at = from
  for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at++
  return at
}

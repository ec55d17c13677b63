/** A line of printk without the prefix that the kernel put before it. */
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
let lastStart = 0
let lastStamp: number | undefined

/** Takes the text of a console line; returns the index at which the message starts, 0 where it has no printk prefix. */
export function messageStart(text: string): number {
  remember(text)
  return lastStart
}

function remember(text: string): void {
  if (text === lastText) return
  const start = stampStart(text)
  const end = stampEnd(text, start)
  lastStart = end === 0 ? 0 : messageBehind(text, end)
  lastStamp = end === 0 ? undefined : secondsOf(text, start, end)
  lastText = text
}

function messageBehind(text: string, stamp: number): number {
  let end = stamp
  if (text.charCodeAt(end) === 0x5b) {
    caller.lastIndex = end
    if (caller.test(text)) end = caller.lastIndex
  }
  return text.charCodeAt(end) === 0x20 ? end + 1 : end
}

function secondsOf(text: string, start: number, end: number): number {
  let microseconds = 0
  for (let at = start + 1; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit >= 0 && digit <= 9) microseconds = microseconds * 10 + digit
  }
  return microseconds / 1e6
}

/** Takes the text of a console line, cleaned; returns the kernel's message and its time in seconds. */
export function kernelMessage(text: string): KernelMessage {
  const start = messageStart(text)
  return start === 0 ? { message: text } : { at: stampOf(text)!, message: text.slice(start) }
}

/** Takes the text of a console line; returns the kernel's clock in seconds, undefined where the line has no printk prefix. */
export function stampOf(text: string): number | undefined {
  remember(text)
  return lastStamp
}

/** The index of the stamp's bracket, behind `<pri>` where it is there; -1 for lines that cannot have a stamp. */
function stampStart(text: string): number {
  const first = text.charCodeAt(0)
  if (first === 0x5b) return 0
  if (first !== 0x3c) return -1
  const digits = skipDigits(text, 1)
  return digits > 1 && text.charCodeAt(digits) === 0x3e && text.charCodeAt(digits + 1) === 0x5b ? digits + 1 : -1
}

/** The index behind a stamp that starts at `start`; 0 where there is none. */
function stampEnd(text: string, start: number): number {
  if (start < 0) return 0
  let at = start + 1
  while (text.charCodeAt(at) === 0x20) at++
  const point = skipDigits(text, at)
  if (point === at || text.charCodeAt(point) !== 0x2e) return 0
  const end = skipDigits(text, point + 1)
  return end === point + 7 && text.charCodeAt(end) === 0x5d ? end + 1 : 0
}

function skipDigits(text: string, from: number): number {
  let at = from
  for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at++
  return at
}

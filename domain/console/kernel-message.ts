/** A line of printk without the prefix that the kernel put before it. */
export interface KernelMessage {
  /** Kernel clock in seconds; absent where the line carries no time (no printk, or `printk.time=0`). */
  at?: number
  message: string
}

// kernel/printk/printk.c, 6.12 to 7.3: print_syslog() "<pri>", print_time() "[%5lu.%06lu]", print_caller() "[%*s]" (PRINTK_CALLER:
// T<pid> or C<cpu>; PRINTK_EXECUTION_CTX of 7.x adds more inside the same brackets), then one blank.
const prefix = /(?:<\d+>)?\[ *(\d+\.\d{6})\](?:\[ *[TC]\d+[^\]]*\])? ?/y

/** Takes the text of a console line; returns the index at which the message starts, 0 where it has no printk prefix. */
export function messageStart(text: string): number {
  const first = text.charCodeAt(0)
  if (first !== 0x5b && first !== 0x3c) return 0
  prefix.lastIndex = 0
  return prefix.test(text) ? prefix.lastIndex : 0
}

/** Takes the text of a console line, cleaned; returns the kernel's message and its time in seconds. */
export function kernelMessage(text: string): KernelMessage {
  prefix.lastIndex = 0
  const match = prefix.exec(text)
  if (!match) return { message: text }
  return { at: Number(match[1]), message: text.slice(match[0].length) }
}

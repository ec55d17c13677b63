import { messageStart, stampEnd } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'

/** Lines of a console that may belong to one report, and where in the console each of them stands. */
export interface LinesOfOne {
  lines: readonly ConsoleLine[]
  /** Takes an index into `lines`; returns the one into the console's. */
  toConsole: (index: number) => number
  /** Takes an index into the console's lines, of one that is among `lines`; returns the one into `lines`. */
  fromConsole: (index: number) => number
}

/** `T100` or `C1` behind the stamp of a line (PRINTK_CALLER), without what PRINTK_EXECUTION_CTX adds; nothing where there is none. */
export function callerOf(text: string): string {
  return /^\[ *([TC]\d+)/.exec(text.slice(stampEnd(text), messageStart(text)))?.[1] ?? ''
}

/**
 * Tells reports apart that two CPUs write at a time: what one task says, or one CPU outside of tasks, is read without what
 * others say in between (kernel/printk/printk.c printk_caller_id()). Lines without a caller are everybody's.
 */
export class CallerLines {
  readonly #all: readonly ConsoleLine[]
  #callers: readonly string[] | undefined
  readonly #found = new Map<string, LinesOfOne>()

  constructor(lines: readonly ConsoleLine[]) {
    this.#all = lines
  }

  /** Takes a caller, or nothing; returns the lines that it may have said: all of them where there is none. */
  of(caller: string): LinesOfOne {
    if (caller === '') return { lines: this.#all, toConsole: (index) => index, fromConsole: (index) => index }
    let found = this.#found.get(caller)
    if (!found) this.#found.set(caller, (found = this.#saidBy(caller)))
    return found
  }

  #saidBy(caller: string): LinesOfOne {
    this.#callers ??= this.#all.map(({ text }) => callerOf(text))
    const indexes: number[] = []
    for (const [index, each] of this.#callers.entries()) if (each === caller || each === '') indexes.push(index)
    const places = new Map(indexes.map((index, place) => [index, place]))
    return {
      lines: indexes.map((index) => this.#all[index]!),
      toConsole: (index) => indexes[index] ?? index,
      fromConsole: (index) => places.get(index) ?? index,
    }
  }
}

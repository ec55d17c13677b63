import type { ConsoleLine } from '../console/line.ts'
import type { Glimpse } from './boot-start.ts'

/** Stamped lines after which a kernel is known to stamp its lines. */
const stampedLog = 20
/** A stamp at the end of a line: its message was torn off, and comes next. */
const torn = /\[ *\d+\.\d{6}\](?:\[[^\]]*\])?\s*$/

/**
 * Tells what a kernel reports from what a program or a person wrote of such a report, by the stamps: printk puts one before
 * each line that it says, however deep in an oops, or before none (kernel/printk/printk.c record_print_text()). Once init
 * was started with a stamp, or many lines had one, a fault of the kernel has one too. Firmware never has.
 */
export class StampHabit {
  #stamped = 0
  #isKnown = false
  #before = ''

  /** Whether the kernel's fault that a line seems to be is not the kernel's word, after the lines taken so far. */
  isQuoted({ garbage }: ConsoleLine, { inner, match, at }: Glimpse): boolean {
    if (!match?.signature.fault || !match.signature.id.startsWith('fault.')) return false
    if (inner.by !== undefined) return inner.by === 'process'
    return at === undefined && this.#isKnown && garbage === undefined && !torn.test(this.#before)
  }

  /** Takes the next line of the boot. */
  line({ text }: ConsoleLine, { match, at }: Glimpse): void {
    this.#before = text
    if (at === undefined || this.#isKnown) return
    this.#stamped++
    this.#isKnown = this.#stamped >= stampedLog || match?.signature.id === 'linux.init'
  }
}

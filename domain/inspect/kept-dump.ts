import type { Glimpse } from './boot-start.ts'

/** What pstore puts before each part of a log that it kept (fs/pstore/platform.c pstore_dump()). */
const header = /^(?:Panic|Oops|Emergency|Shutdown|Unknown)#\d+ Part\d+$/
const hash = '#'

/**
 * Tells the log of an earlier boot that somebody has printed on the console from pstore: it has stamps as the kernel's own
 * lines have, and nothing but its header says that it is none of this boot's.
 */
export class KeptDump {
  #isOpen = false
  #latest = 0
  #kernel = false

  /** Takes the next line; returns whether it is of such a log. */
  holds({ inner: { text }, at }: Glimpse): boolean {
    if (at === undefined) {
      this.#isOpen = this.#kernel && text.includes(hash) && header.test(text)
      this.#latest = 0
      return this.#isOpen
    }
    this.#kernel = true
    if (this.#isOpen && at < this.#latest) this.#isOpen = false
    this.#latest = at
    return this.#isOpen
  }
}

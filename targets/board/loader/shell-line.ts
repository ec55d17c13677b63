import { randomBytes } from 'node:crypto'
import type { DialogueOptions } from './dialogue-options.ts'
import { interrupted } from './dialogue-faults.ts'
import type { HeardText } from './heard-text.ts'
import { findInterruption } from './interruption.ts'
import { lastWords, LoaderFault } from './loader-fault.ts'
import { compareEcho, hidden } from './typed-line.ts'

/** ^C is typed as often to a shell that does not give its prompt. */
const mostTries = 8
/** Typed at once before its echo is awaited, so that no receive buffer runs over: a FIFO holds as much. */
const shortestPiece = 32
const interrupt = '\x03'
const enter = '\r'

/** A line that did not come to its end, and why, in words. */
export interface Lost {
  why: string
  /** Whether the board said nothing at all, for as long as a command may take. */
  silent?: boolean
}

/** The line of U-Boot's shell, as one types at it: piece by piece, each with its echo, then Enter; or ^C. */
export class ShellLine {
  readonly #write: (text: string) => void
  readonly #options: DialogueOptions
  readonly #signal: AbortSignal
  readonly #heard: HeardText
  /** Gives a fresh word for each command. */
  readonly nonce: () => string
  /** Each piece whose echo came whole allows a longer one, until one is lost: that board reads more slowly than a wire brings. */
  #piece = shortestPiece
  #mayGrow = true

  /**
   * @param write types at the board
   * @param signal aborting ends whatever is being waited for with the signal's reason
   * @param heard what the board says
   */
  constructor(write: (text: string) => void, options: DialogueOptions, signal: AbortSignal, heard: HeardText) {
    this.#write = write
    this.#options = options
    this.#signal = signal
    this.#heard = heard
    this.nonce = options.nonce ?? (() => `K${randomBytes(3).toString('hex')}`)
  }

  /** Ends the command that runs. */
  interrupt(): void {
    this.#write(interrupt)
  }

  /** Types a line and waits for its echo, piece by piece. */
  async type(line: string, during: string): Promise<Lost | undefined> {
    this.#heard.forget()
    for (let end = 0; end < line.length;) {
      const start = end
      end += this.#piece
      const typed = line.slice(0, end)
      this.#write(line.slice(start, end))
      const echo = await this.listen(during, this.#options.limits.echo, (text) => {
        const state = compareEcho(typed, text)
        return state === 'begun' ? undefined : state
      })
      if (echo !== 'whole') {
        this.#mayGrow = false
        this.#piece = shortestPiece
        return { why: `"${typed}" was echoed as ${lastWords(this.#heard.text, 1)}` }
      }
      if (this.#mayGrow) this.#piece *= 2
    }
    return undefined
  }

  /** Enters the line that was echoed whole. @param check may throw for what is heard meanwhile */
  async enter(check: (text: string) => void): Promise<Lost | undefined> {
    this.#heard.forget()
    this.#write(enter)
    const find = (text: string): true | undefined => {
      check(text)
      return /\n/.test(text) || undefined
    }
    const entered = await this.#heard.until(find, this.#options.limits.echo * 1000, this.#signal)
    return entered ? undefined : { why: `Enter was echoed as ${lastWords(this.#heard.text, 1)}` }
  }

  /**
   * Leaves whatever line or command there is by ^C, and has the shell say a fresh nonce: an older prompt may still be on
   * its way, and whoever takes that for the answer is one prompt behind from then on.
   * @param fault what it means when there is no answer
   */
  async clear(during: string, fault?: LoaderFault): Promise<void> {
    const { prompt, limits } = this.#options
    let silent: LoaderFault | undefined
    for (let tries = 0; tries < mostTries; tries++) {
      this.#heard.forget()
      this.#write(interrupt)
      await this.listen(during, limits.echo, (text) => text.endsWith(prompt) || undefined)
      silent = this.silent(`or gave no prompt when ^C was typed ${mostTries} times ${during}`, limits.echo)
      if (this.#heard.text === '') continue
      const nonce = this.nonce()
      this.#write(`echo ${hidden(nonce)}${enter}`)
      const clean = new RegExp(`${nonce}\\r*\\n$`)
      const isClean = (text: string): boolean => text.endsWith(prompt) && clean.test(text.slice(0, -prompt.length))
      if (await this.listen(during, limits.echo, (text) => isClean(text) || undefined)) return
    }
    throw fault ?? silent!
  }

  /** Waits for something of the shell's; ends when the console shows that there is no shell any longer. */
  async listen<T>(during: string, seconds: number, find: (text: string) => T | undefined): Promise<T | undefined> {
    const check = (text: string): T | undefined => {
      this.requireShell(text, during)
      return find(text)
    }
    return this.#heard.until(check, seconds * 1000, this.#signal)
  }

  /** @throws LoaderFault when the text shows that there is no shell any longer */
  requireShell(text: string, during: string): void {
    const interruption = findInterruption(text, this.#options.autoboot.says)
    if (interruption) throw interrupted(interruption, during)
  }

  /** What it means that nothing was said for so long. @param seconds the limit */
  silent(when: string, seconds: number): LoaderFault {
    const said = lastWords(this.#heard.text)
    return new LoaderFault(`The board fell silent ${when} (${seconds} s); the last that it said: ${said}.`)
  }
}

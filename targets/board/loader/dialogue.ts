import { randomBytes } from 'node:crypto'
import type { DialogueOptions } from './dialogue-options.ts'
import { interrupted, lostCharacters, noHush } from './dialogue-faults.ts'
import { endIt, whileItGoesOn } from './going-command.ts'
import { HeardText } from './heard-text.ts'
import { findInterruption } from './interruption.ts'
import { lastWords, LoaderFault } from './loader-fault.ts'
import { stopAutoboot } from './stop-autoboot.ts'
import { compareEcho, findAnswer, hidden, isAnswering, lineFor, type Answer } from './typed-line.ts'

/** A command is typed as often when the wire loses characters. */
const mostTries = 8
/** A command that says nothing until its limit, of a shell that lives, is entered as often. */
const mostSilences = 2
/** Typed at once before its echo is awaited, so that no receive buffer runs over: a FIFO holds as much. */
const shortestPiece = 32
const interrupt = '\x03'
const enter = '\r'

/** A line that did not come to its end, and why, in words. */
interface Lost {
  why: string
  /** Whether the board said nothing at all, for as long as a command may take. */
  silent?: boolean
}

/**
 * The dialogue with U-Boot's shell: one command at a time, no Enter before the line's echo is whole, no next command before
 * the answer and the prompt have come. It reads copies of what the board says (`feed`) and does no I/O but `write`.
 */
export class LoaderDialogue {
  readonly #write: (text: string) => void
  readonly #options: DialogueOptions
  readonly #signal: AbortSignal
  readonly #heard = new HeardText()
  readonly #nonce: () => string
  #lost = 0
  /** Each piece whose echo came whole allows a longer one, until one is lost: that board reads more slowly than a wire brings. */
  #piece = shortestPiece
  #mayGrow = true
  /** Every command that was entered, in order: whether a load was ever asked for, and which came last. */
  readonly entered: string[] = []

  /**
   * @param write types at the board
   * @param signal aborting ends whatever is being waited for with the signal's reason
   */
  constructor(write: (text: string) => void, options: DialogueOptions, signal: AbortSignal) {
    this.#write = write
    this.#options = options
    this.#signal = signal
    this.#nonce = options.nonce ?? (() => `K${randomBytes(3).toString('hex')}`)
  }

  /** Aborted when the dialogue is over for whoever holds it. */
  get signal(): AbortSignal {
    return this.#signal
  }

  /** How often a line had to be typed again because its echo or its answer was not right. */
  get lost(): number {
    return this.#lost
  }

  /** Takes what the board said, from its first byte after power-on to its last before the kernel. */
  feed(chunk: Uint8Array): void {
    this.#heard.feed(chunk)
  }

  /**
   * Waits for the autoboot line, stops it, and comes to a clean prompt; a loader that stops by itself is taken as it is.
   * @throws LoaderFault when the board starts a kernel instead, or falls silent
   */
  async toPrompt(): Promise<void> {
    await stopAutoboot(this.#heard, this.#write, this.#options, this.#signal)
    await this.#clear('at the prompt')
  }

  /**
   * Types one command and waits for its answer. A line that is echoed wrongly is never entered, and typed again.
   * @param meanwhile begins when the command has been entered, and must end before its answer is read
   * @throws LoaderFault when the board falls silent, resets, crashes or starts a kernel; LabError PlaceBroken when the wire
   *   loses characters again and again; what `meanwhile` throws, after the command was interrupted
   */
  async ask(command: string, meanwhile?: () => Promise<void>): Promise<Answer> {
    const during = `during \`${command}\``
    return this.#again(command, async () => {
      const nonce = this.#nonce()
      const lost = await this.#type(lineFor(command, nonce), during)
      return lost ?? this.#answer(command, during, nonce, meanwhile)
    })
  }

  /**
   * Types a command that does not come back, and waits for what it says when it goes.
   * @param gone what shows that it went, in the text behind the echo
   * @throws as `ask`; LoaderFault when the prompt came back instead, with what the shell said
   */
  async leave(command: string, gone: (text: string) => boolean): Promise<void> {
    const { prompt, limits } = this.#options
    await this.#again(command, async () => {
      const lost = (await this.#type(command, `during \`${command}\``)) ?? (await this.#enter(command, () => undefined))
      if (lost) return lost
      const end = (text: string) => (gone(text) ? 'gone' : text.endsWith(`\n${prompt}`) ? 'back' : undefined)
      const how = await this.#heard.until(end, limits.silence * 1000, this.#signal)
      if (how === 'gone') return true
      if (how === undefined) throw this.#silent(`after \`${command}\` was entered`, limits.silence)
      const said = lastWords(this.#heard.text.slice(0, -prompt.length))
      throw new LoaderFault(`U-Boot refused \`${command}\`: it said ${said}.`)
    })
  }

  /**
   * Types a command that goes on until ^C, and ends it when the work that it is for has been done.
   * @param begun what it says when it goes on, in the text behind the echo
   * @param work gets what it said; its signal is aborted when the command ends before it
   * @returns what the work gave; or how the command ended by itself
   * @throws as `ask`; what the work throws, after the command was interrupted
   */
  async askWhile<T>(
    command: string,
    begun: RegExp,
    work: (said: RegExpExecArray, signal: AbortSignal) => Promise<T>,
  ): Promise<{ done: T } | { ended: Answer }> {
    const during = `during \`${command}\``
    const { prompt, limits } = this.#options
    return this.#again(command, async () => {
      const nonce = this.#nonce()
      const lost =
        (await this.#type(lineFor(command, nonce), during)) ??
        (await this.#enter(command, (text) => this.#interrupted(text, during)))
      if (lost) return lost
      const ended = (text: string): Answer | undefined => {
        const answer = findAnswer(text, nonce, prompt)
        if (answer === 'no-hush') throw noHush()
        return answer === 'damaged' ? { code: -1, output: text } : answer
      }
      const first = await this.#listen(during, limits.silence, (text) => ended(text) ?? begun.exec(text) ?? undefined)
      if (first === undefined) return { why: `its answer came as ${lastWords(this.#heard.text)}`, silent: true }
      if (!Array.isArray(first)) return { ended: first }
      const check = (text: string): void => this.#interrupted(text, during)
      const going = { heard: this.#heard, write: this.#write, signal: this.#signal, check, ended }
      const end = await whileItGoesOn(going, (signal) => work(first, signal))
      if ('done' in end) await endIt(going, command, limits.echo)
      return end
    })
  }

  /** Does something again, each time from a clean prompt, until nothing of it is lost. */
  async #again<T>(command: string, one: () => Promise<T | Lost>): Promise<T> {
    let silences = 0
    for (let tries = 1; ; tries++) {
      const done = await one()
      if (!isLost(done)) return done
      this.#lost++
      if (done.silent) silences++
      const silent = this.#silent(`after \`${command}\` was entered`, this.#options.limits.silence)
      if (silences === mostSilences) throw silent
      if (tries === mostTries) throw lostCharacters(command, tries, done.why)
      await this.#clear(`during \`${command}\``, done.silent ? silent : undefined)
    }
  }

  /** Types a line and waits for its echo, piece by piece. */
  async #type(line: string, during: string): Promise<Lost | undefined> {
    this.#heard.forget()
    for (let end = 0; end < line.length;) {
      const start = end
      end += this.#piece
      const typed = line.slice(0, end)
      this.#write(line.slice(start, end))
      const echo = await this.#listen(during, this.#options.limits.echo, (text) => {
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
  async #enter(command: string, check: (text: string) => void): Promise<Lost | undefined> {
    this.#heard.forget()
    this.#write(enter)
    const find = (text: string): true | undefined => {
      check(text)
      return /\n/.test(text) || undefined
    }
    const entered = await this.#heard.until(find, this.#options.limits.echo * 1000, this.#signal)
    if (entered) this.entered.push(command)
    return entered ? undefined : { why: `Enter was echoed as ${lastWords(this.#heard.text, 1)}` }
  }

  async #answer(
    command: string,
    during: string,
    nonce: string,
    meanwhile?: () => Promise<void>,
  ): Promise<Answer | Lost> {
    const lost = await this.#enter(command, (text) => this.#interrupted(text, during))
    if (lost) return lost
    try {
      await meanwhile?.()
    } catch (error) {
      this.#write(interrupt)
      throw error
    }
    const { prompt, limits } = this.#options
    // Where the command seems to have ended, what is missing of the answer comes at once or was lost; that may also have
    // been the command's own words, with more to come.
    for (let seemsOver = false; ;) {
      const look = (text: string) =>
        findAnswer(text, nonce, prompt) ?? (isAnswering(text, nonce, prompt) === seemsOver ? undefined : 'look')
      const answer = await this.#listen(during, seemsOver ? limits.echo : limits.silence, look)
      if (answer === 'no-hush') throw noHush()
      if (answer === 'look') seemsOver = !seemsOver
      else if (typeof answer === 'object') return answer
      else
        return { why: `its answer came as ${lastWords(this.#heard.text)}`, silent: answer === undefined && !seemsOver }
    }
  }

  /**
   * Leaves whatever line or command there is by ^C, and has the shell say a fresh nonce: an older prompt may still be on
   * its way, and whoever takes that for the answer is one prompt behind from then on.
   * @param fault what it means when there is no answer
   */
  async #clear(during: string, fault?: LoaderFault): Promise<void> {
    const { prompt, limits } = this.#options
    let silent: LoaderFault | undefined
    for (let tries = 0; tries < mostTries; tries++) {
      this.#heard.forget()
      this.#write(interrupt)
      await this.#listen(during, limits.echo, (text) => text.endsWith(prompt) || undefined)
      silent = this.#silent(`or gave no prompt when ^C was typed ${mostTries} times ${during}`, limits.echo)
      if (this.#heard.text === '') continue
      const nonce = this.#nonce()
      this.#write(`echo ${hidden(nonce)}${enter}`)
      const clean = new RegExp(`${nonce}\\r*\\n$`)
      const isClean = (text: string): boolean => text.endsWith(prompt) && clean.test(text.slice(0, -prompt.length))
      if (await this.#listen(during, limits.echo, (text) => isClean(text) || undefined)) return
    }
    throw fault ?? silent!
  }

  /** Waits for something of the shell's; ends when the console shows that there is no shell any longer. */
  async #listen<T>(during: string, seconds: number, find: (text: string) => T | undefined): Promise<T | undefined> {
    const check = (text: string): T | undefined => {
      this.#interrupted(text, during)
      return find(text)
    }
    return this.#heard.until(check, seconds * 1000, this.#signal)
  }

  #interrupted(text: string, during: string): void {
    const interruption = findInterruption(text, this.#options.autoboot.says)
    if (interruption) throw interrupted(interruption, during)
  }

  #silent(when: string, seconds: number): LoaderFault {
    const said = lastWords(this.#heard.text)
    return new LoaderFault(`The board fell silent ${when} (${seconds} s); the last that it said: ${said}.`)
  }
}

function isLost<T>(done: T | Lost): done is Lost {
  return typeof done === 'object' && done !== null && 'why' in done
}

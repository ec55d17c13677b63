import type { DialogueOptions } from './dialogue-options.ts'
import { lostCharacters, noHush } from './dialogue-faults.ts'
import { endIt, whileItGoesOn } from './going-command.ts'
import { HeardText } from './heard-text.ts'
import { lastWords, LoaderFault } from './loader-fault.ts'
import { ShellLine, type Lost } from './shell-line.ts'
import { stopAutoboot } from './stop-autoboot.ts'
import { findAnswer, goodLength, isAnswering, lineFor, roomFor, type Answer } from './typed-line.ts'

/** A command is typed as often when the wire loses characters. */
const mostTries = 8
/** A command that says nothing until its limit, of a shell that lives, is entered as often. */
const mostSilences = 2

/**
 * The dialogue with U-Boot's shell: one command at a time, no Enter before the line's echo is whole, no next command before
 * the answer and the prompt have come. It reads copies of what the board says (`feed`) and does no I/O but `write`.
 */
export class LoaderDialogue {
  readonly #write: (text: string) => void
  readonly #options: DialogueOptions
  readonly #signal: AbortSignal
  readonly #heard = new HeardText()
  readonly #line: ShellLine
  #lost = 0
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
    this.#line = new ShellLine(write, options, signal, this.#heard)
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
    await this.#line.clear('at the prompt')
  }

  /**
   * Types one command and waits for its answer. A line that is echoed wrongly is never entered, and typed again.
   * @param meanwhile begins when the command has been entered, and must end before its answer is read
   * @throws LoaderFault when the board falls silent, resets, crashes or starts a kernel; LabError PlaceBroken when the wire
   *   loses characters again and again; what `meanwhile` throws, after the command was interrupted
   */
  async ask(command: string, meanwhile?: () => Promise<void>): Promise<Answer> {
    return await this.#again(command, () => this.#ask(command, meanwhile))
  }

  /**
   * Asks several things by one line, since each line has to go to the board and back; but of long ones a wire that loses
   * characters brings none whole, so that one is typed once, and not at all when characters have been lost before.
   * @returns undefined when it is too long, or was lost: then they are to be asked one by one
   * @throws as `ask`
   */
  async askAtOnce(command: string, meanwhile?: () => Promise<void>): Promise<Answer | undefined> {
    if (command.length <= goodLength) return await this.ask(command, meanwhile)
    if (this.#lost > 0 || command.length > roomFor('K000000')) return undefined
    const answer = await this.#ask(command, meanwhile)
    if (!isLost(answer)) return answer
    this.#lost++
    await this.#line.clear(`during \`${command}\``)
    return undefined
  }

  async #ask(command: string, meanwhile?: () => Promise<void>): Promise<Answer | Lost> {
    const during = `during \`${command}\``
    const nonce = this.#line.nonce()
    return (
      (await this.#line.type(lineFor(command, nonce), during)) ??
      (await this.#answer(command, during, nonce, meanwhile))
    )
  }

  /**
   * Types a command that does not come back, and waits for what it says when it goes.
   * @param gone what shows that it went, in the text behind the echo
   * @throws as `ask`; LoaderFault when the prompt came back instead, with what the shell said
   */
  async leave(command: string, gone: (text: string) => boolean): Promise<void> {
    const { prompt, limits } = this.#options
    await this.#again(command, async () => {
      const lost =
        (await this.#line.type(command, `during \`${command}\``)) ?? (await this.#enter(command, () => undefined))
      if (lost) return lost
      const end = (text: string) => (gone(text) ? 'gone' : text.endsWith(`\n${prompt}`) ? 'back' : undefined)
      const how = await this.#heard.until(end, limits.silence * 1000, this.#signal)
      if (how === 'gone') return true
      if (how === undefined) throw this.#line.silent(`after \`${command}\` was entered`, limits.silence)
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
      const nonce = this.#line.nonce()
      const lost =
        (await this.#line.type(lineFor(command, nonce), during)) ??
        (await this.#enter(command, (text) => this.#line.requireShell(text, during)))
      if (lost) return lost
      const ended = (text: string): Answer | undefined => {
        const answer = findAnswer(text, nonce, prompt)
        if (answer === 'no-hush') throw noHush()
        return answer === 'damaged' ? { code: -1, output: text } : answer
      }
      const first = await this.#line.listen(
        during,
        limits.silence,
        (text) => ended(text) ?? begun.exec(text) ?? undefined,
      )
      if (first === undefined) return { why: `its answer came as ${lastWords(this.#heard.text)}`, silent: true }
      if (!Array.isArray(first)) return { ended: first }
      const check = (text: string): void => this.#line.requireShell(text, during)
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
      const silent = this.#line.silent(`after \`${command}\` was entered`, this.#options.limits.silence)
      if (silences === mostSilences) throw silent
      if (tries === mostTries) throw lostCharacters(command, tries, done.why)
      await this.#line.clear(`during \`${command}\``, done.silent ? silent : undefined)
    }
  }

  /** Enters the line that was echoed whole. @param check may throw for what is heard meanwhile */
  async #enter(command: string, check: (text: string) => void): Promise<Lost | undefined> {
    const lost = await this.#line.enter(check)
    if (lost === undefined) this.entered.push(command)
    return lost
  }

  async #answer(
    command: string,
    during: string,
    nonce: string,
    meanwhile?: () => Promise<void>,
  ): Promise<Answer | Lost> {
    const lost = await this.#enter(command, (text) => this.#line.requireShell(text, during))
    if (lost) return lost
    try {
      await meanwhile?.()
    } catch (error) {
      this.#line.interrupt()
      throw error
    }
    const { prompt, limits } = this.#options
    // Where the command seems to have ended, what is missing of the answer comes at once or was lost; that may also have
    // been the command's own words, with more to come.
    for (let seemsOver = false; ;) {
      const look = (text: string) =>
        findAnswer(text, nonce, prompt) ?? (isAnswering(text, nonce, prompt) === seemsOver ? undefined : 'look')
      const answer = await this.#line.listen(during, seemsOver ? limits.echo : limits.silence, look)
      if (answer === 'no-hush') throw noHush()
      if (answer === 'look') seemsOver = !seemsOver
      else if (typeof answer === 'object') return answer
      else
        return { why: `its answer came as ${lastWords(this.#heard.text)}`, silent: answer === undefined && !seemsOver }
    }
  }
}

function isLost<T>(done: T | Lost): done is Lost {
  return typeof done === 'object' && done !== null && 'why' in done
}

import { randomBytes } from 'node:crypto'
import { LabError } from '../../../domain/errors.ts'
import { HeardText } from './heard-text.ts'
import { findInterruption, findKernel, type Interruption } from './interruption.ts'
import { lastWords, LoaderFault } from './loader-fault.ts'
import { compareEcho, findAnswer, hidden, lineFor, type Answer } from './typed-line.ts'

/** How a shell of a boot loader is spoken to. */
export interface DialogueOptions {
  /** Its prompt, literally. */
  prompt: string
  /** What the loader says before it boots by itself, literally, and the one key that stops it. */
  autoboot: { says: string; key: string }
  limits: {
    /** Seconds without a byte while firmware starts or a command runs. */
    silence: number
    /** Seconds without a byte that an echo, or the prompt after ^C, may take. */
    echo: number
  }
  /** A fresh word for each command; random unless a test says otherwise. */
  nonce?: () => string
}

/** A command is typed as often when the wire loses characters. */
const mostTries = 8
/** Typed at once; the echo is awaited before more is typed, so that no receive buffer runs over. */
const piece = 32
const interrupt = '\x03'
const enter = '\r'

/** While autoboot counts down, U-Boot goes back over the number and says the next one (common/autoboot.c). */
const tick = /\x08{2,3} ?\d/g

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
    const { autoboot, prompt, limits } = this.#options
    const wait = <T>(find: (text: string) => T | undefined) =>
      this.#heard.until(find, limits.silence * 1000, this.#signal)
    const first = await wait((text) => {
      if (saysAutoboot(text, autoboot.says)) return 'autoboot'
      return text.endsWith(prompt) ? 'prompt' : findKernel(text)
    })
    if (first === undefined) throw this.#silent('before it came to its boot loader')
    if (typeof first !== 'string')
      throw new LoaderFault(`The board booted a kernel and never came to its boot loader: "${first.line}".`)
    if (first === 'autoboot') {
      this.#write(autoboot.key)
      let ticks = count(this.#heard.text, tick)
      const stopped = await wait((text) => {
        if (isAtPrompt(text, prompt, autoboot.key)) return 'prompt'
        const now = count(text, tick)
        // It still counts: the key was lost on its way.
        if (now > ticks) this.#write(autoboot.key)
        ticks = now
        return findKernel(text)
      })
      if (stopped === undefined) throw this.#silent('after the key that stops its autoboot was typed')
      if (typeof stopped !== 'string')
        throw new LoaderFault(`The board's autoboot was not stopped by its key: "${stopped.line}".`)
    }
    await this.#clear('to the prompt')
  }

  /**
   * Types one command and waits for its answer. A line that is echoed wrongly is never entered, and typed again.
   * @param meanwhile begins when the command has been entered, and must end before its answer is read
   * @throws LoaderFault when the board falls silent, resets, crashes or starts a kernel; LabError PlaceBroken when the wire
   *   loses characters again and again; what `meanwhile` throws, after the command was interrupted
   */
  async ask(command: string, meanwhile?: () => Promise<void>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const nonce = this.#nonce()
      const line = lineFor(command, nonce)
      let why = await this.#type(line, command)
      if (why === undefined) {
        const answer = await this.#enter(command, nonce, meanwhile)
        if (typeof answer !== 'string') return answer
        why = answer
      }
      this.#lost++
      if (tries === mostTries) throw lostCharacters(command, tries, why)
      await this.#clear(command)
    }
  }

  /**
   * Types a command that does not come back, and waits for what it says when it goes.
   * @param gone what shows that it went, in the text behind the echo
   * @returns what was said behind the echo
   * @throws as `ask`; LoaderFault when the prompt came back instead, with what the shell said
   */
  async leave(command: string, gone: (text: string) => boolean): Promise<string> {
    const { prompt, limits } = this.#options
    for (let tries = 1; ; tries++) {
      let why = await this.#type(command, command)
      if (why === undefined) {
        this.#heard.forget()
        this.#write(enter)
        const entered = await this.#heard.until(
          (text) => /\n/.test(text) || undefined,
          limits.echo * 1000,
          this.#signal,
        )
        if (entered) {
          const end = (text: string) => (gone(text) ? 'gone' : text.endsWith(`\n${prompt}`) ? 'back' : undefined)
          const how = await this.#heard.until(end, limits.silence * 1000, this.#signal)
          if (how === 'gone') return this.#heard.text
          if (how === undefined) throw this.#silent(`after \`${command}\` was entered`)
          throw new LoaderFault(
            `U-Boot refused \`${command}\`: it said ${lastWords(this.#heard.text.slice(0, -prompt.length))}.`,
          )
        }
        why = 'Enter was not echoed'
      }
      this.#lost++
      if (tries === mostTries) throw lostCharacters(command, tries, why)
      await this.#clear(command)
    }
  }

  /** Types a line and waits for its echo, piece by piece. @returns why not, in words, when the echo was wrong */
  async #type(line: string, command: string): Promise<string | undefined> {
    this.#heard.forget()
    for (let end = piece; ; end += piece) {
      const typed = line.slice(0, end)
      this.#write(line.slice(end - piece, end))
      const echo = await this.#listen(command, this.#options.limits.echo, (text) => {
        const state = compareEcho(typed, text)
        return state === 'begun' ? undefined : state
      })
      if (echo !== 'whole') return `"${typed}" was echoed as ${lastWords(this.#heard.text, 1)}`
      if (end >= line.length) return undefined
    }
  }

  /** Enters the line that was echoed whole. @returns its answer; why there is none, in words, when one was lost */
  async #enter(command: string, nonce: string, meanwhile?: () => Promise<void>): Promise<Answer | string> {
    const { prompt, limits } = this.#options
    this.#heard.forget()
    this.#write(enter)
    const entered = await this.#listen(command, limits.echo, (text) => /^\r*\n/.test(text) || undefined)
    if (!entered) return `Enter was echoed as ${lastWords(this.#heard.text, 1)}`
    try {
      await meanwhile?.()
    } catch (error) {
      this.#write(interrupt)
      throw error
    }
    const answer = await this.#answer(command, nonce, prompt)
    if (answer === 'no-hush') {
      const sentence = `This board's U-Boot has no hush shell, so that it cannot say what a command came to: build it with CONFIG_HUSH_PARSER.`
      throw new LabError('PlaceBroken', sentence)
    }
    if (answer === undefined) throw this.#silent(`after \`${command}\` was entered`)
    return answer === 'damaged' ? `its answer came as ${lastWords(this.#heard.text)}` : answer
  }

  /**
   * Waits for the answer. When a prompt has come without one, it waits no longer than for an echo: the answer was damaged
   * on its way, or the prompt was the command's own words and more is to come.
   */
  async #answer(command: string, nonce: string, prompt: string): Promise<Answer | 'damaged' | 'no-hush' | undefined> {
    const { silence, echo } = this.#options.limits
    for (;;) {
      const first = await this.#listen(command, silence, (text) => {
        return findAnswer(text, nonce, prompt) ?? (text.endsWith(`\n${prompt}`) ? 'prompt' : undefined)
      })
      if (first !== 'prompt') return first
      const length = this.#heard.text.length
      const more = await this.#listen(command, echo, (text) => text.length > length || undefined)
      if (!more) return 'damaged'
    }
  }

  /**
   * Leaves whatever line or command there is by ^C, and has the shell say a fresh nonce: an older prompt may still be on
   * its way, and whoever takes that for the answer is one prompt behind from then on.
   */
  async #clear(command: string): Promise<void> {
    const { prompt, limits } = this.#options
    for (let tries = 0; tries < mostTries; tries++) {
      this.#heard.forget()
      this.#write(interrupt)
      const stopped = await this.#listen(command, limits.echo, (text) => text.endsWith(prompt) || undefined)
      if (!stopped) continue
      const nonce = this.#nonce()
      this.#write(`echo ${hidden(nonce)}${enter}`)
      const clean = new RegExp(`${nonce}\\r*\\n$`)
      const isClean = (text: string): boolean => text.endsWith(prompt) && clean.test(text.slice(0, -prompt.length))
      if (await this.#listen(command, limits.echo, (text) => isClean(text) || undefined)) return
    }
    throw this.#silent(`or did not answer when ^C was typed ${mostTries} times`)
  }

  /** Waits for something of the shell's; ends when the console shows that there is no shell any longer. */
  async #listen<T>(command: string, seconds: number, find: (text: string) => T | undefined): Promise<T | undefined> {
    const check = (text: string): T | undefined => {
      const interruption = findInterruption(text, this.#options.autoboot.says)
      if (interruption) throw interrupted(interruption, command)
      return find(text)
    }
    return this.#heard.until(check, seconds * 1000, this.#signal)
  }

  #silent(when: string): LoaderFault {
    const said = lastWords(this.#heard.text)
    return new LoaderFault(
      `The board fell silent ${when} (${this.#options.limits.silence} s); the last that it said: ${said}.`,
    )
  }
}

/** The autoboot line, or the half of it that a wire left whole. */
function saysAutoboot(text: string, says: string): boolean {
  if (text.includes(says)) return true
  const half = says.length >> 1
  return says.length >= 20 && (text.includes(says.slice(0, half)) || text.includes(says.slice(half)))
}

/** Whether the prompt came last, or nothing behind it but the echo of a key that was typed once too often. */
function isAtPrompt(text: string, prompt: string, key: string): boolean {
  const end = text.lastIndexOf(prompt)
  return end >= 0 && text.slice(end + prompt.length).replaceAll(key, '') === ''
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function interrupted({ kind, line }: Interruption, command: string): LoaderFault {
  const during = command === 'to the prompt' ? 'at the prompt' : `during \`${command}\``
  const sentences = {
    reset: `The board was reset under us ${during}, by its firmware or by its power: it said "${line}" again.`,
    kernel: `A kernel spoke ${during} that nobody had started: "${line}".`,
    crash: `The boot loader crashed ${during}: ${line}.`,
  }
  return new LoaderFault(sentences[kind])
}

function lostCharacters(command: string, tries: number, why: string): LabError {
  const sentence = `The way to the boot loader's shell lost characters of \`${command}\` ${tries} times (${why}): check the console's wire and speed.`
  return new LabError('PlaceBroken', sentence, { retryable: true })
}

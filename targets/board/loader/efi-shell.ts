import { randomBytes } from 'node:crypto'
import { LabError } from '../../../domain/errors.ts'
import { HeardText } from './heard-text.ts'
import { findInterruption, findKernel } from './interruption.ts'
import { lastWords, LoaderFault } from './loader-fault.ts'
import { PlainText } from './plain-text.ts'

/** What EDK2's shell says while it waits for the key that keeps it from running startup.nsh, each second; and that key. */
export const efiAutoboot = { says: 'seconds to skip', key: '\x1b' }
const prompt = 'Shell> '
const enter = '\r'
const backspace = '\b'
/** Typed at once; the echo is awaited before more is typed, so that no receive buffer runs over. */
const piece = 16
/** A command is typed as often when the wire loses characters. */
const mostTries = 8

/** Seconds without a byte that firmware, a command or an echo may take. */
export interface EfiLimits {
  silence: number
  echo: number
}

/**
 * The dialogue with a UEFI shell (EDK2's): one command at a time, no Enter before the line's echo is whole, and behind each
 * command the shell is asked for its code and a nonce. It reads copies of what the board says and does no I/O but `write`.
 */
export class EfiShell {
  readonly #write: (text: string) => void
  readonly #limits: EfiLimits
  readonly #signal: AbortSignal
  readonly #heard = new HeardText()
  readonly #plain = new PlainText()

  /** @param signal aborting ends whatever is being waited for with the signal's reason */
  constructor(write: (text: string) => void, limits: EfiLimits, signal: AbortSignal) {
    this.#write = write
    this.#limits = limits
    this.#signal = signal
  }

  /** Takes what the board said, from its first byte after power-on. */
  feed(chunk: Uint8Array): void {
    this.#heard.feed(Buffer.from(this.#plain.feed(chunk), 'latin1'))
  }

  /**
   * Waits for the shell and keeps it from running a script.
   * @throws LoaderFault when the board falls silent, or starts a kernel instead
   */
  async toPrompt(): Promise<void> {
    let ticks = 0
    const find = (text: string): string | undefined => {
      if (text.endsWith(prompt)) return 'prompt'
      const now = text.split(efiAutoboot.says).length - 1
      // One for each time that it is said: a key may be lost.
      if (now > ticks) this.#write(efiAutoboot.key)
      ticks = now
      return findKernel(text)?.line
    }
    const how = await this.#heard.until(find, this.#limits.silence * 1000, this.#signal)
    if (how === 'prompt') return
    if (how === undefined) throw this.#silent('before it came to its UEFI shell')
    throw new LoaderFault(`The board booted a kernel and never came to its UEFI shell: "${how}".`)
  }

  /**
   * Types one command and waits for its answer.
   * @returns its code, 0 for success, and what it said
   * @throws LoaderFault when the board falls silent or is reset; LabError PlaceBroken when the wire loses characters
   */
  async ask(command: string): Promise<{ code: number; output: string }> {
    await this.#enter(command)
    const output = (await this.#untilPrompt(command)).slice(0, -prompt.length)
    for (let tries = 1; ; tries++) {
      const nonce = `K${randomBytes(3).toString('hex')}`
      // The caret is taken out, so that an echo cannot be taken for an answer.
      await this.#enter(`echo RC=%lasterror%,%lasterror% ${nonce.slice(0, 1)}^${nonce.slice(1)}`)
      const said = await this.#untilPrompt(command)
      const code = new RegExp(`RC=0x([0-9A-Fa-f]+),0x\\1 ${nonce}\\s`).exec(said)?.[1]
      if (code !== undefined) return { code: Number.parseInt(code, 16), output }
      if (tries === mostTries) throw lostCharacters(command, `its code came as ${lastWords(said)}`)
    }
  }

  /**
   * Types a command that does not come back, and waits for what it leads to.
   * @param find what shows that, in the text behind the command
   * @param silent makes of that text the error for a board that falls silent instead, where it is no fault of firmware's
   */
  async leave<T>(
    command: string,
    find: (text: string) => T | undefined,
    silent: (text: string) => Error | undefined,
  ): Promise<T> {
    await this.#enter(command)
    const found = await this.#heard.until(find, this.#limits.silence * 1000, this.#signal)
    if (found === undefined) throw silent(this.#heard.text) ?? this.#silent(`after \`${command}\` was entered`)
    return found
  }

  /** Types a line, and enters it once it was echoed as it was typed. */
  async #enter(line: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      if (await this.#type(line)) break
      if (tries === mostTries) throw lostCharacters(line, `it was echoed as ${lastWords(this.#heard.text, 1)}`)
      await this.#clear(line.length)
    }
    this.#heard.forget()
    this.#write(enter)
  }

  async #type(line: string): Promise<boolean> {
    this.#heard.forget()
    for (let end = piece; ; end += piece) {
      this.#write(line.slice(end - piece, end))
      const typed = line.slice(0, end)
      const find = (text: string): 'whole' | 'wrong' | undefined => {
        this.#interrupted(text, line)
        // At a line's end the shell may go to the next.
        const echo = text.replaceAll(/[\r\n]+/g, '')
        return echo.startsWith(typed) ? 'whole' : typed.startsWith(echo) ? undefined : 'wrong'
      }
      if ((await this.#heard.until(find, this.#limits.echo * 1000, this.#signal)) !== 'whole') return false
      if (end >= line.length) return true
    }
  }

  /** Takes a line back: a backspace too many does nothing. Esc would be the start of a control sequence for two seconds. */
  async #clear(length: number): Promise<void> {
    this.#write(backspace.repeat(length + 2))
    await this.#heard.until(() => undefined, this.#limits.echo * 1000, this.#signal)
  }

  async #untilPrompt(command: string): Promise<string> {
    const find = (text: string): string | undefined => {
      this.#interrupted(text, command)
      return text.endsWith(`\n${prompt}`) ? text : undefined
    }
    const said = await this.#heard.until(find, this.#limits.silence * 1000, this.#signal)
    if (said === undefined) throw this.#silent(`after \`${command}\` was entered`)
    return said
  }

  #interrupted(text: string, during: string): void {
    const found = findInterruption(text, efiAutoboot.says)
    if (found) throw new LoaderFault(`The board left its UEFI shell during \`${during}\`: it said "${found.line}".`)
  }

  #silent(when: string): LoaderFault {
    const said = lastWords(this.#heard.text)
    return new LoaderFault(`The board fell silent ${when} (${this.#limits.silence} s); the last that it said: ${said}.`)
  }
}

function lostCharacters(command: string, why: string): LabError {
  const sentence = `The way to the UEFI shell lost characters of \`${command}\` ${mostTries} times (${why}): check the console's wire and speed.`
  return new LabError('PlaceBroken', sentence, { retryable: true })
}

import type { Duplex } from 'node:stream'
import { defaultEscape, ourEscape } from '../../../domain/console/conserver-codec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { ConsoleFault, nameOfServer, sentence, type ConsoleFaultKind } from './console-fault.ts'
import type { ConsoleServer } from './console-source.ts'
import { dial } from './dial.ts'
import { firstWords, lineEnd, textEnd } from './first-words.ts'

/** It answers within milliseconds, or not at all. */
const answerMs = 10_000
/** Orders that follow the escape sequence, conserver(8): redefine it, open the line, and show the console. */
const [redefine, openLine, showConsole] = [0x65, 0x6f, 0x3b]

/** A talk with one of conserver's processes, line by line, up to the point where it becomes the console itself. */
export class ConserverTalk {
  readonly connection: Duplex
  readonly #server: ConsoleServer
  readonly #signal: AbortSignal

  private constructor(connection: Duplex, server: ConsoleServer, signal: AbortSignal) {
    this.connection = connection
    this.#server = server
    this.#signal = signal
  }

  static async start(server: ConsoleServer, link: HostLink | undefined, signal: AbortSignal): Promise<ConserverTalk> {
    const talk = new ConserverTalk(await dial(server, link, signal), server, signal)
    talk.connection.on('error', () => undefined)
    return talk
  }

  /** The server greets with ok, or says why it does not want us. */
  async logIn(user: string): Promise<void> {
    try {
      await this.#expectOk(await this.#answer(lineEnd))
      await this.#expectOk(await this.ask(`login ${user}`))
    } catch (error) {
      this.connection.destroy()
      throw error
    }
  }

  async ask(line: string): Promise<string> {
    this.connection.write(`${line}\r\n`)
    return await this.#answer(lineEnd)
  }

  /**
   * Whether a console is down: conserver attaches to one whose tty is not there as to any other, and does not say either
   * when it goes (8.2.7).
   */
  async isDown(console: string): Promise<boolean> {
    const hosts = await this.ask(`hosts ${console}`)
    return /^\S+\s+down\b/.test(hosts)
  }

  /** Lets conserver open a console again that is down, which it does by itself once in minutes, if at all. */
  async bringUp(console: string): Promise<void> {
    this.connection.write(Uint8Array.of(...ourEscape, openLine))
    const answer = await this.#answer(textEnd(']\r\n'))
    if (!answer.startsWith('[up')) throw this.fault('no-device', `${console}: ${answer}`)
  }

  /** So that nothing that is typed is taken for an order: ^Ec could be, ours is quoted. */
  async changeEscape(): Promise<void> {
    this.connection.write(Uint8Array.of(...defaultEscape, redefine, ...ourEscape))
    await this.#answer(textEnd('ok]\r\n'))
  }

  /** From the answer on the console is heard. */
  async connect(): Promise<void> {
    this.connection.write(Uint8Array.of(...ourEscape, showConsole))
    await this.#answer(textEnd('[connected]\r\n'))
  }

  fault(kind: ConsoleFaultKind, said: string): ConsoleFault {
    const text = `${sentence(nameOfServer(this.#server))} said: ${said}.`
    return new ConsoleFault(kind, text, { server: this.#server })
  }

  async #answer(endOf: (seen: Buffer) => number | undefined): Promise<string> {
    const late = AbortSignal.timeout(answerMs)
    try {
      const { words, cut } = await firstWords(this.connection, endOf, AbortSignal.any([this.#signal, late]))
      const said = words.toString('latin1').trim()
      if (cut) throw this.fault('closed', said === '' ? 'nothing, and hung up' : said)
      return said
    } catch (error) {
      if (this.#signal.aborted || !late.aborted) throw error
      throw this.fault('unreachable', `nothing within ${answerMs / 1000} s`)
    }
  }

  async #expectOk(answer: string): Promise<void> {
    if (answer === 'ok') return
    const hint = /encryption/.test(answer)
      ? ' (set sslrequired no in its configuration, or reach it through ssh)'
      : answer.startsWith('passwd?')
        ? ' (list this host as trusted in its configuration)'
        : ''
    throw this.fault('other', answer + hint)
  }
}

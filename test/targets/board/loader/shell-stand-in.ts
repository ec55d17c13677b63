/** What a stand-in says to a command: its output and its code; or what happens instead of an answer. */
export type Reply = { output?: string; code?: number } | { instead: string } | 'hangs' | GoingReply

/** A command that goes on until ^C, or until its stand-in says that it has ended. */
export interface GoingReply {
  /** What it says first. */
  goesOn: string
  /** What it says at ^C; a command that is deaf to it has none. */
  atInterrupt?: string
  /** Told when it goes on no longer. */
  over?: () => void
}

/** The simple commands of a list, each with what stands before it; what is in apostrophes is none of the list's. */
const simpleCommands = /(^| && |; )((?:'[^']*'|(?! && |; ).)+)/g

/**
 * A stand-in for U-Boot's shell, for what a real one does not do when asked to: it echoes, runs a line at Enter, gives the
 * prompt back at ^C, and takes an empty line for the last one again, as common/cli_readline.c and cli_hush.c do.
 */
export class ShellStandIn {
  readonly #say: (text: string) => void
  readonly #reply: (command: string) => Reply
  #line = ''
  #last = ''
  #deaf = false
  #going: { reply: GoingReply; goOn: (said: string) => void } | undefined
  /** Every simple command that was run, in order. */
  readonly ran: string[] = []
  /** The lines that they stood in, without what asks for the code. */
  readonly lines: string[] = []

  constructor(say: (text: string) => void, reply: (command: string) => Reply) {
    this.#say = say
    this.#reply = reply
  }

  type(text: string): void {
    for (const character of text) {
      if (this.#deaf) return
      if (this.#going) {
        const { atInterrupt } = this.#going.reply
        // It looks for nothing else, and takes away whatever it reads.
        if (character === '\x03' && atInterrupt !== undefined) this.endIt(atInterrupt)
      } else if (character === '\x03') this.#prompt('<INTERRUPT>\r\n')
      else if (character === '\r') this.#enter()
      else {
        this.#line += character
        this.#say(character)
      }
    }
  }

  #enter(): void {
    const line = this.#line === '' ? this.#last : this.#line
    this.#last = line
    this.#line = ''
    this.#say('\r\n')
    const nonceAlone = /^echo (K''\w+)$/.exec(line)?.[1]
    if (nonceAlone !== undefined) {
      this.#prompt(`${nonceAlone.replace("''", '')}\r\n`)
      return
    }
    const [, command = line, nonce] = /^(.*); echo RC=\$\?,\$\? (\w''\w+)$/.exec(line) ?? []
    this.lines.push(command)
    const list = [...command.matchAll(simpleCommands)].map(([, before = '', one = '']) => ({ before, one }))
    this.#run(list, '', 0, nonce)
  }

  /** Ends the command that goes on, with what it says then; the list that it stands in goes on. */
  endIt(said: string): void {
    const going = this.#going
    this.#going = undefined
    going?.reply.over?.()
    going?.goOn(said)
  }

  #run(list: { before: string; one: string }[], before: string, last: number, nonce: string | undefined): void {
    let [said, code] = [before, last]
    for (const [n, { before: word, one }] of list.entries()) {
      if (word === ' && ' && code !== 0) break
      this.ran.push(one)
      const reply = this.#reply(one)
      if (reply === 'hangs') {
        this.#deaf = true
        return
      }
      if ('instead' in reply) return this.#say(said + reply.instead)
      if ('goesOn' in reply) {
        this.#say(said + reply.goesOn)
        this.#going = { reply, goOn: (end) => this.#run(list.slice(n + 1), end, 0, nonce) }
        return
      }
      said += reply.output ?? ''
      code = reply.code ?? 0
    }
    this.#prompt(`${said}RC=${code},${code} ${nonce?.replace("''", '')}\r\n`)
  }

  #prompt(before: string): void {
    this.#line = ''
    this.#say(`${before}=> `)
  }
}

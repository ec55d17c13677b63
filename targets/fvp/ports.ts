/** A terminal that the model has announced. */
export interface Announced {
  name: string
  port: number
}

/**
 * The tail of the line by which a model announces a terminal. What stands before differs by model and release: nothing, or
 * `Info: RD_ASD: `. The names do, too (`terminal_0`, `telnetterminal5`, `terminal_ns_uart_ap`), and their order is none.
 */
const announcement = /([\w.-]+): Listening for serial connection on port (\d+)\s*$/

/** The longest line that is waited for: a program that prints without end and without a line feed is no model. */
const longestLine = 65_536

/** Takes one line of a model's output; returns the terminal that it announces, if it does. */
export function announcedIn(line: string): Announced | undefined {
  const [, name, port] = announcement.exec(line) ?? []
  if (name === undefined || port === undefined || Number(port) > 65_535) return undefined
  // The last part of an instance's path is the terminal's own name.
  return { name: name.slice(name.lastIndexOf('.') + 1), port: Number(port) }
}

/** Cuts a program's output into lines, whatever the chunks are that it comes in. */
export class Lines {
  #rest = ''

  /** Takes what came; returns the lines that are whole by now, without their ends. */
  feed(text: string): string[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = (lines.pop() ?? '').slice(-longestLine)
    return lines.map((line) => line.replace(/\r$/, ''))
  }
}

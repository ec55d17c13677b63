import { createWriteStream, mkdirSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { dirname } from 'node:path'
import type { ReadStream } from 'node:tty'
import type { ConsoleLine } from '../../targets/board/console/console-source.ts'

/** Ctrl-]: a key of telnet's, which no boot loader and no shell uses. What follows it is for us. */
const escape = 0x1d
const breakMs = 300

/** What a person types at a console and wants of us. */
interface Session {
  line: ConsoleLine
  /** Where every byte that the board says is kept. */
  rawFile: string
  input: ReadStream | NodeJS.ReadableStream
  output: NodeJS.WritableStream
  /** Talk that is not the board's. */
  talk: (text: string) => void
  signal: AbortSignal
  /** Until it resolves the board is being typed at by us, and keys are not passed on. */
  busy?: Promise<unknown>
  /** Whether it is over when nothing more can be typed, as it is of a file; else only whoever started it can end it then. */
  endsWithInput?: boolean
}

/**
 * Joins a person's terminal with a console until Ctrl-] q, an interrupt, the input's end, or the way to the board breaks. Bytes go both ways as
 * they are.
 * @returns why it ended: one sentence
 */
export async function consoleSession(session: Session): Promise<string> {
  const { line, rawFile, input, output, talk, signal, busy, endsWithInput = false } = session
  mkdirSync(dirname(rawFile), { recursive: true })
  const raw = createWriteStream(rawFile, { flags: 'wx' })
  const { promise, resolve } = Promise.withResolvers<string>()
  let escaped = false
  let isBusy = busy !== undefined
  void busy?.finally(() => (isBusy = false)).catch(() => undefined)
  const key = (byte: number): void => {
    if (byte === 0x71) resolve('You left the console.')
    else if (byte === 0x62 && line.sendBreak) void line.sendBreak(breakMs)
    else if (byte === 0x62) talk('This console has no break.')
    else talk('Ctrl-] q leaves, Ctrl-] b sends a break, Ctrl-] Ctrl-] sends Ctrl-].')
  }
  const typed = (chunk: Buffer): void => {
    let plain: number[] = []
    const send = (): void => {
      if (plain.length > 0 && !isBusy) line.stream.write(Buffer.from(plain))
      plain = []
    }
    for (const byte of chunk) {
      if (byte !== escape ? !escaped : escaped) plain.push(byte)
      else if (escaped) {
        // What was typed before a key goes before it.
        send()
        key(byte)
      }
      escaped = !escaped && byte === escape
    }
    send()
  }
  const terminal = 'setRawMode' in input && input.isTTY ? input : undefined
  const abort = (): void => resolve('Interrupted.')
  signal.addEventListener('abort', abort)
  void line.broken.then(resolve)
  line.stream.on('data', (chunk: Buffer) => {
    raw.write(chunk)
    output.write(chunk)
  })
  const ended = (): void => resolve('The input has ended.')
  terminal?.setRawMode(true)
  input.on('data', typed)
  if (endsWithInput) input.on('end', ended)
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
    input.off('data', typed)
    input.off('end', ended)
    input.pause()
    terminal?.setRawMode(false)
    raw.end()
    await finished(raw)
  }
}

import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { LoaderDialogue } from '../../../../targets/board/loader/dialogue.ts'
import { startUBoot, type UBootBoard } from '../../../rack/u-boot.ts'

/** What Debian's U-Boot says and takes. */
export const debianLoader = {
  kind: 'u-boot',
  prompt: '=> ',
  autoboot: { says: 'Hit any key to stop autoboot', key: ' ' },
  deviceTree: 'fdtcontroladdr',
} as const

/** Patient, for a loaded host; an echo takes a millisecond. */
export const limits = { silence: 30, echo: 1 }

/** A board that has just been powered on, and the dialogue with it; it is switched off when the test has finished. */
export interface BootedBoard {
  /** Its only UART; the dialogue reads it, too. */
  console: Duplex
  dialogue: LoaderDialogue
  /** Everything that the board said so far. */
  said(): string
  /** Resolves when the board has said this. */
  says(text: string): Promise<void>
  /** Resolves when the board is off and has said all. */
  off: Promise<void>
  kill(): Promise<void>
}

export interface BoardOptions {
  through?: string[]
  /** What the wire makes of what is typed. */
  wire?: (typed: string) => string
  signal?: AbortSignal
  echo?: number
  silence?: number
}

/** Powers a board on. @param folder where QEMU's log goes */
export function bootBoard(folder: string, board: UBootBoard, options: BoardOptions = {}): BootedBoard {
  const {
    wire = (typed) => typed,
    signal = new AbortController().signal,
    echo = limits.echo,
    silence = limits.silence,
  } = options
  const running = startUBoot(board, join(folder, 'qemu.log'), options.through)
  onTestFinished(() => running.stop())
  const write = (text: string): void => void running.console.write(Buffer.from(wire(text), 'latin1'))
  const dialogue = new LoaderDialogue(write, { ...debianLoader, limits: { silence, echo } }, signal)
  let said = ''
  const waiting: { text: string; said: () => void }[] = []
  running.console.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1')
    dialogue.feed(chunk)
    for (const one of waiting) if (said.includes(one.text)) one.said()
  })
  const says = (text: string): Promise<void> => new Promise((resolve) => waiting.push({ text, said: resolve }))
  const closed = new Promise<void>((resolve) => running.console.once('close', () => resolve()))
  const off = Promise.all([closed, running.ended]).then(() => undefined)
  return { console: running.console, dialogue, said: () => said, says, off, kill: () => running.stop() }
}

import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { socketPath } from '../../host/unix-socket.ts'
import { startGuarded } from '../../host/guarded-process.ts'
import { killed, readyWord, type RackPart } from './part.ts'

/** A cable between a board's UART and a tty, see `uart-wire.py`. */
export interface UartWire extends RackPart {
  /** The lab's end, for ser2net and its like. */
  tty: string
  /** The board's end: a Unix socket that QEMU's `-chardev socket,path=...,server=off` or `plugIn` connects to. */
  socket: string
  /**
   * Makes it a bad cable from the next time that the board at it gets power.
   * @param rate of all bytes, how many are lost, doubled or have a bit flipped; 0: a good cable again
   */
  damage(rate: number, seed: string): Promise<void>
  /** How many bytes it damaged until the board last lost its power; 0 when none ever were. */
  damaged(): Promise<number>
}

/** Lays a cable in a folder; it stays when the board at its end goes away and another comes. */
export async function startUartWire(folder: string, name: string): Promise<UartWire> {
  const socket = join(folder, `${name}.sock`)
  const tty = join(folder, name)
  const script = join(import.meta.dirname, 'uart-wire.py')
  const wire = startGuarded('/usr/bin/python3', [script, socketPath(folder, `${name}.sock`), tty])
  await readyWord(wire, 'ready', `the cable ${name}`)
  return {
    tty,
    socket,
    damage: async (rate, seed) => await writeFile(`${tty}.damage`, `${rate} ${seed}`),
    damaged: async () => Number(await readFile(`${tty}.damaged`, 'utf8').catch(() => '0')),
    stop: async () => {
      await killed(wire)
      // As udev does; the kernel gives the number of a pty that has gone to the next one, whoever makes it.
      await rm(tty, { force: true })
    },
  }
}

/** Plugs the test in as the board. */
export async function plugIn(wire: UartWire): Promise<Socket> {
  const board = connect(wire.socket)
  // A cable that is gone is no error of the board.
  board.on('error', () => undefined)
  await once(board, 'connect')
  return board
}

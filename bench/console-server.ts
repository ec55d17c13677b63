import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../host/free-port.ts'
import { tcpConsole } from '../targets/board/console/tcp-console.ts'
import { startSer2net } from '../test/rack/ser2net.ts'
import { plugIn, startUartWire } from '../test/rack/uart-wire.ts'
import { spreadOf, type Spread } from './spread.ts'

/** One line of the comparison. */
export interface ServerRow {
  what: string
  /** Megabytes (10^6 bytes) of the board a second, from its first byte to the last one read. */
  megabytesPerSecond: Spread
}

const protocols = ['raw', 'telnet'] as const
type Protocol = (typeof protocols)[number]

/**
 * A board says `bytes` bytes of all values through a flow-controlled cable and a real ser2net: to our console, and to a bare
 * socket that counts, by turns.
 */
export async function consoleServer(rounds: number, bytes = 5_000_000): Promise<ServerRow[]> {
  const said = randomBytes(bytes)
  const seconds: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round++) {
    for (const protocol of protocols) {
      ;(seconds[`${protocol}: a bare socket that counts`] ??= []).push(await onBoard(protocol, said, bareSocket))
      ;(seconds[`${protocol}: hyplab's console, compared byte by byte`] ??= []).push(
        await onBoard(protocol, said, ours),
      )
    }
  }
  return Object.entries(seconds).map(([what, all]) => ({
    what,
    megabytesPerSecond: spreadOf(all.map((one) => bytes / 1e6 / one)),
  }))
}

/** Attaches, and returns what resolves when all that the board says has been read. */
type Reader = (
  protocol: Protocol,
  port: number,
  said: Buffer,
) => Promise<{ all: Promise<void>; close: () => Promise<void> }>

async function onBoard(protocol: Protocol, said: Buffer, reader: Reader): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  const [port] = await freePorts(1)
  const wire = await startUartWire(folder, 'uart0')
  const ser2net = await startSer2net(folder, [{ port: port!, tty: wire.tty, protocol }])
  try {
    const board = await plugIn(wire)
    const { all, close } = await reader(protocol, port!, said)
    const start = performance.now()
    const saying = say(board, said)
    await all
    const seconds = (performance.now() - start) / 1000
    await saying
    await close()
    board.destroy()
    return seconds
  } finally {
    await ser2net.stop()
    await wire.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function say(board: Socket, said: Buffer): Promise<void> {
  for (let at = 0; at < said.length; at += 65_536) {
    if (!board.write(said.subarray(at, at + 65_536))) await once(board, 'drain')
  }
}

const ours: Reader = async (protocol, port, said) => {
  const source = tcpConsole({ kind: 'tcp', address: '127.0.0.1', port, protocol })
  const line = await source.open(new AbortController().signal)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let read = 0
  line.stream.on('data', (chunk: Buffer) => {
    if (!said.subarray(read, read + chunk.length).equals(chunk)) reject(new Error(`damaged near byte ${read}`))
    read += chunk.length
    if (read === said.length) resolve()
  })
  void line.broken.then((why) => reject(new Error(why)))
  return { all: promise, close: () => line.close() }
}

/** ser2net gives its bytes to a telnet client that answers nothing, too; each 0xFF is two then, and its hello comes first. */
const hello = 21

const bareSocket: Reader = async (protocol, port, said) => {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  const wanted = protocol === 'raw' ? said.length : said.length + said.filter((byte) => byte === 255).length + hello
  const { promise, resolve } = Promise.withResolvers<void>()
  let read = 0
  socket.on('data', (chunk: Buffer) => {
    read += chunk.length
    if (read >= wanted) resolve()
  })
  // Until ser2net has opened the tty what the board says is lost; our own console waits as long.
  await new Promise((ready) => setTimeout(ready, 50))
  return {
    all: promise,
    close: async () => {
      socket.destroy()
      await once(socket, 'close')
    },
  }
}

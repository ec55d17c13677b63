import { createServer, type Socket } from 'node:net'

/** A stand-in for a board that listens to fastboot over TCP, and what it was told. */
export interface FastbootStandIn {
  /** Every command, in order. */
  commands: string[]
  /** What was sent last. */
  received: Buffer
  stop(): Promise<void>
}

/**
 * Speaks fastboot's protocol (AOSP, fastboot/README.md: `FB01` both ways, then messages behind their length in eight bytes)
 * to the real client. It keeps what it is sent and boots nothing.
 * @param fails commands that are refused, and with which words
 */
export async function startFastbootStandIn(port: number, fails: Record<string, string> = {}): Promise<FastbootStandIn> {
  const sockets = new Set<Socket>()
  const standIn: FastbootStandIn = { commands: [], received: Buffer.alloc(0), stop }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    void converse(socket, standIn, fails)
  })
  async function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    await new Promise((closed) => server.close(closed))
  }
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return standIn
}

async function converse(socket: Socket, standIn: FastbootStandIn, fails: Record<string, string>): Promise<void> {
  let waiting = Buffer.alloc(0)
  /** Bytes of data that are still to come. */
  let wanted = 0
  let greeted = false
  const say = (text: string): void => {
    const length = Buffer.alloc(8)
    length.writeBigUInt64BE(BigInt(text.length))
    socket.write(Buffer.concat([length, Buffer.from(text, 'latin1')]))
  }
  const obey = (command: string): void => {
    standIn.commands.push(command)
    const refusal = Object.entries(fails).find(([begin]) => command.startsWith(begin))?.[1]
    if (refusal !== undefined) return say(`FAIL${refusal}`)
    const size = /^download:([0-9a-f]{8})$/.exec(command)?.[1]
    if (size === undefined) return say(command === 'getvar:version' ? 'OKAY0.4' : 'OKAY')
    wanted = Number.parseInt(size, 16)
    standIn.received = Buffer.alloc(0)
    say(`DATA${size}`)
  }
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    waiting = Buffer.concat([waiting, chunk])
    if (!greeted && waiting.length >= 4) {
      greeted = true
      waiting = waiting.subarray(4)
      socket.write('FB01')
    }
    while (greeted && waiting.length >= 8) {
      const length = Number(waiting.readBigUInt64BE(0))
      if (waiting.length < 8 + length) break
      const message = waiting.subarray(8, 8 + length)
      waiting = waiting.subarray(8 + length)
      if (wanted === 0) obey(message.toString('latin1'))
      else {
        standIn.received = Buffer.concat([standIn.received, message])
        wanted -= message.length
        if (wanted === 0) say('OKAY')
      }
    }
  }
}

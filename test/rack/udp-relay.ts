import { createSocket } from 'node:dgram'

/** A stand-in for a network that loses something: it hands datagrams on, both ways, and drops what it is told to. */
export interface UdpRelay {
  /** Drops the next answers. */
  drop(answers: number): void
  /** Loses the next questions. */
  lose(questions: number): void
  /** How many questions came. */
  asked(): number
  stop(): Promise<void>
}

/** Relays from one UDP port of 127.0.0.1 to another. */
export async function startUdpRelay(port: number, target: number): Promise<UdpRelay> {
  const [front, back] = [createSocket('udp4'), createSocket('udp4')]
  let drops = 0
  let losses = 0
  let asked = 0
  let asker = 0
  front.on('message', (bytes, from) => {
    asked += 1
    asker = from.port
    if (losses > 0) losses -= 1
    else back.send(bytes, target, '127.0.0.1')
  })
  back.on('message', (bytes) => {
    if (drops > 0) drops -= 1
    else front.send(bytes, asker, '127.0.0.1')
  })
  await new Promise<void>((bound) => front.bind(port, '127.0.0.1', bound))
  return {
    drop: (answers) => (drops = answers),
    lose: (questions) => (losses = questions),
    asked: () => asked,
    async stop() {
      await Promise.all([front, back].map((socket) => new Promise<void>((closed) => socket.close(() => closed()))))
    },
  }
}

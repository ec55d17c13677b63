import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { TelnetDecoder, telnetData, verbs } from '../../../../domain/console/telnet-decoder.ts'
import { comPort } from '../../../../domain/console/telnet-options.ts'

const setControl = 5
const answer = 100

/**
 * A stand-in for a serial port that has breaks, which ptys have not: an RFC 2217 server that a ser2net is the client of. It
 * remembers each SET-CONTROL about the break.
 */
export async function standInFor2217(port: number) {
  const seen: number[] = []
  let text = ''
  let changed = Promise.withResolvers<void>()
  let client: Socket | undefined
  const server = createServer((socket) => {
    client = socket
    const decoder = new TelnetDecoder((event) => {
      if (event.kind === 'subnegotiation' && event.option === comPort) {
        const [command, ...value] = event.bytes
        if (command === setControl && (value[0] === 5 || value[0] === 6)) seen.push(value[0])
        socket.write(
          Uint8Array.of(255, 250, comPort, command! + answer, ...telnetData(Uint8Array.from(value)), 255, 240),
        )
      }
      changed.resolve()
      changed = Promise.withResolvers()
    })
    socket.on('data', (chunk: Buffer) => {
      text += Buffer.from(decoder.push(chunk)).toString('latin1')
      changed.resolve()
      changed = Promise.withResolvers()
    })
    socket.on('error', () => undefined)
    socket.write(Uint8Array.of(255, verbs.do, comPort))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    client?.destroy()
    server.close()
  })
  return {
    controls: async (count: number) => {
      while (seen.length < count) await changed.promise
      return seen
    },
    says: async (wanted: string) => {
      while (!text.includes(wanted)) await changed.promise
    },
    say: (words: string) => void client?.write(words),
  }
}

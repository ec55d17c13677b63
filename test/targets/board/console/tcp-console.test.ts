import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tcpConsole } from '../../../../targets/board/console/tcp-console.ts'
import { freePort, Heard, openLine } from './listen.ts'
import { localLink } from './local-link.ts'

const never = new AbortController().signal

/** A stand-in for console servers that do what no real one can be made to do on time. */
async function server(
  onClient: (client: Socket) => void,
): Promise<{ port: number; server: Server; clients: Socket[] }> {
  const clients: Socket[] = []
  const listening = createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => undefined)
    clients.push(client)
    onClient(client)
  })
  const port = await freePort()
  listening.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => {
    for (const client of clients) client.destroy()
    listening.close()
  })
  return { port, server: listening, clients }
}

const raw = (port: number) => tcpConsole({ kind: 'tcp', address: '127.0.0.1', port, protocol: 'raw' })

describe('a console server', () => {
  it('that nobody listens for is refused, one that has no address is unreachable', async () => {
    const port = await freePort()
    await expect(raw(port).open(never)).rejects.toMatchObject({
      code: 'PlaceBroken',
      kind: 'refused',
      retryable: true,
      message: `The console server at 127.0.0.1 port ${port} refuses connections: it has died, or listens elsewhere.`,
      server: { address: '127.0.0.1', port },
    })
    const nowhere = tcpConsole({ kind: 'tcp', address: 'no-such-host.invalid', port, protocol: 'raw' })
    await expect(nowhere.open(never)).rejects.toMatchObject({ code: 'PlaceBroken', kind: 'unreachable' })
  })

  it('is left at once when the opening is aborted, before, while and after it connects', async () => {
    const left: Promise<unknown>[] = []
    const { port } = await server((client) => {
      left.push(new Promise((resolve) => client.once('end', resolve).once('close', resolve)))
      client.resume()
    })
    const reason = new Error('not needed')
    await expect(raw(port).open(AbortSignal.abort(reason))).rejects.toBe(reason)
    const connecting = new AbortController()
    const opening = raw(port).open(connecting.signal)
    connecting.abort(reason)
    await expect(opening).rejects.toBe(reason)
    const settling = new AbortController()
    const attaching = raw(port).open(settling.signal)
    const before = left.length
    while (left.length === before) await delay(1)
    settling.abort(reason)
    await expect(attaching).rejects.toBe(reason)
    await Promise.all(left)
  })

  it('that closes its side only is left whole', async () => {
    const { port, clients } = await server(() => undefined)
    const line = await openLine(raw(port))
    line.stream.resume()
    const [client] = clients
    client!.resume().end()
    expect(await line.broken).toMatch(/closed the connection after 0 bytes\.$/)
    await once(client!, 'close')
  })

  it('that resets the connection is told so, and what it had given to a slow reader is not lost', async () => {
    const said = Buffer.alloc(100_000, 'x')
    const { port, clients } = await server(() => undefined)
    const line = await openLine(raw(port))
    const [client] = clients
    // Nobody reads yet, so that our side has stopped taking.
    await new Promise<void>((written) => client!.write(said, () => written()))
    await delay(100)
    client!.resetAndDestroy()
    expect(await line.broken).toMatch(/broke the connection \(read ECONNRESET\)/)
    const heard = new Heard(line.stream)
    await heard.ended
    // The kernel's own buffers go with a reset; ours must not.
    expect(heard.bytes.length).toBeGreaterThan(0)
    expect(said.subarray(0, heard.bytes.length).equals(heard.bytes)).toBe(true)
  })

  it('that says something of its own and hangs up is cited', async () => {
    const { port } = await server((client) => client.end('Too many users on tty7.\r\n'))
    await expect(raw(port).open(never)).rejects.toMatchObject({
      kind: 'closed',
      message: `The console server at 127.0.0.1 port ${port} said: Too many users on tty7.`,
    })
  })

  it('that says its sentence piece by piece is cited, and nothing of it is in the stream', async () => {
    const { port, clients } = await server(() => undefined)
    const line = await openLine(raw(port))
    const heard = new Heard(line.stream)
    for (const piece of ['Po', 'rt alr', 'eady in use', '\r', '\n']) {
      clients[0]!.write(piece)
      await delay(20)
    }
    clients[0]!.end()
    expect(await line.broken).toMatch(/said: Port already in use\.$/)
    await heard.ended
    expect(heard.text).toBe('')
  })

  it('delays a board that begins with the server’s first letter by no more than a second', async () => {
    const { port, clients } = await server(() => undefined)
    const line = await openLine(raw(port))
    const heard = new Heard(line.stream)
    const start = performance.now()
    clients[0]!.write('P')
    await heard.says('P')
    expect(performance.now() - start).toBeLessThan(2000)
    clients[0]!.write('ort already in use\r\n')
    await heard.says('Port already in use\r\n')
  })

  it('whose telnet is damaged is not listened to any longer', async () => {
    const { port, clients } = await server(() => undefined)
    const line = await openLine(tcpConsole({ kind: 'tcp', address: '127.0.0.1', port, protocol: 'telnet' }))
    line.stream.resume()
    clients[0]!.write(Buffer.concat([Buffer.from([255, 250, 44]), Buffer.alloc(5000, 'a')]))
    expect(await line.broken).toMatch(/its telnet is damaged/)
  })

  it('without RFC 2217 gets the break of RFC 854', async () => {
    const { port, clients } = await server(() => undefined)
    const line = await openLine(tcpConsole({ kind: 'tcp', address: '127.0.0.1', port, protocol: 'telnet' }))
    const typed = new Heard(clients[0]!)
    await line.sendBreak!(10)
    expect([...(await typed.length(2))]).toEqual([255, 243])
  })

  it('is dialled from the host that it is behind', async () => {
    const { port, clients } = await server(() => undefined)
    const source = tcpConsole({ kind: 'tcp', address: '127.0.0.1', port, protocol: 'raw', via: 'lab1' }, localLink())
    expect(source.server).toEqual({ address: '127.0.0.1', port, via: 'lab1' })
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    clients[0]!.write('through')
    await heard.says('through')
    clients[0]!.destroy()
    expect(await line.broken).toMatch(`port ${port} (dialled from lab1) closed the connection`)
    const nobody = await freePort()
    const dead = tcpConsole({ kind: 'tcp', address: '127.0.0.1', port: nobody, protocol: 'raw' }, localLink())
    await expect(dead.open(never)).rejects.toMatchObject({
      code: 'PlaceBroken',
      kind: 'refused',
      server: { address: '127.0.0.1', port: nobody, via: 'lab1' },
    })
  })
})

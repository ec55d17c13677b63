import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ConsoleFault } from '../../../../targets/board/console/console-fault.ts'
import { tcpConsole } from '../../../../targets/board/console/tcp-console.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { startSer2net, type ServedUart } from '../../../rack/ser2net.ts'
import { plugIn, startUartWire } from '../../../rack/uart-wire.ts'
import { standInFor2217 } from './rfc2217-stand-in.ts'
import { everyByte, fiveMegabytes, forTest, freePort, Heard, openLine, send } from './listen.ts'

const protocols = ['raw', 'telnet'] as const
const execute = promisify(execFile)
const never = new AbortController().signal

function source(port: number, protocol: 'raw' | 'telnet') {
  return tcpConsole({ kind: 'tcp', address: '127.0.0.1', port, protocol })
}

/** A board on a cable behind a real ser2net. */
async function board(protocol: 'raw' | 'telnet', options: ServedUart['options'] = {}, timeout?: number) {
  const folder = await tempFolder()
  const wire = await forTest(startUartWire(folder, 'uart0'))
  const port = await freePort()
  const ser2net = await forTest(
    startSer2net(folder, [{ port, tty: wire.tty, protocol, options, ...(timeout === undefined ? {} : { timeout }) }]),
  )
  const plug = await plugIn(wire)
  return { plug, ser2net, port, tty: wire.tty, source: source(port, protocol) }
}

describe.each(protocols)('a UART behind ser2net, %s', (protocol) => {
  it('gives every byte value both ways, and nothing of its own', async () => {
    const { plug, source } = await board(protocol)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    const typed = new Heard(plug)
    plug.write(everyByte)
    line.stream.write(everyByte)
    expect(await heard.length(everyByte.length)).toEqual(everyByte)
    expect(await typed.length(everyByte.length)).toEqual(everyByte)
    expect(line.greeting).toHaveLength(0)
  })

  it('gives 5 MB of a flow-controlled wire to the byte', async () => {
    const { plug, source } = await board(protocol)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    const said = fiveMegabytes()
    await send(plug, said)
    expect((await heard.length(said.length)).equals(said)).toBe(true)
  })

  it('holds a board back that says more than is read, and loses none of it', async () => {
    const { plug, source } = await board(protocol)
    const line = await openLine(source)
    const said = Buffer.concat([fiveMegabytes(), fiveMegabytes()])
    const sent = send(plug, said)
    // What the sockets and buffers in between have room for is some 4 MB.
    let before = -1
    for (; plug.bytesWritten - plug.writableLength > before; await delay(500))
      before = plug.bytesWritten - plug.writableLength
    expect(before).toBeLessThan(8_000_000)
    const heard = new Heard(line.stream)
    await sent
    expect((await heard.length(said.length)).equals(said)).toBe(true)
  })

  it('tells a second reader in the server’s words that the port is in use, and puts them into no stream', async () => {
    const { plug, source } = await board(protocol, { 'max-connections': 1 })
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    const fault = await source.open(never).catch((error: unknown) => error as ConsoleFault)
    expect(fault).toMatchObject({ code: 'PlaceBroken', kind: 'in-use', server: source.server })
    expect((fault as Error).message).toMatch(
      /^The console server at 127\.0\.0\.1 port \d+ said: Port already in use\.$/,
    )
    plug.write('still mine')
    expect(await heard.says('still mine')).toBe('still mine')
  })

  it('tells in the server’s words that the tty is not there', async () => {
    const folder = await tempFolder()
    const port = await freePort()
    await forTest(startSer2net(folder, [{ port, tty: `${folder}/none`, protocol }]))
    const fault = await source(port, protocol)
      .open(never)
      .catch((error: unknown) => error as ConsoleFault)
    expect(fault).toMatchObject({ code: 'PlaceBroken', kind: 'no-device' })
    expect((fault as Error).message).toMatch(/said: Device open failure: Value or file not found\.$/)
  })

  it('is broken when the server is killed, after all that the board had said', async () => {
    const { plug, ser2net, source, port } = await board(protocol)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    plug.write('last words\r\n')
    await heard.says('last words')
    await ser2net.stop()
    expect(await line.broken).toMatch(`The console server at 127.0.0.1 port ${port} `)
    expect(await line.broken).toMatch(/(closed|broke) the connection/)
    await heard.ended
    expect(heard.text).toBe('last words\r\n')
    const fault = await source.open(never).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'PlaceBroken', kind: 'refused', server: { address: '127.0.0.1', port } })
  })

  it('is broken when the server is killed in the middle, and what was heard is what was said', async () => {
    const { plug, ser2net, source } = await board(protocol)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    const said = fiveMegabytes()
    plug.write(said)
    await heard.length(500_000)
    ser2net.process.kill('SIGKILL')
    expect(await line.broken).toMatch(/(closed|broke) the connection/)
    await heard.ended
    expect(said.subarray(0, heard.bytes.length).equals(heard.bytes)).toBe(true)
  })

  it('is broken, with the silence told, when the server cuts a silent reader off', async () => {
    const { plug, source } = await board(protocol, {}, 2)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    plug.write('hello')
    await heard.says('hello')
    expect(await line.broken).toMatch(/closed the connection after \d+ bytes and [123]\.\d s of silence\.$/)
    await heard.ended
    expect(heard.text).toBe('hello')
  })

  it('takes a banner for the server’s, not for the board’s', async () => {
    const { plug, source } = await board(protocol, { banner: 'lab 7, be kind\\r\\n' })
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    plug.write('the board')
    expect(await heard.says('the board')).toBe('the board')
    expect(Buffer.from(line.greeting).toString()).toBe('lab 7, be kind\r\n')
  })

  it('delivers a board’s words that are those of the server when the board goes on', async () => {
    const { plug, source } = await board(protocol)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    plug.write('Port already in use\r\n')
    expect(await heard.says('in use\r\n')).toBe('Port already in use\r\n')
    plug.write('=> ')
    expect(await heard.says('=> ')).toBe('Port already in use\r\n=> ')
  })

  it('is heard while it takes no input', async () => {
    const { plug, source } = await board(protocol)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    // The plug reads nothing, so that this fills every buffer on the way and then waits.
    line.stream.write(fiveMegabytes())
    plug.write('deaf, not dumb')
    expect(await heard.says('deaf, not dumb')).toBe('deaf, not dumb')
    await line.close()
  })

  it('closes without being broken, and can be opened again at once', async () => {
    const { plug, source } = await board(protocol, { 'max-connections': 1 })
    for (const word of ['one', 'two', 'three']) {
      const line = await openLine(source)
      const heard = new Heard(line.stream)
      plug.write(word)
      await heard.says(word)
      await line.close()
      await heard.ended
      expect(await Promise.race([line.broken, delay(20)])).toBeUndefined()
      line.stream.write('into the void')
    }
  })
})

describe('two UARTs of one board', () => {
  it('are attached at once, each with its own bytes', async () => {
    const folder = await tempFolder()
    const wires = await Promise.all(['uart0', 'uart1'].map((name) => forTest(startUartWire(folder, name))))
    const ports = [await freePort(), await freePort()]
    const uarts = wires.map(({ tty }, at) => ({ port: ports[at]!, tty, protocol: protocols[at]! }))
    await forTest(startSer2net(folder, uarts))
    const plugs = await Promise.all(wires.map(plugIn))
    const lines = await Promise.all(uarts.map(({ port, protocol }) => openLine(source(port, protocol))))
    const said = plugs.map(() => fiveMegabytes().subarray(0, 500_000))
    const heard = lines.map(({ stream }) => new Heard(stream))
    await Promise.all(plugs.map(async (plug, at) => await send(plug, said[at]!)))
    for (const [at, each] of heard.entries()) expect((await each.length(500_000)).equals(said[at]!)).toBe(true)
  })
})

describe('the speed of a UART behind telnet', () => {
  it.each([
    ['is left as the server has it', undefined, '115200'],
    ['is set where the file gives one', 9600, '9600'],
  ])('%s', async (_, speed, found) => {
    const { plug, port, tty } = await board('telnet')
    const spec = { kind: 'tcp', address: '127.0.0.1', port, protocol: 'telnet' } as const
    const line = await openLine(tcpConsole(speed === undefined ? spec : { ...spec, speed }))
    const [heard, typed] = [new Heard(line.stream), new Heard(plug)]
    // ser2net has done what came before it.
    line.stream.write('x')
    await typed.says('x')
    expect((await execute('stty', ['-F', tty, 'speed'])).stdout.trim()).toBe(found)
    plug.write('heard')
    expect(await heard.says('heard')).toBe('heard')
  })
})

describe('a break', () => {
  it('reaches the UART by RFC 2217 through a real ser2net, on and then off, and nothing of it is heard', async () => {
    const folder = await tempFolder()
    const [port, behind] = [await freePort(), await freePort()]
    const far = await standInFor2217(behind)
    await forTest(startSer2net(folder, [{ port, tty: `telnet(rfc2217),tcp,127.0.0.1,${behind}`, protocol: 'telnet' }]))
    const line = await openLine(source(port, 'telnet'))
    const heard = new Heard(line.stream)
    await line.sendBreak!(50)
    expect(await far.controls(2)).toEqual([5, 6])
    line.stream.write('x')
    await far.says('x')
    far.say('after the break')
    expect(await heard.says('after the break')).toBe('after the break')
  })

  it('is not offered where the way has none', async () => {
    const { source } = await board('raw')
    const line = await openLine(source)
    expect(line.sendBreak).toBeUndefined()
  })
})

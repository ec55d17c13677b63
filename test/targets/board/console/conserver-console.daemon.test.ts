import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startGuarded } from '../../../../host/guarded-process.ts'
import { consoleOf } from '../../../../targets/board/console/console-of.ts'
import { conserverConsole } from '../../../../targets/board/console/conserver-console.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { startConserver } from '../../../rack/conserver.ts'
import { plugIn, startUartWire } from '../../../rack/uart-wire.ts'
import { everyByte, fiveMegabytes, forTest, freePort, Heard, openLine, send } from './listen.ts'
import { localLink } from './local-link.ts'

const never = new AbortController().signal

async function boards(...names: string[]) {
  const folder = await tempFolder()
  const wires = await Promise.all(names.map((name) => forTest(startUartWire(folder, name))))
  const [port, base] = [await freePort(), await freePort()]
  const ttys = Object.fromEntries(names.map((name, at) => [name, wires[at]!.tty]))
  const conserver = await forTest(startConserver(folder, port, base, { ...ttys, none: `${folder}/none` }))
  const source = (console: string, user = 'hyplab') =>
    conserverConsole({ kind: 'conserver', address: '127.0.0.1', port, console, user })
  const plugs = await Promise.all(wires.map(plugIn))
  return { folder, port, conserver, source, wires, plugs, plug: plugs[0]! }
}

describe('a console of conserver', () => {
  it('gives every byte value both ways, its own escape sequences among them', async () => {
    const { plug, source } = await boards('uart0')
    const line = await openLine(source('uart0'))
    const [heard, typed] = [new Heard(line.stream), new Heard(plug)]
    const tricky = Buffer.concat([everyByte, Buffer.from('\x05c.\x05\x05c\x1c\x1f.\x1c\x1c\x1f\\\xff\x1c', 'latin1')])
    plug.write(tricky)
    expect(await heard.length(tricky.length)).toEqual(tricky)
    line.stream.write(tricky)
    line.stream.write('end')
    expect(await typed.says('end')).toBe(`${tricky.toString('latin1')}end`)
    plug.write('heard')
    expect(await heard.says('heard')).toBe(`${tricky.toString('latin1')}heard`)
  })

  it('gives 5 MB to the byte', async () => {
    const { plug, source } = await boards('uart0')
    const line = await openLine(source('uart0'))
    const heard = new Heard(line.stream)
    const said = fiveMegabytes()
    await send(plug, said)
    expect((await heard.length(said.length)).equals(said)).toBe(true)
  })

  it('is two of two, at once', async () => {
    const { plugs, source } = await boards('uart0', 'uart1')
    const lines = [await openLine(source('uart0')), await openLine(source('uart1'))]
    const heard = lines.map(({ stream }) => new Heard(stream))
    for (const [at, plug] of plugs.entries()) plug.write(`uart${at} speaks`)
    for (const [at, each] of heard.entries()) expect(await each.says('speaks')).toBe(`uart${at} speaks`)
  })

  it('is refused to a second user in the server’s words, and to one for whom there is none', async () => {
    const { source, port } = await boards('uart0')
    await openLine(source('uart0'))
    await expect(source('uart0', 'other').open(never)).rejects.toMatchObject({
      code: 'PlaceBroken',
      kind: 'in-use',
      message: expect.stringMatching(/^The console server at 127\.0\.0\.1 port \d+ said: uart0: \[spy\]\.$/) as string,
    })
    await expect(source('nowhere').open(never)).rejects.toMatchObject({
      message: `The console server at 127.0.0.1 port ${port} said: console \`nowhere' not found.`,
      server: { address: '127.0.0.1', port },
    })
  })

  it('whose tty is not there is told, although conserver attaches to it without a word', async () => {
    const { source } = await boards('uart0')
    await expect(source('none').open(never)).rejects.toMatchObject({ code: 'PlaceBroken', kind: 'no-device' })
  })

  it('whose tty vanishes is broken within seconds, although conserver says nothing', async () => {
    const { source, plug, wires } = await boards('uart0')
    const line = await openLine(source('uart0'))
    const heard = new Heard(line.stream)
    plug.write('bye')
    await heard.says('bye')
    await wires[0]!.stop()
    expect(await line.broken).toMatch(
      /^The console uart0 of the console server at .*: conserver says that the console is down\.$/,
    )
    await heard.ended
    expect(heard.text).toBe('bye')
  })

  it('is heard again when its tty has come back, where it vanishes with the board’s power', async () => {
    const { folder, port, wires, plug } = await boards('uart0')
    const spec = {
      kind: 'conserver',
      address: '127.0.0.1',
      port,
      console: 'uart0',
      user: 'hyplab',
      vanishes: true,
    } as const
    const line = await openLine(consoleOf(spec, localLink))
    const heard = new Heard(line.stream)
    const gap = new Promise((resolve) => line.onGap!(resolve))
    plug.write('first')
    await heard.says('first')
    await wires[0]!.stop()
    await delay(1500)
    const again = await forTest(startUartWire(folder, 'uart0'))
    expect(await Promise.race([gap, line.broken])).toMatchObject({
      offset: 5,
      why: expect.stringContaining('down') as string,
    })
    ;(await plugIn(again)).write(', second')
    expect(await heard.says('second')).toBe('first, second')
  })

  it('is broken in conserver’s words when somebody takes it away, and the words are in no stream', async () => {
    const { source, plug, port } = await boards('uart0')
    const line = await openLine(source('uart0'))
    const heard = new Heard(line.stream)
    plug.write('mine')
    await heard.says('mine')
    const script = `{ sleep 1; printf '\\005c.'; } | console -E -n -M 127.0.0.1 -p ${port} -l other -f uart0`
    const console = startGuarded('sh', ['-c', script], { env: process.env as Record<string, string> })
    expect(await line.broken).toMatch(/port \d+ said: \[forced to `spy' mode by other@localhost\]\.$/)
    await heard.ended
    expect(heard.text).toBe('mine')
    await console.ended
  })

  it('is broken when conserver ends, in its words where it has any', async () => {
    const { source, conserver } = await boards('uart0', 'uart1')
    const line = await openLine(source('uart0'))
    const heard = new Heard(line.stream)
    conserver.process.kill('SIGTERM')
    expect(await line.broken).toMatch(
      // Its last words may be lost when it closes right behind them.
      /(?:said: \[-- Console server shutting down --\]|closed the connection after 0 bytes)\.$/,
    )
    await heard.ended
    expect(heard.text).toBe('')
    await conserver.process.ended
    await expect(source('uart0').open(never)).rejects.toMatchObject({ kind: 'refused' })
  })

  it('sends a break, whose answer is not heard', async () => {
    const { source, plug } = await boards('uart0')
    const line = await openLine(source('uart0'))
    const heard = new Heard(line.stream)
    const typed = new Heard(plug)
    await line.sendBreak!(250)
    line.stream.write('typed')
    await typed.says('typed')
    plug.write('[halt sent]\r\nof the board')
    await heard.says('of the board')
    expect(heard.text).toBe('[halt sent]\r\nof the board')
  })

  it('lets go when it is closed', async () => {
    const { source } = await boards('uart0')
    for (let time = 0; time < 3; time++) {
      const line = await source('uart0').open(never)
      await line.close()
      expect(await Promise.race([line.broken, delay(20)])).toBeUndefined()
    }
  })
})

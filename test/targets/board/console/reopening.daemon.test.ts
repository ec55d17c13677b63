import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConsoleSpec } from '../../../../domain/lab/console-spec.ts'
import { consoleOf } from '../../../../targets/board/console/console-of.ts'
import type { ConsoleGap, ConsoleLine } from '../../../../targets/board/console/console-source.ts'
import { whenAskedAgain } from '../../../../targets/board/console/perhaps-back.ts'
import { reopening } from '../../../../targets/board/console/reopening.ts'
import { tcpConsole } from '../../../../targets/board/console/tcp-console.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { startSer2net } from '../../../rack/ser2net.ts'
import { plugIn, startUartWire } from '../../../rack/uart-wire.ts'
import { forTest, freePort, Heard, openLine } from './listen.ts'
import { localLink } from './local-link.ts'

const kinds = ['tty', 'ssh', 'raw', 'telnet'] as const
const power = async (folder: string) => await forTest(startUartWire(folder, 'uart0'))

/** A board whose USB serial is its own: it is there only while the board is on. */
async function usbBoard(kind: (typeof kinds)[number]) {
  const folder = await tempFolder()
  const tty = `${folder}/uart0`
  const spec: ConsoleSpec =
    kind === 'tty'
      ? { kind, path: tty, speed: 115200, vanishes: true }
      : kind === 'ssh'
        ? { kind, host: 'lab1', tty, speed: 115200, vanishes: true }
        : { kind: 'tcp', address: '127.0.0.1', port: await freePort(), protocol: kind, vanishes: true }
  if (spec.kind === 'tcp') await forTest(startSer2net(folder, [{ port: spec.port, tty, protocol: spec.protocol }]))
  return { folder, source: consoleOf(spec, localLink) }
}

function gapsOf(line: ConsoleLine) {
  const gaps: ConsoleGap[] = []
  let more = Promise.withResolvers<void>()
  const broken = line.broken.then((why) => {
    throw new Error(why)
  })
  broken.catch(() => undefined)
  line.onGap!((gap) => {
    gaps.push(gap)
    more.resolve()
    more = Promise.withResolvers()
  })
  return {
    gaps,
    count: async (count: number) => {
      while (gaps.length < count) await Promise.race([more.promise, broken])
      return gaps
    },
  }
}

describe.each(kinds)('an on-board USB serial, %s', (kind) => {
  it('is attached before power-on, heard when it comes, and again after it vanished; the gaps are told', async () => {
    const { folder, source } = await usbBoard(kind)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    const { count } = gapsOf(line)
    await delay(150)

    const first = await power(folder)
    const [off] = await count(1)
    expect(off).toMatchObject({ offset: 0, why: expect.stringMatching(/uart0|Device open failure/) as string })
    expect(off!.milliseconds).toBeGreaterThanOrEqual(150)
    ;(await plugIn(first)).write('first boot')
    await heard.says('first boot')

    await first.stop()
    await delay(300)
    const second = await power(folder)
    const [, between] = await count(2)
    expect(between).toMatchObject({ offset: 'first boot'.length })
    expect(between!.milliseconds).toBeGreaterThanOrEqual(290)
    const plug = await plugIn(second)
    plug.write(', second boot')
    expect(await heard.says('second boot')).toBe('first boot, second boot')
    const typed = new Heard(plug)
    line.stream.write('hello')
    await typed.says('hello')
    expect(await Promise.race([line.broken, delay(20)])).toBeUndefined()
  })

  it('is heard without a hole from the first byte heard on, when the board speaks as it comes', async () => {
    const { folder, source } = await usbBoard(kind)
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    const plug = await plugIn(await power(folder))
    const typed = new Heard(plug)
    let said = 0
    const speaking = setInterval(() => plug.write(`${said++}\n`), 1)
    onTestFinished(() => clearInterval(speaking))
    const numbers = (await heard.length(2000)).toString().split('\n').slice(1, -1).map(Number)
    expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at))
    expect(typed.text).toBe('')
  })

  it('closes at once while it is away, the last gap told', async () => {
    const { source } = await usbBoard(kind)
    const line = await openLine(source)
    const { gaps } = gapsOf(line)
    const ended = new Heard(line.stream).ended
    await delay(30)
    await line.close()
    await ended
    expect(gaps).toHaveLength(1)
    expect(await Promise.race([line.broken, delay(20)])).toBeUndefined()
  })
})

describe('a UART that vanished', () => {
  it('is broken when it does not come back within the patience, with the server’s last words', async () => {
    const folder = await tempFolder()
    const port = await freePort()
    await forTest(startSer2net(folder, [{ port, tty: `${folder}/none`, protocol: 'raw' }]))
    const source = tcpConsole({ kind: 'tcp', address: '127.0.0.1', port, protocol: 'raw' })
    const line = await reopening(source, whenAskedAgain, 500).open(new AbortController().signal)
    line.stream.resume()
    expect(await line.broken).toMatch(/Device open failure: .* It did not come back within 0\.5 s\.$/)
    await line.close()
  })

  it('is broken at once when it is the server that has died', async () => {
    const folder = await tempFolder()
    const port = await freePort()
    const ser2net = await forTest(startSer2net(folder, [{ port, tty: `${folder}/uart0`, protocol: 'raw' }]))
    const spec: ConsoleSpec = { kind: 'tcp', address: '127.0.0.1', port, protocol: 'raw', vanishes: true }
    const line = await openLine(consoleOf(spec, localLink))
    line.stream.resume()
    await ser2net.stop()
    // The first word may come from the server's last moment: it resets what waited for it.
    expect(await line.broken).toMatch(/refuses connections|reset the connection before it was made/)
  })
})

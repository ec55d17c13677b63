import { execFile } from 'node:child_process'
import { chmod, readdir, readlink, realpath } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openPort } from '../../../../targets/board/console/serial-port.ts'
import { ttyConsole } from '../../../../targets/board/console/tty-console.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { plugIn, startUartWire } from '../../../rack/uart-wire.ts'
import { everyByte, fiveMegabytes, forTest, Heard, openLine, send } from './listen.ts'

const execute = promisify(execFile)
const never = new AbortController().signal

async function cable() {
  const wire = await forTest(startUartWire(await tempFolder(), 'uart0'))
  const plug = await plugIn(wire)
  return { wire, plug, source: ttyConsole({ kind: 'tty', path: wire.tty, speed: 115200 }) }
}

/** How many descriptors of this process are that tty's. */
async function ourDescriptors(tty: string): Promise<number> {
  const real = await realpath(tty)
  const all = await readdir('/proc/self/fd')
  const links = await Promise.all(all.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  return links.filter((link) => link === real).length
}

describe('a tty of this machine', () => {
  it('gives every byte value both ways', async () => {
    const { plug, source } = await cable()
    const line = await openLine(source)
    const [heard, typed] = [new Heard(line.stream), new Heard(plug)]
    plug.write(everyByte)
    line.stream.write(everyByte)
    expect(await heard.length(everyByte.length)).toEqual(everyByte)
    expect(await typed.length(everyByte.length)).toEqual(everyByte)
  })

  it('does not echo what a board says while it is opened, though the tty was left echoing', async () => {
    const { wire, plug, source } = await cable()
    await execute('stty', ['-F', wire.tty, 'sane'])
    const typed = new Heard(plug)
    const speaking = setInterval(() => plug.write('Hit any key\r\n'), 1)
    onTestFinished(() => clearInterval(speaking))
    const heard = new Heard((await openLine(source)).stream)
    await heard.length(1000)
    expect(typed.text).toBe('')
  })

  it('gives 5 MB to the byte, also to a reader that comes late', async () => {
    const { plug, source } = await cable()
    const line = await openLine(source)
    const said = fiveMegabytes()
    const sent = send(plug, said)
    await delay(200)
    const heard = new Heard(line.stream)
    await sent
    expect((await heard.length(said.length)).equals(said)).toBe(true)
  })

  it('is heard while it takes no input', async () => {
    const { plug, source } = await cable()
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    line.stream.write(fiveMegabytes())
    await delay(50)
    for (const words of ['deaf, ', 'not ', 'dumb']) {
      plug.write(words)
      await heard.says(words)
      await delay(20)
    }
    expect(heard.text).toBe('deaf, not dumb')
  })

  it('is refused to who asks for its lock, as picocom does, and to a second line of ours', async () => {
    const { wire, source } = await cable()
    const line = await openLine(source)
    await expect(execute('flock', ['--nonblock', wire.tty, 'true'])).rejects.toMatchObject({ code: 1 })
    await expect(source.open(never)).rejects.toMatchObject({ code: 'PlaceBroken', kind: 'in-use' })
    await line.close()
    await execute('flock', ['--nonblock', wire.tty, 'true'])
    await (await source.open(never)).close()
  })

  it('is refused by the system to everybody but root', async () => {
    const { wire, source } = await cable()
    const tty = await realpath(wire.tty)
    await chmod(tty, 0o666)
    const asOther = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups'] : ['env']
    const open = async () => await execute(asOther[0]!, [...asOther.slice(1), 'sh', '-c', 'exec 3<>"$0"', tty])
    await open()
    const line = await openLine(source)
    await expect(open()).rejects.toMatchObject({ stderr: expect.stringMatching(/busy/) as string })
    await line.close()
    await open()
  })

  it('is not taken from a program that has it open without any lock', async () => {
    const { wire, source } = await cable()
    const other = execFile('cat', [wire.tty])
    try {
      while (!(await readlink(`/proc/${other.pid}/fd/3`).catch(() => '')).startsWith('/dev/pts')) await delay(5)
      await expect(source.open(never)).rejects.toMatchObject({
        kind: 'in-use',
        message: `The tty ${wire.tty} is in use by cat (process ${other.pid}).`,
      })
    } finally {
      other.kill()
    }
  })

  it.each([300, 115_200, 250_000, 1_500_000, 3_686_400])('can have %i bits a second', async (speed) => {
    const { wire } = await cable()
    const port = await openPort(wire.tty, speed)
    expect(await port.speed()).toBe(speed)
    await port.close()
  })

  it('is broken when it vanishes, and leaves nothing open', async () => {
    const { wire, plug, source } = await cable()
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    plug.write('bye')
    await heard.says('bye')
    await wire.stop()
    expect(await line.broken).toMatch(`The tty ${wire.tty} is not there, or has gone (the tty hung up).`)
    await heard.ended
    expect(heard.text).toBe('bye')
    await line.close()
  })

  it.runIf(process.getuid?.() === 0)('is broken, and costs no time, when the system hangs it up', async () => {
    const { wire, source } = await cable()
    const line = await openLine(source)
    line.stream.resume()
    // TIOCVHANGUP: what the kernel does when a USB adapter is pulled. Reads give 0 bytes from then on.
    await execute('perl', ['-e', 'open(F, "+<", $ARGV[0]) or die; ioctl(F, 0x5437, 0) or die $!', wire.tty])
    expect(await line.broken).toMatch(/has gone \(the tty hung up\)/)
    const before = process.cpuUsage()
    await delay(200)
    expect(process.cpuUsage(before).user).toBeLessThan(100_000)
  })

  it('closes without being broken and leaves no descriptor', async () => {
    const { wire, source } = await cable()
    const line = await openLine(source)
    expect(await ourDescriptors(wire.tty)).toBeGreaterThan(0)
    const ended = new Heard(line.stream).ended
    await line.close()
    await ended
    expect(await ourDescriptors(wire.tty)).toBe(0)
    expect(await Promise.race([line.broken, delay(20)])).toBeUndefined()
  })

  it('leaves no descriptor either when it was not to be opened after all', async () => {
    const { wire, source } = await cable()
    const reason = new Error('not needed')
    const aborting = new AbortController()
    const opening = source.open(aborting.signal)
    aborting.abort(reason)
    await expect(opening).rejects.toBe(reason)
    expect(await ourDescriptors(wire.tty)).toBe(0)
  })

  it('says that it is not there', async () => {
    const path = `${await tempFolder()}/none`
    await expect(ttyConsole({ kind: 'tty', path, speed: 9600 }).open(never)).rejects.toMatchObject({
      code: 'PlaceBroken',
      kind: 'no-device',
    })
  })
})

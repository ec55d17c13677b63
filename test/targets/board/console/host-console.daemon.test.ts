import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LabError } from '../../../../domain/errors.ts'
import { findProcesses } from '../../../../host/process-identity.ts'
import { commandConsole, hostTtyConsole } from '../../../../targets/board/console/host-console.ts'
import type { HostLink } from '../../../../targets/hosts/host-link.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { plugIn, startUartWire } from '../../../rack/uart-wire.ts'
import { everyByte, fiveMegabytes, forTest, Heard, openLine, send } from './listen.ts'
import { localLink } from './local-link.ts'

const execute = promisify(execFile)
const never = new AbortController().signal

async function cable(speed = 115200) {
  const wire = await forTest(startUartWire(await tempFolder(), 'uart0'))
  const plug = await plugIn(wire)
  const source = hostTtyConsole({ kind: 'ssh', host: 'lab1', tty: wire.tty, speed }, localLink())
  return { wire, plug, source }
}

/** Waits until nothing runs that has a word in its command line. */
async function nothingRuns(word: string): Promise<void> {
  const runs = () =>
    findProcesses(({ commandLine }) => commandLine.includes(word) && !commandLine.includes('uart-wire.py'))
  for (const deadline = performance.now() + 5000; runs().length > 0;) {
    if (performance.now() > deadline) throw new Error(`${JSON.stringify(runs())} still run`)
    await delay(5)
  }
}

describe('a tty of another host', () => {
  it('gives every byte value both ways through the terminal in between', async () => {
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

  it('gives 5 MB to the byte, and none of what came before reading began but was said after it was opened', async () => {
    const { plug, source } = await cable()
    const line = await openLine(source)
    const said = fiveMegabytes()
    const sent = send(plug, said)
    const heard = new Heard(line.stream)
    await sent
    expect((await heard.length(said.length)).equals(said)).toBe(true)
  })

  it('is refused to a second one in the host’s words', async () => {
    const { wire, source } = await cable()
    await openLine(source)
    await expect(source.open(never)).rejects.toMatchObject({
      code: 'PlaceBroken',
      kind: 'in-use',
      message: expect.stringContaining(`${wire.tty} is in use: somebody holds its lock`) as string,
    })
  })

  it('is not there, or has no such speed, in the host’s words', async () => {
    const tty = `${await tempFolder()}/none`
    const none = hostTtyConsole({ kind: 'ssh', host: 'lab1', tty, speed: 115200 }, localLink())
    await expect(none.open(never)).rejects.toMatchObject({
      kind: 'no-device',
      message: expect.stringContaining(tty) as string,
    })
    const { source } = await cable(12_345)
    await expect(source.open(never)).rejects.toMatchObject({
      message: expect.stringMatching(/stty: .*12345/) as string,
    })
  })

  it('is broken when the tty vanishes, and nothing is left on the host', async () => {
    const { wire, plug, source } = await cable()
    const line = await openLine(source)
    const heard = new Heard(line.stream)
    plug.write('bye')
    await heard.says('bye')
    await wire.stop()
    expect(await line.broken).toMatch(`The tty ${wire.tty} of lab1 `)
    await heard.ended
    expect(heard.text).toBe('bye')
    await nothingRuns(wire.tty)
  })

  it('leaves nothing on the host when it is closed', async () => {
    const { wire, plug, source } = await cable()
    for (const word of ['one', 'two']) {
      const line = await openLine(source)
      const heard = new Heard(line.stream)
      plug.write(word)
      // All of it: a reader that was left behind would take some.
      expect(await heard.says(word)).toBe(word)
      await line.close()
      await nothingRuns(wire.tty)
    }
  })

  it('can be aborted while it is opened', async () => {
    const { wire, source } = await cable()
    const aborting = new AbortController()
    const opening = source.open(aborting.signal)
    aborting.abort(new Error('not needed'))
    await expect(opening).rejects.toThrow('not needed')
    await nothingRuns(wire.tty)
  })
})

describe('a console command', () => {
  const command = (...run: string[]) => commandConsole({ kind: 'command', host: 'lab1', run }, localLink())

  it('gives every byte value both ways', async () => {
    const line = await openLine(command('cat'))
    const heard = new Heard(line.stream)
    line.stream.write(everyByte)
    expect(await heard.length(everyByte.length)).toEqual(everyByte)
  })

  it('is broken when it ends, with its code and what it said of it, which is not in the stream', async () => {
    const line = await openLine(command('sh', '-c', 'read line; echo "$line"; echo "BMC lost" >&2; exit 3'))
    const heard = new Heard(line.stream)
    line.stream.write('go\n')
    expect(await line.broken).toMatch(
      /^The console command sh -c .* on lab1 closed .*BMC lost \| it ended with code 3\.$/,
    )
    await heard.ended
    expect(heard.text).toBe('go\n')
  })

  it('that does not exist is told', async () => {
    const fault = await command('no-such-program')
      .open(never)
      .catch((error: unknown) => error as Error)
    expect(fault).toMatchObject({ code: 'PlaceBroken' })
    expect((fault as Error).message).toMatch(/no-such-program: not found/)
  })

  it('is gone when it was closed', async () => {
    const mark = `hyplab-test-${process.pid}`
    const line = await openLine(command('sh', '-c', `: ${mark}; sleep 1000`))
    await line.close()
    await nothingRuns(mark)
  })

  it('is broken in the link’s words when the host is lost under it', async () => {
    const link = localLink()
    const lost = Promise.withResolvers<never>()
    const losing: HostLink = {
      ...link,
      start: async (...args) => ({ ...(await link.start(...args)), ended: lost.promise }),
    }
    const line = await openLine(
      commandConsole({ kind: 'command', host: 'lab1', run: ['sh', '-c', 'read line'] }, losing),
    )
    line.stream.resume()
    lost.reject(new LabError('PlaceBroken', 'Host lab1 was lost.'))
    line.stream.write('end\n')
    expect(await line.broken).toMatch(/^The console command sh -c read line on lab1 closed .*: Host lab1 was lost\.$/)
  })

  it('is gone when the link to its host was cut', async () => {
    const mark = `hyplab-cut-${process.pid}`
    const link = localLink()
    const cut = Promise.withResolvers<() => void>()
    const cutting: HostLink = {
      ...link,
      start: async (...args) => {
        const started = await link.start(...args)
        cut.resolve(() => started.stream.destroy())
        // What a host behind a cut link cannot be told.
        return { ...started, kill: () => Promise.resolve() }
      },
    }
    await openLine(
      commandConsole({ kind: 'command', host: 'lab1', run: ['sh', '-c', `: ${mark}; sleep 1000`] }, cutting),
    )
    const hang = await cut.promise
    hang()
    await nothingRuns(mark)
  })
})

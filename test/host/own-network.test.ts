import { once } from 'node:events'
import { chmodSync, chownSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startGuarded } from '../../host/guarded-process.ts'
import { inOwnNetwork, ownNetwork } from '../../host/own-network.ts'
import { awaited, kill9, processesLike } from '../e2e/processes.ts'
import { asStranger, strangerId } from '../security/stranger.ts'
import { tempFolder } from './temp-folder.ts'

const network = await ownNetwork()
const port = 7777
/** A server that says back what it is told. */
const server = ['socat', `TCP4-LISTEN:${port},bind=127.0.0.1,fork`, 'EXEC:cat']

/** Whether it says back `hello`, by a path or a port of this network. */
async function echoes(at: { path: string } | { port: number; host: string }): Promise<true | undefined> {
  const socket = connect(at)
  try {
    socket.on('error', () => {})
    socket.write('hello')
    const [bytes] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown]
    return String(bytes) === 'hello' ? true : undefined
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}

/** Starts it, and waits until its relay leads to it. */
async function start(command: string[], folder: string) {
  const [first = '', ...rest] = command
  const process = startGuarded(first, rest, { cwd: folder })
  onTestFinished(() => process.kill('SIGKILL'))
  const deadline = AbortSignal.timeout(10_000)
  while (!(await echoes({ path: join(folder, 'in.sock') }))) deadline.throwIfAborted()
  return process
}

describe.skipIf('refused' in network)('a network of its own', () => {
  const through = 'through' in network ? network.through : []
  const relays = [{ port, socket: 'in.sock' }]

  it('is reached through a relay, and not by its port', async () => {
    const folder = await tempFolder()
    await start(inOwnNetwork(through, relays, server), folder)
    expect(await echoes({ port, host: '127.0.0.1' })).toBeUndefined()
  })

  it('ends with its relay, so that it can be started again', async () => {
    const folder = await tempFolder()
    const process = await start(inOwnNetwork(through, relays, server), folder)
    kill9(processesLike(folder, /^socat UNIX-LISTEN/)[0]!.pid)
    await process.ended
    await awaited('everything has gone', 60, () => (processesLike(folder, /socat/).length === 0 ? true : undefined))
  })

  // Root has the shorter way; this is the one of everybody else.
  it.runIf(process.getuid?.() === 0 && asStranger)('is had without root, in a user namespace', async () => {
    const folder = await tempFolder()
    chmodSync(folder, 0o700)
    chownSync(folder, strangerId, strangerId)
    const withoutRoot = ['unshare', '--user', '--map-root-user', '--net', '--']
    const [first = '', ...rest] = inOwnNetwork(withoutRoot, relays, server)
    const [command, args] = asStranger!(first, rest)
    await start([command, ...args], folder)
    expect(await echoes({ port, host: '127.0.0.1' })).toBeUndefined()
  })

  it('takes no path for the name of a socket', () => {
    expect(() => inOwnNetwork(through, [{ port, socket: 'a,b' }], server)).toThrow(/cannot be the name/)
  })
})

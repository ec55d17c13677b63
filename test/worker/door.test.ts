import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectionOwner } from '../../host/connection-owner.ts'
import { freePorts } from '../../host/free-port.ts'
import { openDoor, type Door } from '../../worker/door.ts'
import { asStranger } from '../security/stranger.ts'
import { tempFolder } from '../host/temp-folder.ts'

let door: Door
let behind: Server
let reached: string
const said: string[] = []

/** Says back what it is told, as a relay to a server would. */
beforeEach(async () => {
  const folder = await tempFolder()
  reached = ''
  said.length = 0
  behind = createServer((socket) => {
    socket.on('data', (bytes: Buffer) => (reached += bytes.toString()))
    socket.pipe(socket)
  }).listen(join(folder, 'behind.sock'))
  await once(behind, 'listening')
  door = await openDoor((await freePorts(1))[0]!, folder, 'behind.sock', (sentence) => said.push(sentence))
})
afterEach(() => {
  door.close()
  behind.close()
})

describe('a door', () => {
  it('lets this user through, both ways and to the end', async () => {
    const long = 'x'.repeat(1_000_000)
    const { stdout } = await execa('socat', ['-T5', '-', `TCP4:127.0.0.1:${door.port}`], { input: long })
    expect(stdout).toBe(long)
    expect(said).toEqual([])
  })

  it('lets this user through who comes over IPv6 to the IPv4 address', async () => {
    const socket = connect({ host: '::ffff:127.0.0.1', port: door.port, family: 6 })
    socket.write('hello')
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    expect(bytes.toString()).toBe('hello')
    socket.destroy()
  })

  it.skipIf(asStranger === undefined)('lets no other user through, and says once who came', async () => {
    for (let times = 0; times < 3; times++) {
      const patient = ['-u', `TCP4:127.0.0.1:${door.port}`, '-']
      await execa(...asStranger!('socat', patient), { reject: false })
    }
    expect(said).toEqual([expect.stringMatching(/^turned away user \d+ on port \d+$/)])
  })

  it.skipIf(asStranger === undefined)('lets no other user through who closes as soon as he has spoken', async () => {
    // A closed socket has no owner; kernels may show root's id in his place. While we wait for him the door takes nobody.
    const shout = `exec 3<>/dev/tcp/127.0.0.1/${door.port} && printf hello >&3; exec 3>&-`
    const [command, args] = asStranger!('bash', ['-c', shout])
    expect(spawnSync(command, args)).toMatchObject({ status: 0 })
    await vi.waitUntil(() => said.length > 0)
    expect(reached).toBe('')
  })

  it('is not opened where somebody listens', async () => {
    await expect(openDoor(door.port, '/', 'none', () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('closes on who stands in it when it is closed', async () => {
    const socket = connect(door.port, '127.0.0.1')
    socket.write('hello')
    await once(socket, 'data')
    door.close()
    await once(socket, 'close')
  })
})

describe('the owner of a connection', () => {
  it('is this user, for as long as both ends stand', async () => {
    const seen: (number | undefined)[] = []
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    const [theirs] = (await once(server, 'connection')) as [Socket]
    const remote = theirs.remotePort!
    seen.push(connectionOwner(port, remote))
    socket.destroy()
    await once(theirs.resume(), 'end')
    seen.push(connectionOwner(port, remote))
    server.close()
    theirs.destroy()
    expect(seen).toEqual([process.getuid!(), undefined])
  })
})

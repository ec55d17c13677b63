import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { Connection } from '@temporalio/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { foldersFrom } from '../../host/folders.ts'
import { freePorts } from '../../host/free-port.ts'
import { ownNetwork, type OwnNetwork } from '../../host/own-network.ts'
import { temporalBinary } from '../../host/temporal-binary.ts'
import { startDevServer, type DevServerPorts } from '../../worker/dev-server.ts'
import { startOwnServer, type OwnServerSettings } from '../../worker/own-server.ts'
import { portsFile } from '../../control/service-file.ts'
import { kill9, processesLike } from '../e2e/processes.ts'
import { tempFolder } from '../host/temp-folder.ts'

const { path: binary } = await temporalBinary(foldersFrom())
const network = await ownNetwork()
const none: OwnNetwork = { refused: 'a test forbids it' }

async function settings(more: Partial<OwnServerSettings> = {}): Promise<OwnServerSettings> {
  return { binary, state: await tempFolder(), namespace: 'default', ui: false, note: () => {}, ...more }
}

async function newPorts(): Promise<DevServerPorts> {
  const [grpc, ui] = await freePorts(2)
  return { grpc: grpc!, ui: ui! }
}

/** Ports of which a stranger has the second one until the test has finished, as if he had come in between. */
async function takenPorts(): Promise<DevServerPorts> {
  const ports = await newPorts()
  const stranger = createServer().listen(ports.ui, '127.0.0.1')
  await once(stranger, 'listening')
  onTestFinished(() => void stranger.close())
  return ports
}

async function answers({ grpc }: DevServerPorts): Promise<void> {
  const connection = await Connection.connect({ address: `127.0.0.1:${grpc}` })
  await connection.workflowService.describeNamespace({ namespace: 'default' })
  await connection.close()
}

describe.each([
  ['in a network of its own', network],
  ['in the network of the host', none],
])('%s', (_where, given) => {
  it.skipIf(given === network && 'refused' in network)(
    'starts on other ports when somebody takes the first ones before it does',
    async () => {
      const good = await newPorts()
      const chosen = [await takenPorts(), good]
      const choose = () => Promise.resolve(chosen.shift()!)
      const mine = await settings({ ui: true, network: given, choose })
      const server = await startOwnServer(mine)
      await answers(server.ports)
      await server.stop()
      expect(chosen).toEqual([])
      expect(server.ports).toEqual(good)
      expect(JSON.parse(readFileSync(portsFile(mine.state), 'utf8'))).toEqual(good)
    },
  )

  it.skipIf(given === network && 'refused' in network)('starts again on its ports when it has died', async () => {
    const mine = await settings({ network: given })
    const server = await startOwnServer(mine)
    onTestFinished(() => server.stop())
    const { ports } = server
    for (const victim of given === none ? [/^\S*temporal server/] : [/^\S*temporal server/, /^socat UNIX-LISTEN/]) {
      const ended = server.ended()
      for (const { pid } of processesLike(mine.state, victim)) kill9(pid)
      await ended
      await server.restart()
      expect(server.ports).toEqual(ports)
      await answers(ports)
    }
  })
})

it('says who can command it', async () => {
  const said: string[] = []
  const open = await startOwnServer(await settings({ network: none, note: (sentence) => said.push(sentence) }))
  await open.stop()
  expect(open.open).toBe('a test forbids it')
  expect(said).toEqual([expect.stringMatching(/^every user of this host can command the Temporal server/)])
})

it.skipIf('refused' in network)(
  'in a network of its own has no web UI unless asked for, and leaves no socket',
  async () => {
    const mine = await settings()
    const server = await startOwnServer(mine)
    expect(server.open).toBeUndefined()
    expect(readdirSync(mine.state).filter((name) => name.endsWith('.sock'))).toEqual(['temporal.sock'])
    await server.stop()
    expect(readdirSync(mine.state).filter((name) => name.endsWith('.sock'))).toEqual([])
    const asked = await startOwnServer({ ...mine, ui: true })
    const { status } = await fetch(`http://127.0.0.1:${asked.ports.ui}/`)
    await asked.stop()
    expect(status).toBe(200)
  },
)

it('gives up after some, says why, and keeps no ports for the next time', async () => {
  const taken = await takenPorts()
  let asked = 0
  const choose = () => {
    asked++
    return Promise.resolve(taken)
  }
  const mine = await settings({ ui: true, network: none, choose })
  await expect(startOwnServer(mine)).rejects.toMatchObject({
    code: 'ServerUnreachable',
    message: `Somebody has port ${taken.ui} of 127.0.0.1.`,
  })
  expect(asked).toBe(5)
  expect(existsSync(portsFile(mine.state))).toBe(false)
})

it('may be started again on other ports when somebody took one meanwhile', async () => {
  const ports = await takenPorts()
  await expect(startDevServer({ ...(await settings({ ui: true })), ports })).rejects.toMatchObject({
    retryable: true,
    message: expect.stringMatching(
      new RegExp(
        `^The Temporal dev server ended with code 1 \\(.*:${ports.ui}: bind: address already in use\\); its log is `,
      ),
    ) as string,
  })
})

it('does not try again what other ports cannot mend', async () => {
  let asked = 0
  const choose = async () => {
    asked++
    return await newPorts()
  }
  await expect(startOwnServer(await settings({ binary: '/bin/false', choose }))).rejects.toMatchObject({
    message: expect.stringContaining('ended with code 1; its log is') as string,
  })
  expect(asked).toBe(1)
})

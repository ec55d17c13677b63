import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { foldersFrom } from '../../host/folders.ts'
import { freePorts } from '../../host/free-port.ts'
import { temporalBinary } from '../../host/temporal-binary.ts'
import type { DevServerPorts } from '../../worker/dev-server.ts'
import { startOwnServer } from '../../worker/own-server.ts'
import { portsFile } from '../../worker/service-file.ts'
import { tempFolder } from '../host/temp-folder.ts'

const { path: binary } = await temporalBinary(foldersFrom())

/** Ports of which a stranger has the second one until the test has finished, as if he had come in between. */
async function takenPorts(): Promise<DevServerPorts> {
  const [grpc, ui] = await freePorts(2)
  const stranger = createServer().listen(ui, '127.0.0.1')
  await once(stranger, 'listening')
  onTestFinished(() => void stranger.close())
  return { grpc: grpc!, ui: ui! }
}

it('starts on other ports when somebody takes the first ones before it does', async () => {
  const state = await tempFolder()
  const [grpc, ui] = await freePorts(2)
  const chosen = [await takenPorts(), { grpc: grpc!, ui: ui! }]
  const server = await startOwnServer(binary, state, 'default', () => Promise.resolve(chosen.shift()!))
  await server.stop()
  expect(chosen).toEqual([])
  expect(server.ports).toEqual({ grpc, ui })
  expect(JSON.parse(readFileSync(portsFile(state), 'utf8'))).toEqual({ grpc, ui })
})

it('gives up after some, says why, and keeps no ports for the next time', async () => {
  const state = await tempFolder()
  const taken = await takenPorts()
  let asked = 0
  const start = startOwnServer(binary, state, 'default', () => {
    asked++
    return Promise.resolve(taken)
  })
  await expect(start).rejects.toMatchObject({
    code: 'ServerUnreachable',
    message: expect.stringMatching(
      new RegExp(
        `^The Temporal dev server ended with code 1 \\(.*127\\.0\\.0\\.1:${taken.ui}: bind: address already in use\\); its log is ${state}/`,
      ),
    ) as string,
  })
  expect(asked).toBe(5)
  expect(existsSync(portsFile(state))).toBe(false)
})

it('does not try again what other ports cannot mend', async () => {
  const state = await tempFolder()
  let asked = 0
  const start = startOwnServer('/bin/false', state, 'default', async () => {
    asked++
    return await takenPorts()
  })
  await expect(start).rejects.toMatchObject({
    message: expect.stringContaining('ended with code 1; its log is') as string,
  })
  expect(asked).toBe(1)
})

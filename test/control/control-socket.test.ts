import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test, vi } from 'vitest'
import { ask, serveControl, type ControlHandlers } from '../../control/control-socket.ts'
import type { ServiceFacts } from '../../control/service-file.ts'
import type { RunStart } from '../../control/run-start.ts'
import { tempFolder } from '../host/temp-folder.ts'

const facts: ServiceFacts = {
  pid: 1,
  address: '127.0.0.1:7233',
  namespace: 'hyplab',
  server: { kind: 'configured' },
  worker: { pid: 2 },
  started: 0,
  life: 'while-used',
}
const run: RunStart = {
  workflowId: 'w',
  plan: 'a plan\nwith a line end',
  task: { run: 1, lab: 'lab', host: 'here', until: 'verdicts', atOnce: 2 },
}

let server: Server | undefined
afterEach(() => server?.close())

const newPath = async (): Promise<string> => join(await tempFolder(), 'control.sock')

/** A service with these handlers; returns the path of its control socket. */
async function serve(handlers: Partial<ControlHandlers>, path?: string): Promise<string> {
  const nothing = async (): Promise<void> => {}
  path ??= await newPath()
  const control = await serveControl(path, {
    facts: async () => facts,
    stop: nothing,
    keep: nothing,
    start: nothing,
    unused: nothing,
    ...handlers,
  })
  server = control.server
  return path
}

test('a held service starts a run and says when it has', async () => {
  const started: RunStart[] = []
  const path = await serve({ start: async (one) => void started.push(one) })
  const service = await ask(path, 'hold')
  expect(service?.facts).toEqual(facts)
  await service?.start(run)
  expect(started).toEqual([run])
  await service?.close()
})

test('why a run could not be started is told, and the service stays held', async () => {
  let unused = 0
  const path = await serve({
    start: async () => {
      throw new Error('no such namespace')
    },
    unused: async () => void unused++,
  })
  const service = await ask(path, 'hold')
  await expect(service?.start(run)).rejects.toMatchObject({
    code: 'ServerUnreachable',
    message: 'The run could not be started on 127.0.0.1:7233: no such namespace.',
  })
  expect(unused).toBe(0)
  await service?.close()
  expect(unused).toBe(1)
})

test('a service that ends while it is asked is an error, not a wait', async () => {
  const path = await serve({ start: () => new Promise(() => {}) })
  server?.on('connection', (socket) => socket.on('data', (bytes) => bytes.includes('start ') && socket.destroy()))
  const service = await ask(path, 'hold')
  await expect(service?.start(run)).rejects.toThrow('the hyplab service ended')
})

test('a service that ends later is told to who holds it, and is free of him', async () => {
  const sockets: Socket[] = []
  const path = await serve({})
  server?.on('connection', (socket: Socket) => sockets.push(socket))
  const service = await ask(path, 'hold')
  expect(service?.ended.aborted).toBe(false)
  const told = once(service!.ended, 'abort')
  for (const socket of sockets) socket.destroy()
  await told
  await service?.close()
})

test('a service that is killed while it is asked is none', async () => {
  // Linux resets a unix socket that is closed with something in it that nobody has read.
  const path = await newPath()
  server = createServer({ pauseOnConnect: true }, (socket) => setImmediate(() => socket.destroy())).listen(path)
  await once(server, 'listening')
  for (let times = 0; times < 20; times++) expect(await ask(path, 'hold')).toBeUndefined()
})

test('a question of another version is refused by name', async () => {
  const socket = connect(await serve({}))
  socket.write('dance\n')
  const [line] = (await once(createInterface({ input: socket }), 'line')) as [string]
  expect(JSON.parse(line)).toEqual({ error: 'this service is of another version: `hyplab down` stops it' })
  socket.destroy()
})

test('without a service there is no answer', async () => {
  expect(await ask(await newPath(), 'status')).toBeUndefined()
})

test('only this user may connect, also in place of what a killed service left', async () => {
  const path = await newPath()
  writeFileSync(path, '', { mode: 0o666 })
  expect(await ask(path, 'status')).toBeUndefined()
  await serve({}, path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const service = await ask(path, 'status')
  expect(service?.facts).toEqual(facts)
  await service?.close()
})

test('a service from which nothing comes is not waited for', async () => {
  const path = await newPath()
  // It takes the connection, as the kernel does for a process that is suspended.
  server = createServer(() => {}).listen(path)
  await once(server, 'listening')
  await expect(ask(path, 'hold', 100)).rejects.toMatchObject({
    code: 'ServerUnreachable',
    message: 'The hyplab service did not answer "hold" for 0.1 s.',
  })
})

test('a service that is still starting is waited for, however long it takes', async () => {
  const starting = Promise.withResolvers<ServiceFacts>()
  const path = await serve({ facts: () => starting.promise })
  const answer = ask(path, 'status', 1_500)
  // Two signs of life, each of which is longer ago than the one before.
  setTimeout(() => starting.resolve(facts), 2_500)
  expect((await answer)?.facts).toEqual(facts)
})

test('who asks and goes before the answer does not end the service', async () => {
  const answers = Promise.withResolvers<ServiceFacts>()
  let asked = 0
  const path = await serve({ facts: () => (asked++ === 0 ? answers.promise : Promise.resolve(facts)) })
  const gone = connect(path)
  await once(gone, 'connect')
  gone.write('status\n')
  await vi.waitUntil(() => asked === 1)
  gone.destroy()
  await once(gone, 'close')
  answers.resolve(facts)
  expect((await ask(path, 'status'))?.facts).toEqual(facts)
})

import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ConsoleFault } from '../../../targets/board/console/console-fault.ts'
import type { Attached } from '../../../targets/board/powered-board.ts'
import { attachAll } from '../../../targets/place/attach-all.ts'

const closed: string[] = []
const attached = (name: string): Attached => ({
  name,
  worlds: ['NS'],
  line: {
    stream: new PassThrough(),
    broken: new Promise(() => undefined),
    greeting: Buffer.of(),
    close: async () => void closed.push(name),
  },
})
const refused = (port: number, address = 'bench') =>
  new ConsoleFault('refused', `The console server at ${address} port ${port} refuses connections.`, {
    server: { address, port },
  })

test('all consoles are attached, in their order', async () => {
  const [a, b] = [attached('a'), attached('b')]
  expect(await attachAll('rock-1', [Promise.resolve(a), Promise.resolve(b)])).toEqual([a, b])
})

test('when one cannot be attached the others are let go', async () => {
  closed.length = 0
  const opening = [Promise.resolve(attached('a')), Promise.reject(refused(1)), Promise.resolve(attached('c'))]
  await expect(attachAll('rock-1', opening)).rejects.toThrow('The console server at bench port 1 refuses')
  expect(closed).toEqual(['a', 'c'])
})

test('a server that refuses all consoles of a place has died', async () => {
  const opening = [Promise.reject(refused(1)), Promise.reject(refused(2))]
  await expect(attachAll('rock-1', opening)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(/^The console server at bench has died: it refuses all 2 consoles of rock-1/),
  })
})

test.each([
  ['two servers', [refused(1), refused(1, 'other')]],
  [
    'one console that is in use',
    [refused(1), new ConsoleFault('in-use', 'Port already in use.', { server: { address: 'bench', port: 2 } })],
  ],
])('%s are told as what they say', async (_what, faults) => {
  await expect(
    attachAll(
      'rock-1',
      faults.map((fault) => Promise.reject(fault)),
    ),
  ).rejects.toBe(faults[0])
})

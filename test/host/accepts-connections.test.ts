import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { acceptsConnections } from '../../host/accepts-connections.ts'

it.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '[::1]'],
])('tells at %s a server that is there from one that has gone', async (host, written) => {
  const server = createServer((socket) => socket.end()).listen(0, host)
  await once(server, 'listening')
  const address = `${written}:${(server.address() as AddressInfo).port}`
  expect(await acceptsConnections(address, 5_000)).toBe(true)
  server.close()
  await once(server, 'close')
  expect(await acceptsConnections(address, 5_000)).toBe(false)
})

it('has no patience for an address without a port', async () => {
  expect(await acceptsConnections('127.0.0.1', 5_000)).toBe(false)
})

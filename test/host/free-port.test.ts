import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePorts, isFreePort } from '../../host/free-port.ts'

test('a free port is free until somebody listens on it', async () => {
  const [port] = await freePorts(1)
  expect(await isFreePort(port!)).toBe(true)
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  expect(await isFreePort(port!)).toBe(false)
  server.close()
  await once(server, 'close')
  expect(await isFreePort(port!)).toBe(true)
})

test('ports that are asked for together differ, and none is one that Linux gives to others by itself', async () => {
  const ports = await freePorts(300)
  expect(new Set(ports).size).toBe(300)
  expect(Math.min(...ports)).toBeGreaterThan(1_024)
  expect(Math.max(...ports)).toBeLessThan(32_768)
})

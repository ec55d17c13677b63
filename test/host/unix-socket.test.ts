import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { socketPath } from '../../host/unix-socket.ts'
import { tempFolder } from './temp-folder.ts'

it.each([1, 40])('a socket in a folder is reached by its path, however long that is (%i parts)', async (parts) => {
  const folder = join(await tempFolder(), ...Array.from({ length: parts }, () => 'folder'))
  mkdirSync(folder, { recursive: true })
  const path = socketPath(folder, 'a.sock')
  expect(Buffer.byteLength(path)).toBeLessThan(108)
  const server = createServer((socket) => socket.end('here')).listen(path)
  await once(server, 'listening')
  expect(existsSync(join(folder, 'a.sock'))).toBe(true)
  const [bytes] = (await once(connect(socketPath(folder, 'a.sock')), 'data')) as [Buffer]
  expect(bytes.toString()).toBe('here')
  server.close()
  await once(server, 'close')
  expect(existsSync(join(folder, 'a.sock'))).toBe(false)
})

it('in a folder that is not there has a path all the same', () => {
  const folder = `/not/there/${'deep/'.repeat(40)}`
  expect(socketPath(folder, 'a.sock')).toBe(`${folder}a.sock`)
})

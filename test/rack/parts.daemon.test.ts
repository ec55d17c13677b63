/** How a rack ends whose daemons somebody has started again by hand. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePorts } from '../../host/free-port.ts'
import { startGuarded } from '../../host/guarded-process.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { isListening } from './listeners.ts'
import { listening } from './part.ts'
import { RackParts } from './parts.ts'
import { startSer2net } from './ser2net.ts'
import { startUartWire } from './uart-wire.ts'

test('a daemon that a stranger started in the place of ours is told and left alone, and the others end', async () => {
  const folder = await tempFolder()
  const [port = 0] = await freePorts(1)
  const parts = new RackParts()
  const wire = await parts.add('wire', () => startUartWire(folder, 'uart0'))
  const ours = await parts.add('ser2net', () => startSer2net(folder, [{ port, tty: wire.tty, protocol: 'raw' }]))
  ours.process.kill('SIGKILL')
  await ours.process.ended
  const theirs = startGuarded('/usr/sbin/ser2net', ['-n', '-c', join(folder, 'ser2net.yaml')])
  onTestFinished(async () => {
    theirs.kill('SIGKILL')
    await theirs.ended
  })
  await listening(theirs, [port], 'their ser2net')
  await expect(parts.stopAll()).rejects.toThrow(
    new RegExp(`^ser2net: process \\d+ \\(/usr/sbin/ser2net .*\\) listens on its port ${port}, .*: kill \\d+$`),
  )
  expect(isListening(port)).toBe(true)
  expect([parts.running('wire'), parts.running('ser2net')]).toEqual([undefined, undefined])
})

test('one that is never done with ending keeps none of the others from it', async () => {
  const parts = new RackParts(50)
  const ended: string[] = []
  await parts.add('first', async () => ({ stop: async () => void ended.push('first') }))
  await parts.add('stuck', async () => ({ stop: () => new Promise<void>(() => undefined) }))
  await parts.add('last', async () => ({ stop: async () => void ended.push('last') }))
  await expect(parts.stopAll()).rejects.toThrow(/^stuck: it did not end within 0\.05 s$/)
  expect(ended).toEqual(['last', 'first'])
})

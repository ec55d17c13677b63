import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startGuarded } from '../../../host/guarded-process.ts'
import { FifoChannel, pipesRefused, withPipes } from '../../../targets/qemu/fifo-channel.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { allBytes } from './orders.ts'

/** A process that opens both pipes as QEMU does, says that it has, and then runs a script: 5 is its output, 6 its input. */
async function other(folder: string, script: string) {
  const opened = 'exec 5<>c.out 6<>c.in; echo opened >&4; '
  const { command, args } = withPipes(folder, ['c'], ['sh', '-c', opened + script])
  const guarded = startGuarded(command, args, { cwd: folder, channels: 1 })
  await once(guarded.channels[0]!, 'data')
  return guarded
}

test('says and hears, gathers what comes byte by byte, keeps all of it, and ends with the other side', async () => {
  const folder = await tempFolder()
  const said = Buffer.concat(Array.from({ length: 20 }, () => allBytes))
  await writeFile(join(folder, 'said'), said)
  await other(folder, 'read -r word <&6; printf "heard %s." "$word" >&5; dd if=said bs=1 status=none >&5')
  const channel = new FifoChannel(join(folder, 'c'))
  const chunks: Buffer[] = []
  channel.on('data', (chunk: Buffer) => chunks.push(chunk))
  channel.write('hello\n')
  await once(channel, 'close')
  expect(Buffer.concat(chunks)).toEqual(Buffer.concat([Buffer.from('heard hello.'), said]))
  expect(chunks.length).toBeLessThan(said.length / 4)
})

test('keeps 5 MB that come as fast as they can', async () => {
  const folder = await tempFolder()
  const said = Buffer.concat(Array.from({ length: 20_000 }, () => allBytes))
  await writeFile(join(folder, 'said'), said)
  await other(folder, 'cat said >&5')
  const channel = new FifoChannel(join(folder, 'c'))
  const chunks: Buffer[] = []
  channel.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(channel, 'close')
  expect(Buffer.concat(chunks).equals(said)).toBe(true)
})

test('leaves no name behind, ends when it is destroyed, and cannot be opened twice', async () => {
  const folder = await tempFolder()
  const guarded = await other(folder, 'read -r _ <&6; read -r _ <&6')
  const channel = new FifoChannel(join(folder, 'c'))
  expect(await readdir(folder)).toEqual([])
  expect(() => new FifoChannel(join(folder, 'c'))).toThrow('ENOENT')
  channel.destroy()
  await once(channel, 'close')
  guarded.kill('SIGKILL')
  await guarded.ended
})

test('says why pipes cannot be made, and starts nothing', async () => {
  const folder = await tempFolder()
  const logFile = join(folder, 'log')
  const refusal = async (into: string): Promise<string> => {
    await rm(logFile, { force: true })
    const { command, args } = withPipes(into, ['c'], ['touch', join(folder, 'started')])
    const { code } = await startGuarded(command, args, { logFile }).ended
    expect(code).not.toBe(0)
    return await readFile(logFile, 'utf8')
  }
  const missing = await refusal(join(folder, 'missing'))
  expect(missing).toMatch(/missing/)
  await writeFile(join(folder, 'c.out'), '')
  const inTheWay = await refusal(folder)
  expect(inTheWay).toMatch(/c\.out.*File exists/)
  expect([missing, inTheWay].map(pipesRefused)).toEqual([true, true])
  expect(pipesRefused('qemu-system-aarch64: no such machine')).toBe(false)
  expect(existsSync(join(folder, 'started'))).toBe(false)
})

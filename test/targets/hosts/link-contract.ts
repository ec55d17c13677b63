import { randomBytes } from 'node:crypto'
import { watch } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { seeProcess } from '../../../host/process-identity.ts'
import { sha256 } from '../../../host/sha256.ts'
import type { HostLink } from '../../../targets/hosts/host-link.ts'
import { awaitFile } from '../../host/await-file.ts'
import { awaitGone, identityOf } from '../../host/await-gone.ts'
import { tempFolder } from '../../host/temp-folder.ts'

export const never = new AbortController().signal

/** Reads a stream until it has said so much. */
export async function readBytes(stream: Duplex, count: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= count) break
  }
  return Buffer.concat(chunks)
}

/** Reads a stream's first line. */
export async function readLine(stream: Duplex): Promise<string> {
  let text = ''
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1')
    if (text.includes('\n')) break
  }
  return text.slice(0, text.indexOf('\n')).trim()
}

/** A command that says its own process id and that of a child which ignores a hang-up, then reads for ever. */
export const family = ['sh', '-c', '(trap "" HUP; exec sleep 600) & echo $$ $!; exec cat']

/** What every way to a host must do alike. @param open makes a link whose close the test sees to */
export function testLink(open: () => HostLink): void {
  test('a command gets its words untouched and tells its code and both outputs', async () => {
    const words = ["it's", '$HOME', '', 'a b', '*']
    const end = await open().run(['sh', '-c', 'printf "%s|" "$@"; echo oops >&2; exit 7', 'sh', ...words], never)
    expect(end).toEqual({ code: 7, stdout: "it's|$HOME||a b|*|", stderr: 'oops\n' })
  })

  test('a command that does not exist ends with 127, one that a signal ended with 128 and its number', async () => {
    const link = open()
    expect((await link.run(['hyplab-no-such-command'], never)).code).toBe(127)
    expect((await link.run(['sh', '-c', 'kill -TERM $$'], never)).code).toBe(143)
  })

  test('a command has no input to wait for', async () => {
    expect(await open().run(['cat'], never)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('what a command left in the background is gone when it has ended', async () => {
    const { stdout } = await open().run(['sh', '-c', 'sleep 600 & echo $!'], never)
    await awaitGoneNumber(Number(stdout), 5)
  })

  test('an abort ends a command and what it started, and throws its reason', async () => {
    const controller = new AbortController()
    const file = join(await tempFolder(), 'pid')
    const running = open().run(
      ['sh', '-c', `sleep 600 & echo $! > ${file}.part; mv ${file}.part ${file}; wait`],
      controller.signal,
    )
    const child = identityOf(Number(await awaitFile(file)))
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    await awaitGone(child, 5)
  })

  test.each([true, false])('a command passes every byte both ways (terminal: %s)', async (terminal) => {
    const command = await open().start(['cat'], { terminal }, never)
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7 + (index >> 8)) & 0xff))
    const echoed = readBytes(command.stream, bytes.length)
    command.stream.write(bytes)
    expect(Buffer.compare(await echoed, bytes)).toBe(0)
    await command.kill()
  })

  test('with a terminal there is one, without there is none, and standard error is apart', async () => {
    const link = open()
    const say = ['sh', '-c', 'if [ -t 0 ] && [ -t 1 ]; then echo tty; else echo none; fi; echo complaint >&2; exit 5']
    const plain = await link.start(say, { terminal: false }, never)
    expect(await readLine(plain.stream)).toBe('none')
    plain.stream.resume()
    expect(await plain.ended).toEqual({ code: 5, stderr: 'complaint\n' })
    const on = await link.start(say, { terminal: true }, never)
    expect(await readLine(on.stream)).toBe('tty')
    on.stream.resume()
    expect((await on.ended).code).toBe(5)
  })

  test.each([true, false])('kill ends a command and what it started, deaf or not (terminal: %s)', async (terminal) => {
    const command = await open().start(family, { terminal }, never)
    const [parent, child] = (await readLine(command.stream)).split(' ').map((pid) => identityOf(Number(pid)))
    await command.kill()
    if (parent) await awaitGone(parent, 5)
    if (child) await awaitGone(child, 5)
  })

  test('close ends everything that was started', async () => {
    const link = open()
    const pids: number[] = []
    for (const terminal of [true, false]) {
      const { stream } = await link.start(family, { terminal }, never)
      pids.push(...(await readLine(stream)).split(' ').map(Number))
    }
    const processes = pids.map(identityOf)
    await link.close()
    for (const one of processes) await awaitGone(one, 5)
  })

  test('connect leads to a port as the host sees it', async () => {
    const server = createServer((socket) => socket.pipe(socket))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    onTestFinished(() => void server.close())
    const stream = await open().connect('127.0.0.1', (server.address() as AddressInfo).port, never)
    const bytes = randomBytes(100_000)
    const echoed = readBytes(stream, bytes.length)
    stream.write(bytes)
    expect(Buffer.compare(await echoed, bytes)).toBe(0)
    stream.destroy()
  })

  test('connect to a port where nobody listens is told with the address', async () => {
    await expect(open().connect('127.0.0.1', 1, never)).rejects.toThrow(/127\.0\.0\.1:1: .*refused/i)
  })

  test('put replaces a file whole, and others may read it', async () => {
    const folder = await tempFolder()
    const bytes = randomBytes(300_000)
    await writeFile(join(folder, 'from'), bytes)
    await writeFile(join(folder, "it's to"), 'old')
    expect(await open().put(join(folder, 'from'), join(folder, "it's to"), never)).toBe(sha256(bytes))
    expect(Buffer.compare(await readFile(join(folder, "it's to")), bytes)).toBe(0)
    expect((await stat(join(folder, "it's to"))).mode & 0o777).toBe(0o644)
    expect((await readdir(folder)).sort()).toEqual(['from', "it's to"])
  })

  test('put of an empty file makes one', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'from'), '')
    await open().put(join(folder, 'from'), join(folder, 'to'), never)
    expect(await readFile(join(folder, 'to'), 'utf8')).toBe('')
  })

  test('put to a folder that is not there is told in its words', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'from'), 'x')
    const putting = open().put(join(folder, 'from'), join(folder, 'none', 'to'), never)
    await expect(putting).rejects.toMatchObject({
      code: 'PlaceBroken',
      message: expect.stringMatching(/no such file/i),
    })
  })

  test('a put that is aborted throws the reason and leaves what was there', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'from'), Buffer.alloc(100 << 20))
    await writeFile(join(folder, 'to'), 'old')
    const controller = new AbortController()
    const watcher = watch(folder, (_, name) => {
      if (name === 'to.part') controller.abort(new Error('enough'))
    })
    onTestFinished(() => watcher.close())
    const putting = open().put(join(folder, 'from'), join(folder, 'to'), controller.signal)
    await expect(putting).rejects.toThrow('enough')
    expect(await readFile(join(folder, 'to'), 'utf8')).toBe('old')
    expect((await readdir(folder)).sort()).toEqual(['from', 'to'])
  })

  test('nothing is begun for a signal that is aborted', async () => {
    const aborted = AbortSignal.abort(new Error('never mind'))
    const link = open()
    await expect(link.run(['true'], aborted)).rejects.toThrow('never mind')
    await expect(link.start(['true'], { terminal: false }, aborted)).rejects.toThrow('never mind')
    await expect(link.connect('127.0.0.1', 1, aborted)).rejects.toThrow('never mind')
  })
}

async function awaitGoneNumber(pid: number, seconds: number): Promise<void> {
  const seen = seeProcess(pid)
  if (seen?.commandLine.startsWith('sleep 600')) await awaitGone(seen, seconds)
}

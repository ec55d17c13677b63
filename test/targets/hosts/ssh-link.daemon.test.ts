import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePorts } from '../../../host/free-port.ts'
import { run, runOrThrow } from '../../../host/run.ts'
import type { HostLink } from '../../../targets/hosts/host-link.ts'
import { linkHosts } from '../../../targets/hosts/host-links.ts'
import { sshLink } from '../../../targets/hosts/ssh-link.ts'
import { awaitGone, identityOf } from '../../host/await-gone.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { startSshd, type Sshd } from '../../rack/sshd.ts'
import { family, never, readLine, testLink } from './link-contract.ts'

let folder: string
let sshd: Sshd
let gate: Sshd
let port: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-sshd-'))
  const [first = 0, second = 0] = await freePorts(2)
  port = first
  sshd = await startSshd({ folder, port })
  gate = await startSshd({ folder: join(folder, 'gate'), port: second })
})

afterAll(async () => {
  await sshd.stop()
  await gate.stop()
  await rm(folder, { recursive: true, force: true })
})

function link(host = sshd.host('mux'), jump?: HostLink): HostLink {
  const opened = sshLink(host, jump)
  onTestFinished(() => opened.close())
  return opened
}

describe('a host by ssh', () => testLink(() => link()))

describe('a host behind another one', () =>
  testLink(() => {
    const links = linkHosts({ gate: gate.host('gate'), mux: sshd.host('mux', 'gate') })
    onTestFinished(() => links.close())
    return links.link('mux')
  }))

test('another key than the pinned one is refused in one sentence that names both, and nothing is sent', async () => {
  const host = sshd.host('mux')
  const pinned = 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  const other = { ...host, ssh: { ...host.ssh, hostKey: pinned } }
  const began = sshd.log().length
  const error: unknown = await link(other)
    .run(['true'], never)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'PlaceBroken', retryable: false })
  expect(String(error)).toContain(
    `Host mux (127.0.0.1:${port}) shows the key ${host.ssh.hostKey}, but labs/test.yaml:1:1 pins ${pinned}`,
  )
  expect(sshd.log().slice(began)).not.toContain('Accepted')
})

test('the fingerprint is the one that ssh-keygen shows', async () => {
  const shown = await runOrThrow('ssh-keygen', ['-lf', join(folder, 'host.pub')])
  expect(shown.split(' ')[1]).toBe(sshd.host('mux').ssh.hostKey)
})

test('a key that the host does not know is told, and not tried again', async () => {
  const strange = join(await tempFolder(), 'strange')
  await runOrThrow('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', strange])
  const host = sshd.host('mux')
  const knocking = link({ ...host, ssh: { ...host.ssh, key: { file: strange } } }).run(['true'], never)
  await expect(knocking).rejects.toMatchObject({
    retryable: false,
    message: expect.stringMatching(/^Host mux .* does not let .* in with the key .*strange/),
  })
})

test('a key that others may read is refused before anybody is asked', async () => {
  const key = join(await tempFolder(), 'open')
  await writeFile(key, 'key', { mode: 0o644 })
  const host = sshd.host('mux')
  const knocking = link({ ...host, ssh: { ...host.ssh, key: { file: key } } }).run(['true'], never)
  await expect(knocking).rejects.toThrow(`${key} is open to others (mode 644)`)
})

test('the agent is asked only when the lab says so', async () => {
  const socket = join(await tempFolder(), 'agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void agent.kill())
  await once(agent.stdout, 'data')
  vi.stubEnv('SSH_AUTH_SOCK', socket)
  onTestFinished(() => void vi.unstubAllEnvs())
  const strange = join(await tempFolder(), 'strange')
  await runOrThrow('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', strange])
  await run('ssh-add', ['-q', join(folder, 'user')])
  const host = sshd.host('mux')
  await expect(link({ ...host, ssh: { ...host.ssh, key: { file: strange } } }).run(['true'], never)).rejects.toThrow(
    'does not let',
  )
  const byAgent = link({ ...host, ssh: { ...host.ssh, key: { agent: true } } })
  expect((await byAgent.run(['echo', 'in'], never)).stdout).toBe('in\n')
  vi.stubEnv('SSH_AUTH_SOCK', '')
  await expect(link({ ...host, ssh: { ...host.ssh, key: { agent: true } } }).run(['true'], never)).rejects.toThrow(
    'SSH_AUTH_SOCK names none',
  )
})

test.each([true, false])(
  'a command whose connection is cut ends there and is told as lost (terminal: %s)',
  async (terminal) => {
    const opened = link()
    const command = await opened.start(family, { terminal }, never)
    const processes = (await readLine(command.stream)).split(' ').map((pid) => identityOf(Number(pid)))
    command.stream.resume()
    sshd.cut()
    await expect(command.ended).rejects.toThrow(/^Host mux \(127\.0\.0\.1:\d+\) was lost while sh ran there: /)
    for (const one of processes) await awaitGone(one, 5)
    expect((await opened.run(['echo', 'again'], never)).stdout).toBe('again\n')
  },
)

test.each([true, false])('a command ends there when this process is killed (terminal: %s)', async (terminal) => {
  const source = join(import.meta.dirname, '../../../targets/hosts/ssh-link.ts')
  const script = `
    import { sshLink } from ${JSON.stringify(source)}
    const link = sshLink(${JSON.stringify(sshd.host('mux'))})
    const options = { terminal: ${terminal} }
    const { stream } = await link.start(${JSON.stringify(family)}, options, new AbortController().signal)
    stream.on('data', (text) => process.stdout.write(text))
  `
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(owner.stdout, 'data')) as [Buffer]
  const processes = said
    .toString()
    .trim()
    .split(' ')
    .map((pid) => identityOf(Number(pid)))
  expect(processes).toHaveLength(2)
  owner.kill('SIGKILL')
  for (const one of processes) await awaitGone(one, 5)
})

test('a gate that is cut takes those behind it along, and both are reached again', async () => {
  const links = linkHosts({ gate: gate.host('gate'), mux: sshd.host('mux', 'gate') })
  onTestFinished(() => links.close())
  const command = await links.link('mux').start(family, { terminal: false }, never)
  const processes = (await readLine(command.stream)).split(' ').map((pid) => identityOf(Number(pid)))
  command.stream.resume()
  gate.cut()
  await expect(command.ended).rejects.toThrow('was lost while sh ran there')
  for (const one of processes) await awaitGone(one, 5)
  expect((await links.link('mux').run(['echo', 'again'], never)).stdout).toBe('again\n')
})

test('commands share one connection until sshd would refuse a session', async () => {
  const opened = link()
  const began = sshd.log().length
  const starting = Array.from({ length: 12 }, () => opened.start(['cat'], { terminal: true }, never))
  const commands = await Promise.all(starting)
  expect(
    sshd
      .log()
      .slice(began)
      .match(/Accepted publickey/g),
  ).toHaveLength(2)
  await Promise.all(commands.map((command) => command.kill()))
})

test('a host that turns us away is asked three times, 2 s apart, and told as the trouble of the host', async () => {
  const knocks: number[] = []
  const server = createServer((socket) => {
    knocks.push(performance.now())
    socket.destroy()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const host = sshd.host('mux')
  const away = link({ ...host, ssh: { ...host.ssh, port: (server.address() as AddressInfo).port } })
  const error: unknown = await away.run(['true'], never).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'PlaceBroken', retryable: true })
  expect(String(error)).toMatch(/Host mux \(127\.0\.0\.1:\d+\) cannot be reached by ssh: /)
  const [first = 0, second = 0, third = 0] = knocks
  expect(knocks).toHaveLength(3)
  expect(second - first).toBeGreaterThan(1990)
  expect(third - second).toBeGreaterThan(1990)
})

test('a host that says nothing is let go of by an abort', async () => {
  const server = createServer(() => undefined)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const host = sshd.host('mux')
  const dumb = link({ ...host, ssh: { ...host.ssh, port: (server.address() as AddressInfo).port } })
  const controller = new AbortController()
  server.once('connection', () => controller.abort(new Error('enough')))
  await expect(dumb.run(['true'], controller.signal)).rejects.toThrow('enough')
})

// A small disk is a mount, and that is root's.
test.skipIf(process.getuid?.() !== 0)(
  'a full disk there is told with the words of df there, and nothing half-written stays',
  async () => {
    const disk = join(await tempFolder(), 'disk')
    await mkdir(disk)
    await runOrThrow('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'hyplab-test', disk])
    onTestFinished(async () => void (await run('umount', [disk])))
    const image = join(await tempFolder(), 'image')
    await writeFile(image, Buffer.alloc(3 << 20, 1))
    const error: unknown = await link()
      .put(image, join(disk, 'image'), never)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'PlaceBroken' })
    expect(String(error)).toMatch(
      /could not be put to .*disk\/image on host mux .*Failure \(3145728 bytes to write; df there says: hyplab-test /,
    )
    expect(await readdir(disk)).toEqual([])
  },
)

test('a copy that reads back otherwise there is refused and removed', async () => {
  const there = await tempFolder()
  await mkdir(join(there, 'bin'))
  const sha256sum = `#!/bin/sh\nprintf '%064d  %s\\n' 0 "$2"\n`
  await writeFile(join(there, 'bin', 'sha256sum'), sha256sum, { mode: 0o755 })
  const [strangePort = 0] = await freePorts(1)
  const config = [`SetEnv PATH=${join(there, 'bin')}:/usr/bin:/bin`]
  const strange = await startSshd({ folder: join(there, 'sshd'), port: strangePort, config })
  onTestFinished(() => strange.stop())
  await writeFile(join(there, 'image'), 'image')
  const putting = link(strange.host('mux')).put(join(there, 'image'), join(there, 'to'), never)
  await expect(putting).rejects.toThrow(/could not be put to .*: it reads back there with sha256 0{64}, not 6105d6/)
  expect((await readdir(there)).filter((name) => name.startsWith('to'))).toEqual([])
})

test('a lab that leads a host through itself is refused', () => {
  const links = linkHosts({ a: sshd.host('a', 'b'), b: sshd.host('b', 'a') })
  expect(() => links.link('a')).toThrow('is to be reached through itself: a, b')
  expect(() => links.link('c')).toThrow('The lab has no host c.')
})

import { join } from 'node:path'
import { inspect } from 'node:util'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import type { HttpProfile } from '../../../../domain/lab/pdu-spec.ts'
import { freePorts } from '../../../../host/free-port.ts'
import { httpOutlet, stateIn } from '../../../../targets/board/power/http-outlet.ts'
import { digestAuthorization } from '../../../../targets/board/power/http-login.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { startHttpPlug, type PlugMake } from '../../../rack/http-plugs.ts'
import { makeFileOutlets, type FileOutlets } from '../../../rack/outlets.ts'

const never = new AbortController().signal
const makes: [PlugMake, string][] = [
  ['tasmota', '1'],
  ['shelly-1', '0'],
  ['shelly-2', '0'],
]

afterEach(() => vi.unstubAllEnvs())

async function start(make: PlugMake, count: number, login?: { user: string; password: string }) {
  const outlets = await makeFileOutlets(join(await tempFolder(), 'outlets'), ['0', '1', '2'])
  const [port = 0] = await freePorts(1)
  const plug = await startHttpPlug({ make, port, count, outlets, ...(login && { login }) })
  onTestFinished(() => plug.stop())
  return { outlets, plug, url: `http://127.0.0.1:${port}` }
}

function open(profile: string | HttpProfile, url: string, outlet: string, user?: string) {
  const login = user === undefined ? {} : { login: { user, password: { env: 'PLUG_PASSWORD' } } }
  return httpOutlet(
    { name: 'desk', at: 'labs/test.yaml:3:5', spacing: 0, kind: 'http', url, profile, ...login },
    outlet,
  )
}

async function switchTwice(outlet: ReturnType<typeof open>, outlets: FileOutlets, name: string): Promise<void> {
  for (const to of ['on', 'off'] as const) {
    await outlet.set(to, never)
    expect(await outlet.state(never)).toBe(to)
    expect(await outlets.read(name)).toBe(to)
  }
}

test.each(makes)('%s is switched and read, each by one request', async (make, name) => {
  const { outlets, plug, url } = await start(make, 1)
  await switchTwice(open(make, `${url}/`, name), outlets, name)
  expect(plug.requests).toHaveLength(4)
})

test('a Tasmota with two relays answers with the number of each', async () => {
  const { outlets, url } = await start('tasmota', 2)
  await switchTwice(open('tasmota', url, '2'), outlets, '2')
  expect(await outlets.read('1')).toBe('off')
})

test.each(makes)('%s that asks for a password gets it, and switches once', async (make, name) => {
  vi.stubEnv('PLUG_PASSWORD', 'sesame')
  const { outlets, plug, url } = await start(make, 1, { user: 'admin', password: 'sesame' })
  await switchTwice(open(make, url, name, 'admin'), outlets, name)
  expect(await outlets.events()).toHaveLength(2)
  // One that asks for a digest never gets the password itself.
  const logins = plug.requests.slice(0, 2).map((request) => request.split(' ')[2])
  const wanted = { tasmota: ['Basic', 'Basic'], 'shelly-1': [undefined, 'Basic'], 'shelly-2': [undefined, 'Digest'] }
  expect(logins).toEqual(wanted[make])
})

test.each(makes)('%s that has another password is quoted, without ours', async (make, name) => {
  vi.stubEnv('PLUG_PASSWORD', 'wrong-sesame')
  const { outlets, url } = await start(make, 1, { user: 'admin', password: 'sesame' })
  const error: unknown = await open(make, url, name, 'admin')
    .state(never)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'PlaceBroken', retryable: false })
  expect(String(error)).toMatch(
    make === 'tasmota' ? /says neither on nor off of outlet 1, but .*Need user=/ : /answered 401/,
  )
  expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/sesame|YWRtaW46/)
  expect(await outlets.events()).toEqual([])
})

test.each<[PlugMake, string, RegExp]>([
  ['tasmota', '3', /neither on nor off of outlet 3, but "\{\\"Command\\":\\"Unknown\\"\}"/],
  ['shelly-1', '3', /refused \/relay\/3: it answered 404 .*Not Found/],
  ['shelly-2', '3', /refused \/rpc\/Switch.GetStatus: it answered 500 .*not found/],
])('%s that does not have outlet %s is quoted', async (make, name, words) => {
  const { url } = await start(make, 1)
  await expect(open(make, url, name).state(never)).rejects.toThrow(words)
})

test("a lab's own profile sends JSON, with the outlet as a number, and finds the state by its path", async () => {
  const bodies: string[] = []
  const { createServer: createHttp } = await import('node:http')
  const server = createHttp((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      bodies.push(`${request.method} ${request.url} ${body}`)
      response.end('{"relays":[{"name":"a"},{"name":"b","is":{"on":1}}]}')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const profile: HttpProfile = {
    on: { method: 'POST', path: '/set', body: { id: '{outlet}', name: 'relay {outlet}', to: [true] } },
    off: { method: 'POST', path: '/set', body: { id: '{outlet}', to: [false] } },
    state: { method: 'GET', path: '/get/{outlet}', json: 'relays.{outlet}.is.on', on: [1], off: [0] },
  }
  const outlet = open(profile, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '1')
  await outlet.set('on', never)
  expect(await outlet.state(never)).toBe('on')
  expect(bodies).toEqual(['POST /set {"id":1,"name":"relay 1","to":[true]}', 'GET /get/1 '])
})

test('an answer that is lost is told as retryable: the plug may have switched', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy()))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const setting = open('shelly-1', `http://127.0.0.1:${port}`, '0').set('on', never)
  await expect(setting).rejects.toMatchObject({ retryable: true, message: expect.stringContaining('gave no answer') })
})

test('a redirection is not followed: it would be another plug', async () => {
  const { createServer: createHttp } = await import('node:http')
  const server = createHttp((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end('moved'))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const outlet = open('shelly-1', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '0')
  await expect(outlet.state(never)).rejects.toThrow('it answered 302 "moved"')
})

test.each([
  ['{"POWER":"ON"}', 'on'],
  ['{"POWER1":"OFF"}', 'off'],
  ['{"POWER1":"on"}', undefined],
  ['{"POWER2":"ON"}', undefined],
  ['{}', undefined],
  ['<html>', undefined],
  ['null', undefined],
])('Tasmota saying %s means %s for outlet 1', (text, state) => {
  expect(
    stateIn(text, { json: ['POWER{outlet}', 'POWER'], on: ['ON'], off: ['OFF'], method: 'GET', path: '' }, '1'),
  ).toBe(state)
})

test('a Digest challenge is answered as RFC 7616 shows (3.9.1)', () => {
  const challenge = [
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256',
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"',
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
  ].join(', ')
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
  const login = { user: 'Mufasa', password: 'Circle of Life' }
  expect(digestAuthorization(challenge, login, 'GET', '/dir/index.html', cnonce)).toContain(
    'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
  )
  expect(digestAuthorization('Basic realm="x"', login, 'GET', '/')).toBeUndefined()
})

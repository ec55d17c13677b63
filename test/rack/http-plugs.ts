import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { run } from '../../host/run.ts'
import type { OutletCommands } from './outlets.ts'

export type PlugMake = 'tasmota' | 'shelly-1' | 'shelly-2'

export interface HttpPlugOptions {
  make: PlugMake
  /** TCP, on 127.0.0.1. */
  port: number
  /** How many relays it has: Tasmota counts them from 1, a Shelly from 0. */
  count: number
  outlets: OutletCommands
  /** It lets in only who knows it: Basic, and Digest by `shelly-2`, as the makes have it. */
  login?: { user: string; password: string }
}

/** A stand-in for a plug that is switched by HTTP. */
export interface HttpPlug {
  /** What was asked of it: method and path with its query, and the kind of login. */
  requests: string[]
  stop(): Promise<void>
}

/** Starts a stand-in for a plug, as far as its make's documentation tells how it answers. */
export async function startHttpPlug(options: HttpPlugOptions): Promise<HttpPlug> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const login = request.headers.authorization?.split(' ')[0] ?? ''
    requests.push(`${request.method} ${request.url} ${login}`.trim())
    void answer(options, request, response).catch((error: Error) => json(response, 500, { error: error.message }))
  })
  await new Promise<void>((listening) => server.listen(options.port, '127.0.0.1', listening))
  return {
    requests,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

async function answer(options: HttpPlugOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { make, count, outlets, login } = options
  const url = new URL(request.url ?? '/', 'http://plug')
  if (login && !mayEnter(make, login, request)) return refuse(make, response)
  const set = (outlet: string, to: string) => run(outlets.set[0] ?? '', [...outlets.set.slice(1), outlet, to])
  const isOn = async (outlet: string): Promise<boolean> =>
    (await run(outlets.state[0] ?? '', [...outlets.state.slice(1), outlet])).stdout.trim() === 'on'
  if (make === 'tasmota' && url.pathname === '/cm') {
    const [, number, value] = /^power(\d*)(?: (\S+))?$/i.exec(url.searchParams.get('cmnd') ?? '') ?? []
    const relay = number === '' ? 1 : Number(number)
    if (!(relay >= 1 && relay <= count)) return json(response, 200, { Command: 'Unknown' })
    const to = { '0': 'off', '1': 'on', off: 'off', on: 'on' }[value?.toLowerCase() ?? '']
    if (to !== undefined) await set(String(relay), to)
    const key = count === 1 ? 'POWER' : `POWER${relay}`
    return json(response, 200, { [key]: (await isOn(String(relay))) ? 'ON' : 'OFF' })
  }
  const relay = /^\/relay\/(\d+)$/.exec(url.pathname)?.[1]
  if (make === 'shelly-1' && relay !== undefined && Number(relay) < count) {
    const turn = url.searchParams.get('turn')
    if (turn === 'on' || turn === 'off') await set(relay, turn)
    return json(response, 200, { ison: await isOn(relay), has_timer: false, overpower: false })
  }
  const method = /^\/rpc\/Switch\.(Set|GetStatus)$/.exec(url.pathname)?.[1]
  if (make === 'shelly-2' && method !== undefined) {
    const id = url.searchParams.get('id') ?? ''
    if (!(Number(id) < count))
      return json(response, 500, { code: -105, message: `Argument 'id', value ${id} not found!` })
    const was = await isOn(id)
    if (method === 'GetStatus') return json(response, 200, { id: Number(id), source: 'HTTP', output: was })
    await set(id, url.searchParams.get('on') === 'true' ? 'on' : 'off')
    return json(response, 200, { was_on: was })
  }
  json(response, 404, { code: 404, message: 'Not Found' })
}

function mayEnter(make: PlugMake, login: { user: string; password: string }, request: IncomingMessage): boolean {
  const { authorization = '' } = request.headers
  if (make !== 'shelly-2')
    return authorization === `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`
  const value = (name: string): string => new RegExp(`${name}="?([^",]*)"?`).exec(authorization)?.[1] ?? ''
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const secret = hash(`${login.user}:plug:${login.password}`)
  const asked = hash(`${request.method}:${request.url}`)
  const wanted = hash([secret, 'nonce-1', value('nc'), value(' cnonce'), 'auth', asked].join(':'))
  return value('response') === wanted
}

function refuse(make: PlugMake, response: ServerResponse): void {
  if (make === 'tasmota') return json(response, 200, { WARNING: 'Need user=<username>&password=<password>' })
  const challenge =
    make === 'shelly-1' ? 'Basic realm="plug"' : 'Digest qop="auth", realm="plug", nonce="nonce-1", algorithm=SHA-256'
  response.setHeader('www-authenticate', challenge)
  json(response, 401, {})
}

function json(response: ServerResponse, status: number, answer: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
}

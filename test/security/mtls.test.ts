/**
 * A lab among strangers, as docs/security.md has it: hyplab with Temporal's own TLS settings, through a TLS terminator that
 * demands client certificates, at a Temporal server that is reached through it alone.
 */
import { writeFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { foldersFrom } from '../../host/folders.ts'
import { freePorts } from '../../host/free-port.ts'
import { startGuarded, type GuardedProcess } from '../../host/guarded-process.ts'
import { temporalBinary } from '../../host/temporal-binary.ts'
import { startOwnServer, type OwnServer } from '../../worker/own-server.ts'
import { ownNetwork } from '../../host/own-network.ts'
import { blocksOf } from '../docs/markdown.ts'
import { startHyplab } from '../e2e/command.ts'
import { firstLook } from '../e2e/plans.ts'
import { makeCertificates, type Certificates } from './certificates.ts'
import { openFolder } from './open-folder.ts'

const possible = 'through' in (await ownNetwork())
const folder = openFolder()
const state = join(folder, 'state')
const hyplab = (...args: string[]) => startHyplab(state, args).ended
let server: OwnServer
let terminator: GuardedProcess
let port: number
let certificates: Certificates

/** What docs/security.md shows, with our names and ports in it. */
function configuration(): string {
  const shown = blocksOf('docs/security.md')
    .find(({ text }) => text.startsWith('frontend lab\n'))!
    .text.replace(':7243', `127.0.0.1:${port}`)
    .replace('server.pem', certificates.server)
    .replace('ca.pem', certificates.authority)
    .replace('127.0.0.1:7233', `unix@${join(folder, 'server', 'temporal.sock')}`)
  return `
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
${shown}`
}

beforeAll(async () => {
  if (!possible) return
  certificates = await makeCertificates(folder, 'ours')
  const { path: binary } = await temporalBinary(foldersFrom())
  server = await startOwnServer({
    binary,
    state: join(folder, 'server'),
    namespace: 'strangers',
    ui: false,
    note: () => {},
  })
  port = (await freePorts(1))[0]!
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, configuration())
  terminator = startGuarded('haproxy', ['-db', '-f', file], { logFile: join(folder, 'haproxy.log') })
  await vi.waitUntil(() => handshake({}).then((how) => how !== 'nobody listens'), { timeout: 10_000 })
  vi.stubEnv('TEMPORAL_ADDRESS', `localhost:${port}`)
  vi.stubEnv('TEMPORAL_NAMESPACE', 'strangers')
  vi.stubEnv('TEMPORAL_TLS_SERVER_CA_CERT_PATH', certificates.authority)
})
afterAll(async () => {
  if (!possible) return
  showCertificate(certificates)
  await hyplab('down')
  vi.unstubAllEnvs()
  terminator.kill('SIGKILL')
  await terminator.ended
  await server.stop()
})

function showCertificate({ client }: Certificates): void {
  vi.stubEnv('TEMPORAL_TLS_CLIENT_CERT_PATH', client.certificate)
  vi.stubEnv('TEMPORAL_TLS_CLIENT_KEY_PATH', client.key)
}

/** How a TLS connection ends, or that it stands once bytes have come through it. */
function handshake(options: { cert?: string; key?: string }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false, ...options })
    socket
      .once('data', () => resolve('stands'))
      .once('secureConnect', () => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'))
    socket.once('close', () => resolve('closed'))
    socket.once('error', ({ message, ...error }: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'nobody listens' : message),
    )
  })
}

it.runIf(possible)('refuses who shows no certificate', { timeout: 180_000 }, async () => {
  expect(await handshake({})).toMatch(/certificate required/)
  const { code, stderr } = await startHyplab(join(folder, 'bare'), ['up']).ended
  expect(code).toBe(5)
  expect(stderr).toMatch(
    /^hyplab: The Temporal server at localhost:\d+ takes connections, but would not speak with us within 4 s: see TEMPORAL_TLS/,
  )
})

it.runIf(possible)("refuses who shows another authority's certificate", { timeout: 180_000 }, async () => {
  showCertificate(await makeCertificates(folder, 'theirs'))
  const { code, stderr } = await startHyplab(join(folder, 'other'), ['up']).ended
  expect(code).toBe(5)
  expect(stderr).toMatch(
    /^hyplab: The Temporal server at localhost:\d+ takes connections, but would not speak with us within 4 s: see TEMPORAL_TLS/,
  )
})

it.runIf(possible)(
  'carries a lab that shows one of its own: service, worker, a run and its end',
  { timeout: 180_000 },
  async () => {
    showCertificate(certificates)
    expect(await hyplab('up')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`localhost:${port}`) as string,
    })
    const run = (await hyplab('run', firstLook, '--detach')).stdout
    expect(run).toBe('1')
    expect(await hyplab('cancel', run)).toMatchObject({ code: 0 })
    const { runs } = JSON.parse((await hyplab('list', '--json')).stdout) as { runs: { state: string }[] }
    expect(runs.map((one) => one.state)).toEqual(['cancelled'])
  },
)

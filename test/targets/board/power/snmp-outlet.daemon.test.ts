import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Secret } from '../../../../domain/lab/at.ts'
import type { SnmpAccess } from '../../../../domain/lab/pdu-spec.ts'
import { freePorts } from '../../../../host/free-port.ts'
import { snmpOutlet } from '../../../../targets/board/power/snmp-outlet.ts'
import type { Daemon } from '../../../rack/daemon.ts'
import { makeFileOutlets, type FileOutlets } from '../../../rack/outlets.ts'
import { startSnmpd } from '../../../rack/snmpd.ts'

const never = new AbortController().signal
/** Secrets that no sentence may hold. */
const secrets = { write: 'write-sesame', auth: 'auth-sesame', privacy: 'privacy-sesame', wrong: 'wrong-sesame' }

let folder: string
let port: number
let snmpd: Daemon
let outlets: FileOutlets

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-snmpd-'))
  outlets = await makeFileOutlets(join(folder, 'outlets'), ['1', '2'])
  port = (await freePorts(1))[0] ?? 0
  snmpd = await startSnmpd({
    folder: join(folder, 'snmpd'),
    port,
    count: 2,
    outlets,
    communities: { read: 'public', write: secrets.write },
    users: [
      { name: 'private', auth: ['SHA', secrets.auth], privacy: ['AES', secrets.privacy] },
      { name: 'sha512', auth: ['SHA-512', secrets.auth], privacy: ['AES', secrets.privacy] },
      { name: 'open', auth: ['MD5', secrets.auth] },
    ],
  })
  for (const [name, text] of Object.entries(secrets)) await writeFile(join(folder, name), `${text}\n`, { mode: 0o600 })
})

afterAll(async () => {
  await snmpd.stop()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(() => outlets.behave('1', ''))

const secret = (name: keyof typeof secrets): Secret => ({ file: join(folder, name) })
const open = (access: SnmpAccess, outlet = '1', at = port) =>
  snmpOutlet(
    {
      name: 'desk',
      at: 'labs/test.yaml:3:5',
      spacing: 0,
      kind: 'snmp',
      address: '127.0.0.1',
      port: at,
      access,
      profile: 'apc',
    },
    outlet,
  )
const v1 = (): SnmpAccess => ({ version: '1', community: secret('write') })
const v2c = (): SnmpAccess => ({ version: '2c', community: secret('write') })
const v3 = (user: string, extra: Partial<SnmpAccess & { version: '3' }> = {}): SnmpAccess => ({
  version: '3',
  user,
  auth: { protocol: 'sha', key: secret('auth') },
  privacy: { protocol: 'aes', key: secret('privacy') },
  ...extra,
})

/** What is wrong, and that no secret is in it, however it is printed. */
async function refusal(work: Promise<unknown>): Promise<Error & { retryable: boolean }> {
  const error = await work.then(
    (value) => Promise.reject(new Error(`it said ${String(value)}`)),
    (thrown: unknown) => thrown as Error & { retryable: boolean },
  )
  expect(error).toMatchObject({ code: 'PlaceBroken' })
  for (const text of Object.values(secrets))
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(text)
  return error
}

const ways: [string, () => SnmpAccess][] = [
  ['v1', v1],
  ['v2c', v2c],
  ['v3 with SHA and AES', () => v3('private')],
  [
    'v3 with SHA-512 and AES',
    () =>
      v3('sha512', {
        auth: { protocol: 'sha512', key: secret('auth') },
        privacy: { protocol: 'aes', key: secret('privacy') },
      }),
  ],
  [
    'v3 with MD5 and no privacy',
    () => ({ version: '3', user: 'open', auth: { protocol: 'md5', key: secret('auth') } }),
  ],
]

test.each(ways)('an outlet is switched and read by %s', async (_, access) => {
  const outlet = open(access())
  for (const to of ['on', 'off'] as const) {
    await outlet.set(to, never)
    expect(await outlet.state(never)).toBe(to)
    expect(await outlets.read('1')).toBe(to)
  }
})

test('an outlet that the PDU does not have is refused in its words, by v1', async () => {
  expect((await refusal(open(v1(), '9').state(never))).message).toContain('refused: NoSuchName')
  expect((await refusal(open(v1(), '9').set('on', never))).message).toContain('refused: ')
})

test("v2c's No Such Instance, which is no error there, is a fault and no state", async () => {
  const error = await refusal(open(v2c(), '9').state(never))
  expect(error.message).toMatch(/PDU desk refused: NoSuchInstance/)
  expect(error.retryable).toBe(false)
  expect((await refusal(open(v2c(), '9').set('on', never))).message).toContain('refused: ')
})

test('a community that may read only is refused when it switches, and nothing switches', async () => {
  const outlet = open({ version: '2c', community: { text: 'public' } })
  expect(await outlet.state(never)).toBe('off')
  expect(await refusal(outlet.set('on', never))).toMatchObject({
    retryable: false,
    message: expect.stringContaining('refused: '),
  })
  expect(await outlets.read('1')).toBe('off')
})

test('a wrong community, which an agent does not answer, is told as what it may be', async () => {
  const error = await refusal(open({ version: '2c', community: secret('wrong') }).state(never))
  expect(error.message).toContain(`PDU desk (127.0.0.1:${port}) gave no answer in 6 s`)
  expect(error.message).toContain('wrong community')
  expect(error.retryable).toBe(true)
})

test.each<[string, () => SnmpAccess]>([
  ['an unknown user', () => v3('nobody')],
  ['a wrong authentication key', () => v3('private', { auth: { protocol: 'sha', key: secret('wrong') } })],
])('v3 with %s is refused', async (_, access) => {
  const error = await refusal(open(access()).state(never))
  expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('refused: ') })
})

test('v3 with DES, which Node cannot do any more, is told so', async () => {
  const error = await refusal(
    open(v3('private', { privacy: { protocol: 'des', key: secret('privacy') } })).state(never),
  )
  expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('DES') })
})

test('v3 with a wrong privacy key gets no state', async () => {
  await refusal(open(v3('private', { privacy: { protocol: 'aes', key: secret('wrong') } })).state(never))
})

test('a relay that does not move is refused in the words of the agent', async () => {
  await outlets.behave('1', 'refuse')
  expect((await refusal(open(v2c()).set('on', never))).message).toMatch(/refused: (CommitFailed|GeneralError)/)
})

test('an abort ends a question at once', async () => {
  const [nobody = 0] = await freePorts(1)
  const asking = open(v2c(), '1', nobody).state(AbortSignal.timeout(50))
  await expect(asking).rejects.toThrow('aborted due to timeout')
})

test('a profile that nobody knows is told with its line', () => {
  expect(() =>
    snmpOutlet(
      {
        name: 'desk',
        at: 'labs/a.yaml:3:5',
        spacing: 0,
        kind: 'snmp',
        address: 'x',
        port: 1,
        access: v1(),
        profile: 'acp',
      },
      '1',
    ),
  ).toThrow('PDU desk (labs/a.yaml:3:5) has a profile that nobody knows: "acp".')
})

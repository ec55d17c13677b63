import { createServer } from 'node:net'
import { once } from 'node:events'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { WebhookTarget } from '../../domain/tell/telling.ts'
import { freePorts } from '../../host/free-port.ts'
import { deliverMessage } from '../../telling/deliver-message.ts'
import { MatrixStandIn, slackStandIn, startChat, type ChatServer, type Reply } from '../stand-ins/chat.ts'
import { never, someMessage } from './messages.ts'

afterEach(() => vi.unstubAllEnvs())

/** A server for one test. */
async function chat(reply: Parameters<typeof startChat>[0]): Promise<ChatServer> {
  const server = await startChat(reply)
  onTestFinished(() => server.stop())
  return server
}

const to = (url: WebhookTarget['url'], over: Partial<WebhookTarget> = {}): WebhookTarget => ({
  kind: 'webhook',
  shape: 'json',
  url,
  timeout: 30,
  ...over,
})

/** What comes of a message that is answered so. */
async function answered(reply: Reply, over: Partial<WebhookTarget> = {}): Promise<unknown> {
  const { url } = await chat(() => reply)
  return await deliverMessage(someMessage(), to({ text: url }, over), never).catch((error: unknown) => error)
}

describe('a webhook', () => {
  it('gets all that is known as JSON, under a name that a repeated one has, too', async () => {
    const { url, asked } = await chat(() => [204, ''])
    vi.stubEnv('HOOK_TOKEN', 'sesame')
    const message = someMessage()
    const target = to({ text: `${url}/nights` }, { token: { env: 'HOOK_TOKEN' } })
    expect(await deliverMessage(message, target, never)).toBe(`${new URL(url).host} answered 204`)
    await deliverMessage(message, target, never)
    expect(asked).toHaveLength(2)
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/nights',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': message.id,
        authorization: 'Bearer sesame',
      },
      body: { schemaVersion: 1, id: message.id, subject: message.subject, text: message.text },
    })
    expect(asked[1]).toMatchObject({ headers: { 'idempotency-key': message.id }, body: { id: message.id } })
  })

  it.each([
    [[400, 'what is this?'], false, /answered 400 "what is this\?"\.$/],
    [[404, ''], false, /answered 404 ""\.$/],
    [[410, 'gone'], false, /answered 410 "gone"\.$/],
    // Whoever moved must be named by the user: another server was not asked to be told.
    [[302, '', { location: 'http://127.0.0.1:1/' }], false, /answered 302/],
    [[429, 'slow down'], true, /answered 429 "slow down"\.$/],
    [[408, ''], true, /answered 408/],
    [[503, 'x'.repeat(1_000)], true, /answered 503 "x{200}…"\.$/],
  ] as const)('that answers %j is %s to be asked again', async (reply, retryable, sentence) => {
    expect(await answered(reply as unknown as Reply)).toMatchObject({
      code: 'NotDelivered',
      retryable,
      message: expect.stringMatching(sentence),
    })
  })

  it('that is silent is given up after a while, and asked again', async () => {
    expect(await answered('hang', { timeout: 0.05 })).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/gave no answer: none came in 0\.05 s\.$/),
    })
  })

  it('that cannot be reached, or hangs up, is asked again', async () => {
    const [port] = await freePorts(1)
    const nobody = deliverMessage(someMessage(), to({ text: `http://127.0.0.1:${port}` }), never)
    await expect(nobody).rejects.toMatchObject({ retryable: true, message: expect.stringContaining('ECONNREFUSED') })
    const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    onTestFinished(() => void rude.close())
    await once(rude, 'listening')
    const { port: rudePort } = rude.address() as { port: number }
    const cut = deliverMessage(someMessage(), to({ text: `http://127.0.0.1:${rudePort}` }), never)
    await expect(cut).rejects.toMatchObject({ code: 'NotDelivered', retryable: true })
  })

  it('is left at once when it is cancelled', async () => {
    const cut = new AbortController()
    const { url } = await chat(() => {
      cut.abort(new Error('cancelled'))
      return 'hang'
    })
    await expect(deliverMessage(someMessage(), to({ text: url }), cut.signal)).rejects.toThrow('cancelled')
  })

  it('never has its secrets told, whatever it answers', async () => {
    const { url } = await chat(({ path, headers }) => [400, `${path} ${headers.authorization}`])
    vi.stubEnv('HOOK', `${url}/sesame`)
    vi.stubEnv('HOOK_TOKEN', 'open-up')
    const error: unknown = await deliverMessage(
      someMessage(),
      to({ env: 'HOOK' }, { token: { env: 'HOOK_TOKEN' } }),
      never,
    ).catch((thrown: unknown) => thrown)
    expect(String(error)).toContain('answered 400')
    expect(inspect(error, { depth: null })).not.toMatch(/open-up|sesame/)
    vi.stubEnv('HOOK', 'sesame without an address')
    const none: unknown = await deliverMessage(someMessage(), to({ env: 'HOOK' }), never).catch(
      (thrown: unknown) => thrown,
    )
    expect(inspect(none, { depth: null })).toContain('The address of the webhook is none')
    expect(inspect(none, { depth: null })).not.toContain('sesame')
  })

  it('whose secret is not there yet is tried again', async () => {
    vi.stubEnv('HOOK', undefined)
    await expect(deliverMessage(someMessage(), to({ env: 'HOOK' }), never)).rejects.toMatchObject({
      code: 'NotDelivered',
      retryable: true,
      message: expect.stringContaining('the environment variable HOOK is not set'),
    })
  })
})

describe('a stand-in for Slack', () => {
  it('takes a message of any length, and refuses one for another channel for good', async () => {
    const { url, asked } = await chat(slackStandIn)
    vi.stubEnv('SLACK_URL', `${url}/services/T0/B0/sesame`)
    const target = to({ env: 'SLACK_URL' }, { shape: 'slack' })
    const text = `${'[    0.000000] a line of a console <with> & and ```\n'.repeat(5_000)}`
    expect(await deliverMessage(someMessage({ text }), target, never)).toMatch(/answered 200$/)
    expect(asked[0]).toMatchObject({ method: 'POST', body: { text: 'nightly: new failure: ffa.usable -22' } })
    vi.stubEnv('SLACK_URL', `${url}/services/other`)
    await expect(deliverMessage(someMessage(), target, never)).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('404 "no_service"'),
    })
  })
})

describe('a stand-in for Matrix', () => {
  it('shows a message once, however often it is sent', async () => {
    const matrix = new MatrixStandIn()
    const { url, asked } = await chat(matrix.reply)
    vi.stubEnv('MATRIX_TOKEN', matrix.token)
    const target = to({ text: `${url}/` }, { shape: 'matrix', room: matrix.room, token: { env: 'MATRIX_TOKEN' } })
    const message = someMessage({ text: 'a\u001b"\n'.repeat(50_000) })
    for (let times = 0; times < 2; times++) await deliverMessage(message, target, never)
    expect(asked).toHaveLength(2)
    expect([...matrix.shown.keys()]).toEqual([message.id])
    vi.stubEnv('MATRIX_TOKEN', 'wrong')
    await expect(deliverMessage(message, target, never)).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('M_UNKNOWN_TOKEN'),
    })
  })
})

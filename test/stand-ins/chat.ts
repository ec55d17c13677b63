import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a stand-in was asked. */
export interface Asked {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: unknown
}

/** An answer: a status and a text. `hang` is none at all. */
export type Reply = [status: number, text: string, headers?: Record<string, string>] | 'hang'

export interface ChatServer {
  url: string
  asked: Asked[]
  stop(): Promise<void>
}

/** A web server on 127.0.0.1 that is sent JSON, as the chats below are. */
export async function startChat(reply: (asked: Asked) => Reply): Promise<ChatServer> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, path: url, headers, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown }
      asked.push(one)
      const answer = reply(one)
      if (answer === 'hang') return
      const [status, text, more = {}] = answer
      response.writeHead(status, more).end(text)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface SlackMessage {
  text?: string
  blocks?: { type: string; text: { type: string; text: string } }[]
}

/** A stand-in for Slack's incoming webhooks: takes and refuses what its documentation says that they do. */
export function slackStandIn({ path, body }: Asked): Reply {
  if (path !== '/services/T0/B0/sesame') return [404, 'no_service']
  const { text = '', blocks = [] } = body as SlackMessage
  if (text === '') return [400, 'no_text']
  const fits = ({ text: { text: of } }: NonNullable<SlackMessage['blocks']>[0]) => of.length > 0 && of.length <= 3_000
  if (text.length > 40_000 || blocks.length > 50 || !blocks.every(fits)) return [400, 'invalid_blocks']
  return [200, 'ok']
}

/** A stand-in for a homeserver of Matrix with one room: knows a request again by the last part of its path. */
export class MatrixStandIn {
  readonly room = '!room:example.org'
  readonly token = 'sesame'
  /** What the room shows, by the id of the request. */
  readonly shown = new Map<string, unknown>()

  readonly reply = ({ method, path, headers, body }: Asked): Reply => {
    const [, room, id] = /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/send\/m\.room\.message\/([^/]+)$/.exec(path) ?? []
    if (method !== 'PUT' || room === undefined || id === undefined) return [404, error('M_UNRECOGNIZED')]
    if (headers.authorization !== `Bearer ${this.token}`) return [401, error('M_UNKNOWN_TOKEN')]
    if (decodeURIComponent(room) !== this.room) return [403, error('M_FORBIDDEN')]
    if (JSON.stringify(body).length > 65_536) return [413, error('M_TOO_LARGE')]
    if (!this.shown.has(id)) this.shown.set(id, body)
    return [200, JSON.stringify({ event_id: `$${id}` })]
  }
}

function error(errcode: string): string {
  return JSON.stringify({ errcode, error: errcode.toLowerCase() })
}

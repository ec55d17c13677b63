import { LabError } from '../domain/errors.ts'
import type { Message } from '../domain/tell/message.ts'
import type { WebhookTarget } from '../domain/tell/telling.ts'
import { webhookRequest } from '../domain/tell/webhook-bodies.ts'
import { hideSecrets } from '../host/secret.ts'
import { secretOf } from './secret-of.ts'

/**
 * Sends a message to a web server, in the shape that it takes.
 * @returns the status
 * @throws LabError NotDelivered with what the server said: final for a status of 3xx and 4xx that no time mends
 */
export async function postWebhook(message: Message, to: WebhookTarget, signal: AbortSignal): Promise<string> {
  const { url, token, shape } = to
  const address = 'text' in url ? url.text : await secretOf(url, `the address of the ${shape} webhook`, signal)
  const bearer = token && (await secretOf(token, `the ${shape} webhook`, signal))
  const { method, path, body } = webhookRequest(message, to)
  const target = targetOf(address, path)
  const hide = (text: string) => hideSecrets(text, [...('text' in url ? [] : [address, pathOf(target)]), bearer ?? ''])
  const headers = {
    'content-type': 'application/json',
    // A kept connection may be closed by the server just as it is used again, and then nobody knows what it did.
    connection: 'close',
    // Whoever gets it twice can see that, and many servers do by this name.
    'idempotency-key': message.id,
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  }
  const answer = await ask(target, { method, headers, body: JSON.stringify(body) }, to, signal, hide)
  if (answer.ok) return `${target.host} answered ${answer.status}`
  throw new LabError(
    'NotDelivered',
    `${target.host} did not take it: it answered ${answer.status} ${quote(hide(answer.text))}.`,
    { retryable: answer.status >= 500 || mendedByTime.has(answer.status) },
  )
}

/** Request timeout, too early, too many requests. */
const mendedByTime: ReadonlySet<number> = new Set([408, 425, 429])

function targetOf(address: string, path: string): URL {
  const target = URL.parse(`${path === '' ? address.trim() : address.trim().replace(/\/$/, '')}${path}`)
  if (target && /^https?:$/.test(target.protocol)) return target
  // What it says instead may be a secret.
  throw new LabError('NotDelivered', 'The address of the webhook is none: it begins with https:// or http://.')
}

/** What of a secret address a server may send back; empty where it is nothing of one. */
function pathOf({ pathname, search }: URL): string {
  return pathname === '/' ? '' : pathname + search
}

async function ask(
  target: URL,
  request: { method: string; headers: Record<string, string>; body: string },
  { timeout }: WebhookTarget,
  signal: AbortSignal,
  hide: (text: string) => string,
): Promise<{ ok: boolean; status: number; text: string }> {
  try {
    const response = await fetch(target, {
      ...request,
      // Another address was not asked to be told.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]),
    })
    return { ok: response.ok, status: response.status, text: (await response.text()).trim() }
  } catch (error) {
    signal.throwIfAborted()
    // The cause stays away: it may hold the request.
    const why = hide(reasonOf(error as Error, timeout))
    throw new LabError('NotDelivered', `${target.host} gave no answer: ${why}.`, { retryable: true })
  }
}

function reasonOf(error: Error & { cause?: unknown }, timeout: number): string {
  if (error.name === 'TimeoutError') return `none came in ${timeout} s`
  // Node's fetch says only `fetch failed` itself.
  const { cause } = error
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : error.message
}

/** What an answer said, short enough for a sentence. */
function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}

import { LabError } from '../../../domain/errors.ts'
import { hideSecrets } from '../../../host/secret.ts'
import { basicAuthorization, digestAuthorization, type HttpLogin } from './http-login.ts'

/** How long a plug, or the daemon before it, may take, milliseconds. */
export const httpTimeoutMs = 10_000

/** A question to a PDU. */
export interface PduRequest {
  /** For people: `PDU desk`. */
  whom: string
  url: URL
  method: 'GET' | 'POST'
  /** Sent as JSON. */
  body?: unknown
  login?: HttpLogin
  /** Whether the password goes with the first request, before the other side asked for it. */
  unasked?: boolean
  timeoutMs?: number
}

/**
 * Asks once.
 * @returns the answer's text, which came with a status of 2xx
 * @throws LabError PlaceBroken that quotes any other answer; it is retryable when none came. The signal's reason when
 *   aborted
 */
export async function askPdu(request: PduRequest, signal: AbortSignal): Promise<string> {
  const { whom, url, login } = request
  const hide = (text: string): string => hideSecrets(text, login ? [login.password, basicAuthorization(login)] : [])
  const unasked = login && request.unasked ? basicAuthorization(login) : undefined
  const first = await send(request, unasked, signal, hide)
  const answer = login && first.status === 401 ? await answerChallenge(request, login, first, signal, hide) : first
  if (answer.status >= 200 && answer.status < 300) return answer.text
  throw new LabError(
    'PlaceBroken',
    `${whom} refused ${url.pathname}: it answered ${answer.status} ${quote(hide(answer.text))}.`,
  )
}

/** What an answer said, short enough for a sentence. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}

interface Answer {
  status: number
  text: string
  challenge: string
}

/** What was refused with a challenge was not done, so that to send it again with the answer is to send it once. */
async function answerChallenge(
  request: PduRequest,
  login: HttpLogin,
  first: Answer,
  signal: AbortSignal,
  hide: (text: string) => string,
): Promise<Answer> {
  const uri = `${request.url.pathname}${request.url.search}`
  const authorization = /^basic\b/i.test(first.challenge)
    ? basicAuthorization(login)
    : digestAuthorization(first.challenge, login, request.method, uri)
  return authorization === undefined ? first : await send(request, authorization, signal, hide)
}

async function send(
  { whom, url, method, body, timeoutMs = httpTimeoutMs }: PduRequest,
  authorization: string | undefined,
  signal: AbortSignal,
  hide: (text: string) => string,
): Promise<Answer> {
  signal.throwIfAborted()
  const headers = {
    // A kept connection may be closed by the plug just as it is used again, and then nobody knows what it did.
    connection: 'close',
    ...(authorization === undefined ? {} : { authorization }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const challenge = response.headers.get('www-authenticate') ?? ''
    return { status: response.status, text: (await response.text()).trim(), challenge }
  } catch (error) {
    signal.throwIfAborted()
    const why = reasonOf(error as Error, timeoutMs)
    // The cause stays away: it may hold the request.
    throw new LabError('PlaceBroken', `${whom} gave no answer at ${url.origin}: ${hide(why)}.`, { retryable: true })
  }
}

function reasonOf(error: Error & { cause?: unknown }, timeoutMs: number): string {
  if (error.name === 'TimeoutError') return `none came in ${timeoutMs / 1000} s`
  // Node's fetch says only `fetch failed` itself.
  return error.cause instanceof Error
    ? error.cause.message || String((error.cause as NodeJS.ErrnoException).code)
    : error.message
}

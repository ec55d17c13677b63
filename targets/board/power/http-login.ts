import { createHash, randomBytes } from 'node:crypto'

/** Who asks, by HTTP. */
export interface HttpLogin {
  user: string
  password: string
}

/** RFC 7617. */
export function basicAuthorization({ user, password }: HttpLogin): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/**
 * The answer to a Digest challenge (RFC 7616), as Shelly's second generation asks for it.
 * @param challenge the WWW-Authenticate header
 * @param uri the path with its query, as it is asked for
 * @returns undefined for a challenge of another kind
 */
export function digestAuthorization(
  challenge: string,
  { user, password }: HttpLogin,
  method: string,
  uri: string,
  cnonce = randomBytes(16).toString('hex'),
): string | undefined {
  const fields = /^digest\s+(.*)$/i.exec(challenge)?.[1]
  if (fields === undefined) return undefined
  const value = (name: string): string | undefined => {
    const found = new RegExp(`(?:^|[,\\s])${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(fields)
    return found?.[1] ?? found?.[2]
  }
  const algorithm = value('algorithm') ?? 'MD5'
  const hash = algorithms[algorithm.toUpperCase()]
  const [realm, nonce] = [value('realm'), value('nonce')]
  const offersAuth = value('qop')
    ?.split(/\s*,\s*/)
    .includes('auth')
  if (hash === undefined || realm === undefined || nonce === undefined || !offersAuth) return undefined
  const digest = (text: string): string => createHash(hash).update(text).digest('hex')
  const count = '00000001'
  const response = digest(
    [digest(`${user}:${realm}:${password}`), nonce, count, cnonce, 'auth', digest(`${method}:${uri}`)].join(':'),
  )
  const opaque = value('opaque')
  return [
    `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}`,
    `qop=auth, nc=${count}, cnonce="${cnonce}", response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ].join(', ')
}

const algorithms: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256' }

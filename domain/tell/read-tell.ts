import { sha256 } from '@noble/hashes/sha2.js'
import { toHex } from '../bytes/bytes.ts'
import { list, type Reading } from '../lab/file/reading.ts'
import type { Secret } from '../lab/at.ts'
import { parseDuration } from '../yaml/quantity.ts'
import type { Path } from '../yaml/yaml-text.ts'
import { isThisMachine } from './check-tell.ts'
import type { FileTell } from './schema-tell.ts'
import type { Encryption, MailTarget, Telling, TellTarget, WebhookTarget } from './telling.ts'

type FileMail = NonNullable<FileTell['mail']>
type FileWebhook = NonNullable<FileTell['webhook']>

const day = 24 * 60 * 60

/** What a schedule's file without mistakes says of whom to tell. */
export function readTell(given: readonly FileTell[], reading: Reading): Telling[] {
  return given.map((entry, index) => {
    const to = targetOf(entry, ['tell', index], reading)
    // A digest is not told what went out at once, and may go to the same people.
    const key = entry.when === 'digest' ? `digest, ${keyOf(to)}` : keyOf(to)
    return { key, when: entry.when, every: secondsOf(entry.every), to }
  })
}

function secondsOf(every: string | undefined): number {
  if (every === undefined) return 0
  return every.endsWith('d') ? Number.parseInt(every, 10) * day : parseDuration(every)
}

function targetOf({ mail, webhook, file }: FileTell, path: Path, reading: Reading): TellTarget {
  if (mail) return mailTarget(mail, [...path, 'mail', 'smtp', 'login', 'password'], reading)
  if (webhook) return webhookTarget(webhook, [...path, 'webhook'], reading)
  return { kind: 'file', path: reading.absolute(file!) }
}

function mailTarget({ to, from, smtp = {} }: FileMail, password: Path, reading: Reading): MailTarget {
  const { host = 'localhost', login, ca, timeout } = smtp
  const encryption = smtp.encryption ?? (smtp.port === 465 ? 'tls' : isThisMachine(host) ? 'none' : 'starttls')
  return {
    kind: 'mail',
    to: list(to),
    from,
    smtp: {
      host,
      port: smtp.port ?? usualPort(encryption, login !== undefined),
      encryption,
      ...(login && { login: { user: login.user, password: reading.secret(password, login.password) } }),
      ...(ca !== undefined && { ca: reading.absolute(ca) }),
      timeout: timeout === undefined ? 120 : parseDuration(timeout),
    },
  }
}

/** RFC 8314 for tls, RFC 6409 for whoever logs in, RFC 5321 for one server that gives to another. */
function usualPort(encryption: Encryption, login: boolean): number {
  if (encryption === 'tls') return 465
  return login ? 587 : 25
}

function webhookTarget({ url, shape, room, token, timeout }: FileWebhook, path: Path, reading: Reading): WebhookTarget {
  return {
    kind: 'webhook',
    shape,
    url: typeof url === 'string' ? { text: url } : reading.secret([...path, 'url'], url),
    ...(token && { token: reading.secret([...path, 'token'], token) }),
    ...(room !== undefined && { room }),
    timeout: timeout === undefined ? 30 : parseDuration(timeout),
  }
}

function keyOf(to: TellTarget): string {
  if (to.kind === 'mail') return `mail ${to.to.toSorted().join(', ')}`
  if (to.kind === 'file') return `file ${to.path}`
  const where = 'text' in to.url ? to.url.text : placeOf(to.url)
  return `${to.shape} ${to.room ?? where}`
}

/** Where a secret is, told without it. A command's words may tell something, and its program alone may serve many. */
function placeOf(secret: Secret): string {
  if ('env' in secret) return `$${secret.env}`
  if ('file' in secret) return secret.file
  const words = new TextEncoder().encode(secret.command.join('\0'))
  return `${secret.command[0]} (${toHex(sha256(words).slice(0, 4))})`
}

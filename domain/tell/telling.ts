import type { Secret } from '../lab/at.ts'

/** What makes a schedule tell: something new; each night; or all that gathered, at its time. */
export const occasions = ['change', 'always', 'digest'] as const
export type Occasion = (typeof occasions)[number]

/** How a connection to a mail server is kept from others: not at all, from STARTTLS on, from the first byte. */
export const encryptions = ['none', 'starttls', 'tls'] as const
export type Encryption = (typeof encryptions)[number]

export const webhookShapes = ['json', 'slack', 'matrix'] as const
export type WebhookShape = (typeof webhookShapes)[number]

/** Whom a schedule tells of its nights, and when. */
export interface Telling {
  /** What it is known by from night to night, and what people call it: `mail lab@example.org`. Holds no secret. */
  key: string
  when: Occasion
  /** Of a digest: so many seconds are between two; 0 for one each night. */
  every: number
  to: TellTarget
}

export type TellTarget = MailTarget | WebhookTarget | FileTarget

export interface MailTarget {
  kind: 'mail'
  to: string[]
  from: string
  smtp: SmtpServer
}

export interface SmtpServer {
  host: string
  port: number
  encryption: Encryption
  login?: { user: string; password: Secret }
  /** The file of the authority that the server's certificate must be of, absolute; those of this machine when absent. */
  ca?: string
  /** So long may the server be silent, seconds. */
  timeout: number
}

export interface WebhookTarget {
  kind: 'webhook'
  shape: WebhookShape
  /** Its address, which may itself be a secret. Of Matrix that of the homeserver. */
  url: { text: string } | Secret
  /** Sent as `Authorization: Bearer`. */
  token?: Secret
  /** Of Matrix: the room's id. */
  room?: string
  /** So long may the answer take, seconds. */
  timeout: number
}

export interface FileTarget {
  kind: 'file'
  /** Absolute. */
  path: string
}

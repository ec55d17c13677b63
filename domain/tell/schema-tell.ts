import { z } from 'zod'
import { address, duration, isHidden, path, port, secret, url, word } from '../lab/file/schema-parts.ts'
import { durationPattern } from '../yaml/quantity.ts'
import { map, oneOrMore } from '../yaml/shapes.ts'
import { encryptions, occasions, webhookShapes } from './telling.ts'

// The shape of a schedule's `tell` and nothing else: what it means is in read-tell.ts, whether its parts fit in
// check-tell.ts. Messages have the form `what is wrong; what would be right`.

const notAMailbox = 'is no address of a mailbox; e.g. lab@example.org, without a name before it'
const mailbox = z.string(notAMailbox).regex(/^[^\s<>()[\],;:"\\@]+(@[^\s<>()[\],;:"\\@]+)?$/, notAMailbox)

const smtp = map({
  host: address.optional().describe('The mail server; localhost when left out.'),
  port: port.optional().describe('Its port; 25 when left out, 465 with tls, 587 with a login.'),
  encryption: z
    .enum(encryptions)
    .optional()
    .describe('none, starttls or tls (from the first byte). When left out: none to this machine, starttls to others.'),
  login: map({ user: word.describe('The user.'), password: secret.describe('The password.') })
    .optional()
    .describe('Who we are there, where it asks.'),
  ca: path.optional().describe("The authority that the server's certificate is of, a PEM file, if it is one of yours."),
  timeout: duration.optional().describe('So long may the server be silent; 2 min when left out.'),
})

const mail = map({
  to: oneOrMore(mailbox).describe('Who gets it: one address or several.'),
  from: mailbox.describe('Whom it is from. Answers go there.'),
  smtp: smtp.optional().describe('The server that takes it; the one of this machine when left out.'),
})

const webhook = map({
  url: z
    .union([url, secret])
    .describe('Its address; where it is a secret, as that of Slack is, where that is. Of Matrix the homeserver.'),
  shape: z.enum(webhookShapes).default('json').describe('What is sent: json, or as Slack or Matrix take it.'),
  room: z.string().optional().describe('Of Matrix: the id of the room, e.g. "!abc:example.org".'),
  token: secret.optional().describe('Sent as `Authorization: Bearer`; Matrix wants it.'),
  timeout: duration.optional().describe('So long may the answer take; 30 s when left out.'),
})

const notAnInterval = 'is no interval; a number with a unit, e.g. 7 d or 12 h'
const interval = z
  .string(notAnInterval)
  .regex(new RegExp(String.raw`${durationPattern.source}|^\d+ ?d$`), notAnInterval)

/** Whom a schedule tells, one way. */
export const tellEntry = map({
  mail: mail.optional().describe('By mail.'),
  webhook: webhook.optional().describe('By a request to a web server.'),
  file: path.optional().describe('Into a file, at its end: as text, or as JSON lines if its name ends in .jsonl.'),
  when: z
    .enum(occasions)
    .default('change')
    .describe('change: what is new, once. always: each night. digest: all that gathered since the last one.'),
  every: interval.optional().describe('Of a digest: how long between two, e.g. 7 d; each night when left out.'),
})
export type FileTell = z.output<typeof tellEntry>

/** Whether what stands at a path of a schedule must not be shown to anyone. */
export function isHiddenInTell(at: readonly (string | number)[]): boolean {
  return isHidden(at) || at.slice(-2).includes('token')
}

import { readFile } from 'node:fs/promises'
import type { SendMailOptions } from 'nodemailer'
import { LabError } from '../domain/errors.ts'
import type { Message } from '../domain/tell/message.ts'
import type { MailTarget, SmtpServer } from '../domain/tell/telling.ts'
import { hideSecrets } from '../host/secret.ts'
import { secretOf } from './secret-of.ts'

/**
 * Sends a message as a mail: plain text in which no line is broken or joined, however long it is. A repeated one has the
 * Message-ID that the first had.
 * @returns what the server said, and whom it refused if it took the mail for others
 * @throws LabError NotDelivered with what the server said: final for what it says that it will never take (5xx)
 */
export async function sendMail(message: Message, to: MailTarget, signal: AbortSignal): Promise<string> {
  const { smtp } = to
  const server = `${smtp.host}:${smtp.port}`
  const password = smtp.login && (await secretOf(smtp.login.password, `${smtp.login.user} at ${server}`, signal))
  const ca = smtp.ca === undefined ? undefined : await readAuthority(smtp.ca)
  // Loaded by those who send mails only.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({ ...connection(smtp, ca), ...login(smtp, password) })
  try {
    const { response, rejected } = await transport.sendMail({ ...mailOf(message, to), signal })
    const refused = rejected.length === 0 ? '' : `; it refused ${rejected.join(', ')}`
    return `${server} said ${response}${refused}`
  } catch (error) {
    signal.throwIfAborted()
    const { message: said, permanent } = error as Error & { permanent?: boolean }
    // The cause stays away: it may hold the dialogue.
    const why = hideSecrets(said, password === undefined ? [] : [password, ...coded(smtp.login!.user, password)])
    throw new LabError('NotDelivered', `${server} did not take the mail: ${why.replaceAll(/\s+/g, ' ')}.`, {
      retryable: permanent !== true,
    })
  }
}

/** What an SMTP dialogue makes of a password (RFC 4616, and AUTH LOGIN). */
function coded(user: string, password: string): string[] {
  return [`\0${user}\0${password}`, password].map((text) => Buffer.from(text).toString('base64'))
}

function connection({ host, port, encryption, timeout }: SmtpServer, ca: string | undefined) {
  const milliseconds = timeout * 1000
  return {
    host,
    port,
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    ...(ca !== undefined && { tls: { ca } }),
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds,
    // What is sent is text of ours: no option of it may name a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function login({ login: as }: SmtpServer, password: string | undefined) {
  // Said also to a server that asks for none, which would else get the mail from nobody.
  return as && password !== undefined ? { auth: { user: as.user, pass: password }, forceAuth: true } : {}
}

function mailOf({ id, schedule, subject, text, thread, written }: Message, { from, to }: MailTarget): SendMailOptions {
  const domain = from.split('@')[1] ?? 'localhost'
  const idOf = (of: string) => `<${of}.hyplab@${domain}>`
  return {
    from: { name: 'hyplab', address: from },
    to,
    subject: `[hyplab] ${subject}`,
    messageId: idOf(id),
    date: new Date(written),
    ...(thread !== undefined && { inReplyTo: idOf(thread), references: [idOf(thread)] }),
    headers: {
      // RFC 3834: nobody's holiday answers it.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `nights of ${schedule} <${schedule.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}.hyplab.${domain}>`,
    },
    text,
    // Lines of more than 998 octets do not go by SMTP as they are (RFC 5321), and format=flowed would join some.
    textEncoding: 'quoted-printable',
  }
}

async function readAuthority(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new LabError(
      'NotDelivered',
      `The certificate ${path} of the mail server's authority cannot be read (${code}).`,
      {
        retryable: true,
      },
    )
  }
}

/** Mails at a real mail server, Debian's aiosmtpd, read by Python's own reader of mails. */
import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { MailTarget, SmtpServer } from '../../domain/tell/telling.ts'
import { freePorts } from '../../host/free-port.ts'
import { deliverMessage } from '../../telling/deliver-message.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { makeCertificates } from '../security/certificates.ts'
import { never, someMessage } from './messages.ts'
import { startMailServer, type MailServer, type Secured } from './smtpd.ts'

async function mailServer(folder: string, secured?: Secured): Promise<MailServer> {
  const server = await startMailServer(folder, secured)
  onTestFinished(() => server.stop())
  return server
}

const to = (smtp: Partial<SmtpServer>, recipients = ['lab@example.org']): MailTarget => ({
  kind: 'mail',
  to: recipients,
  from: 'hyplab@lab.example.org',
  smtp: { host: '127.0.0.1', port: 25, encryption: 'none', timeout: 20, ...smtp },
})

/** The error of a mail that is not taken. */
async function refusal(target: MailTarget): Promise<unknown> {
  return await deliverMessage(someMessage(), target, never).then(
    (answer) => Promise.reject(new Error(`it was taken: ${answer}`)),
    (error: unknown) => error,
  )
}

describe('a mail', () => {
  it('arrives as plain text, with all that threads and filters go by', async () => {
    const server = await mailServer(await tempFolder())
    const [first, answer] = [someMessage(), someMessage({ subject: 'nightly: fixed: x' })]
    expect(await deliverMessage(first, to({ port: server.port }), never)).toBe(
      `127.0.0.1:${server.port} said 250 2.0.0 Kept as 1`,
    )
    await deliverMessage({ ...answer, thread: first.id }, to({ port: server.port }), never)
    expect(await server.mail(1)).toMatchObject({
      from: 'hyplab@lab.example.org',
      to: ['lab@example.org'],
      type: 'text/plain',
      parameters: { charset: 'utf-8' },
      defects: [],
      text: first.text,
      headers: {
        subject: '[hyplab] nightly: new failure: ffa.usable -22',
        from: 'hyplab <hyplab@lab.example.org>',
        to: 'lab@example.org',
        date: 'Tue, 01 Dec 2026 05:02:11 +0000',
        'message-id': `<${first.id}.hyplab@lab.example.org>`,
        'auto-submitted': 'auto-generated',
        'list-id': 'nights of nightly <nightly.hyplab.lab.example.org>',
      },
    })
    const { headers, parameters } = await server.mail(2)
    expect(headers).toMatchObject({
      'in-reply-to': `<${first.id}.hyplab@lab.example.org>`,
      references: `<${first.id}.hyplab@lab.example.org>`,
    })
    // format=flowed would join lines.
    expect(Object.keys(parameters)).toEqual(['charset'])
  })

  it('has each line as it was, however long, and whatever would mean something on the way', async () => {
    const server = await mailServer(await tempFolder())
    const text = [
      `[    0.000000] Kernel command line: ${'x'.repeat(4_000)}  ${'quiet root=/dev/vda '.repeat(200)}`,
      'ends in blanks   ',
      'ends in a tab\t',
      '',
      '.',
      '..',
      'From nobody',
      '=3D =\t= =20',
      '--',
      '-- ',
      '> quoted',
      '\tindented with a tab, and \u001b[31mcoloured\u001b[0m by a console',
      `umlauts äöü and ${'ÿ'.repeat(500)} and \u{1f41b}`,
      'the last',
      '',
    ].join('\n')
    const plain = `${'no more than ASCII '.repeat(100)}\n`
    for (const each of [text, plain, 'short\n'])
      await deliverMessage(someMessage({ text: each }), to({ port: server.port }), never)
    expect((await server.mail(1)).text).toBe(text)
    expect((await server.mail(2)).text).toBe(plain)
    expect((await server.mail(3)).text).toBe('short\n')
    for (const number of [1, 2, 3]) expect((await server.mail(number)).longest).toBeLessThanOrEqual(78)
  })

  it('that is sent again is the same one, byte for byte', async () => {
    const server = await mailServer(await tempFolder())
    const message = someMessage()
    for (let times = 0; times < 2; times++) await deliverMessage(message, to({ port: server.port }), never)
    await server.mail(2)
    expect(await server.raw(1)).toEqual(await server.raw(2))
  })

  it('whose subject holds line feeds and commas is no other mail, and goes to nobody else', async () => {
    const server = await mailServer(await tempFolder())
    const subject = 'a\r\nBcc: all@example.org\r\n\r\nb'
    await deliverMessage(someMessage({ subject }), to({ port: server.port }), never)
    const { headers, to: recipients } = await server.mail(1)
    expect(recipients).toEqual(['lab@example.org'])
    expect(Object.keys(headers)).not.toContain('bcc')
    expect(headers['subject']).toMatch(/^\[hyplab\] a\s+Bcc/)
  })
})

describe('a mail server', () => {
  it('that will never take a mail is quoted, and not asked again', async () => {
    const server = await mailServer(await tempFolder())
    expect(await refusal(to({ port: server.port }, ['refused@example.org']))).toMatchObject({
      code: 'NotDelivered',
      retryable: false,
      message: expect.stringContaining('550 5.1.1 There is no such mailbox here'),
    })
  })

  it('that takes it later is asked again', async () => {
    const folder = await tempFolder()
    const server = await mailServer(folder)
    const target = to({ port: server.port }, ['later@example.org'])
    expect(await refusal(target)).toMatchObject({
      retryable: true,
      message: expect.stringContaining('451 4.7.1 Come back later'),
    })
    await writeFile(join(folder, 'open'), '')
    expect(await deliverMessage(someMessage(), target, never)).toContain('250 2.0.0')
  })

  it('that refuses some has taken it for the others, who must not get it twice', async () => {
    const server = await mailServer(await tempFolder())
    const target = to({ port: server.port }, ['lab@example.org', 'refused@example.org'])
    expect(await deliverMessage(someMessage(), target, never)).toMatch(/Kept as 1; it refused refused@example\.org$/)
    expect((await server.mail(1)).to).toEqual(['lab@example.org'])
  })

  it('that nobody answers for, or that is no mail server, is asked again', async () => {
    const [port] = await freePorts(1)
    expect(await refusal(to({ port: port! }))).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/did not take the mail: .*ECONNREFUSED/),
    })
    const silent = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await once(silent, 'listening')
    const { port: silentPort } = silent.address() as { port: number }
    expect(await refusal(to({ port: silentPort, timeout: 0.2 }))).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/did not take the mail: /),
    })
  })

  it('is left at once when the step is cancelled, even where it says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await once(silent, 'listening')
    const cut = new AbortController()
    const { port } = silent.address() as { port: number }
    const sent = deliverMessage(someMessage(), to({ port, timeout: 60 }), cut.signal)
    const [socket] = (await once(silent, 'connection')) as [Socket]
    cut.abort(new Error('cancelled'))
    await expect(sent).rejects.toThrow('cancelled')
    socket.resume()
    if (!socket.closed) await once(socket, 'close')
  })
})

describe('a mail server that wants STARTTLS and a login', () => {
  async function securedServer(): Promise<{ server: MailServer; smtp: Partial<SmtpServer>; secret: string }> {
    const folder = await tempFolder()
    const { authority, server: certificate } = await makeCertificates(folder, 'mail')
    const secured = { certificate, key: `${certificate}.key`, user: 'lab', password: 'sesame' }
    const server = await mailServer(folder, secured)
    const secret = join(folder, 'password')
    await writeFile(secret, 'sesame\n', { mode: 0o600 })
    const login = { user: 'lab', password: { file: secret } }
    return {
      server,
      secret,
      smtp: { host: 'localhost', port: server.port, encryption: 'starttls', login, ca: authority },
    }
  }

  it('takes it from who has the password', async () => {
    const { server, smtp } = await securedServer()
    expect(await deliverMessage(someMessage(), to(smtp), never)).toContain('250 2.0.0')
    expect((await server.mail(1)).text).toBe('NEW FAILURE\n')
  })

  it('says no to a wrong one, for good; nobody sees it', async () => {
    const { smtp, secret } = await securedServer()
    await writeFile(secret, 'open-up')
    const error = await refusal(to(smtp))
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('535 5.7.8') })
    expect(inspect(error, { depth: null })).not.toContain('open-up')
  })

  it('gets nothing when its certificate is of an authority that nobody knows', async () => {
    const { smtp, server } = await securedServer()
    const { ca: _, ...unknown } = smtp
    expect(await refusal(to(unknown))).toMatchObject({ message: expect.stringMatching(/certificate/) })
    expect(await server.count()).toBe(0)
  })

  it('gets no password in plain text from who must not send one', async () => {
    const { server, smtp } = await securedServer()
    expect(await refusal(to({ ...smtp, encryption: 'none' }))).toMatchObject({
      message: expect.stringContaining(`localhost:${server.port} did not take the mail`),
    })
  })

  it('gets nothing while the password lies open to others', async () => {
    const { smtp, secret } = await securedServer()
    await chmod(secret, 0o644)
    expect(await refusal(to(smtp))).toMatchObject({
      retryable: true,
      message: expect.stringContaining('is open to others'),
    })
  })

  it('that offers no STARTTLS gets no mail from who wants it', async () => {
    const server = await mailServer(await tempFolder())
    expect(await refusal(to({ port: server.port, encryption: 'starttls' }))).toMatchObject({ code: 'NotDelivered' })
    expect(await server.count()).toBe(0)
  })
})

import type { MimeNode } from '@zone-eu/mailsplit'
import type { GivenMail, MailPart } from '../../domain/patches/mail.ts'

/**
 * Takes a mail apart as MIME (RFC 2045 to 2049) says: its parts that may have a patch, with base64 and quoted-printable undone.
 * Bytes stay bytes: a patch has the encoding of the files that it changes, whatever charset its mail names. Mails that are
 * attached to it are not looked into.
 * @param mail bytes as letters of Latin-1
 */
export async function takeMailApart(mail: string): Promise<GivenMail> {
  const plain = plainMail(mail)
  if (plain !== undefined) return plain
  // They take longer to load than a plan takes to check.
  const [{ Splitter }, { default: mime }] = await Promise.all([import('@zone-eu/mailsplit'), import('libmime')])
  const splitter = new Splitter({ ignoreEmbedded: true })
  const found = new Map<MimeNode, Buffer[]>()
  splitter.end(Buffer.from(withoutCarriageReturns(mail), 'latin1'))
  for await (const chunk of splitter) {
    if (chunk.type === 'node') found.set(chunk, [])
    else if (chunk.type === 'body') found.get(chunk.node)?.push(chunk.value)
  }
  const nodes = [...found]
  const headers = nodes[0]?.[0].headers
  const header = (name: string) => (headers ? inOneLine(mime.decodeWords(headers.getFirst(name))) : '')
  const parts: MailPart[] = []
  for (const [node, chunks] of nodes) if (mayHavePatch(node)) parts.push(await partOf(node, Buffer.concat(chunks)))
  return {
    subject: header('subject'),
    from: header('from'),
    id: header('message-id'),
    references: idsIn(`${header('references')} ${header('in-reply-to')}`),
    parts,
  }
}

function idsIn(text: string): string[] {
  return text.match(/<[^<>\s]+>/g) ?? []
}

/** A mail in which nothing is encoded, as git format-patch writes most; undefined for any other. */
function plainMail(mail: string): GivenMail | undefined {
  const end = mail.indexOf('\n\n')
  const head = mail.slice(0, end + 1).replaceAll(/\n[ \t]+/g, ' ')
  if (end === -1 || /\r|=\?|[\x80-\xff]/.test(head) || !isReadAsItIs(head)) return undefined
  const header = (name: string) => inOneLine(new RegExp(`^${name}:(.*)$`, 'im').exec(head)?.[1] ?? '')
  return {
    subject: header('subject'),
    from: header('from'),
    id: header('message-id'),
    references: idsIn(`${header('references')} ${header('in-reply-to')}`),
    parts: [{ type: 'text/plain', text: mail.slice(end + 2) }],
  }
}

function isReadAsItIs(head: string): boolean {
  const fields = head.match(/^content-.*$/gim) ?? []
  return fields.every((field) =>
    /^(content-type: *text\/plain(; *charset=[\w"-]+)?|content-transfer-encoding: *(7bit|8bit)) *$/i.test(field),
  )
}

/** A mail on its way has CR LF at the end of each line, also of its header. A CR at a line's end of its own is then encoded. */
function withoutCarriageReturns(mail: string): string {
  return /^[^\n]*\r\n/.test(mail) ? mail.replaceAll('\r\n', '\n') : mail
}

function inOneLine(value: string): string {
  return value.replaceAll(/\s+/g, ' ').trim()
}

function mayHavePatch({ contentType, multipart, filename }: MimeNode): boolean {
  if (multipart) return false
  const type = contentType || 'text/plain'
  return (type.startsWith('text/') && type !== 'text/calendar') || /\.(patch|diff|txt)$/i.test(filename || '')
}

async function partOf(node: MimeNode, body: Buffer): Promise<MailPart> {
  const decoder = node.getDecoder()
  decoder.end(body)
  const chunks: Buffer[] = []
  for await (const chunk of decoder) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('latin1')
  const type = node.contentType || 'text/plain'
  return node.flowed ? { type, text, flowed: { deleteSpace: node.delSp } } : { type, text }
}

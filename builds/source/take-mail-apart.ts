import type { MimeNode } from '@zone-eu/mailsplit'
import type { GivenMail, MailPart } from '../../domain/patches/mail.ts'

/**
 * Takes a mail apart as MIME (RFC 2045 to 2049) says: its parts that may have a patch, with base64 and quoted-printable undone.
 * Bytes stay bytes: a patch has the encoding of the files that it changes, whatever charset its mail names. Mails that are
 * attached to it are not looked into.
 * @param mail bytes as letters of Latin-1
 */
export async function takeMailApart(mail: string): Promise<GivenMail> {
  // One that most plans never need, and that costs a start.
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
    references: `${header('references')} ${header('in-reply-to')}`.match(/<[^<>\s]+>/g) ?? [],
    parts,
  }
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

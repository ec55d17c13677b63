import type { BrokenHunk, FileDiff } from './read-diffs.ts'
import { readDiffs, textOf } from './read-diffs.ts'
import { readSubject, type Subject } from './subject.ts'
import { unflow } from './flowed.ts'

/** One part of a mail that people read, its transfer encoding undone. */
export interface MailPart {
  /** `text/plain`, `text/x-patch`, ... in small letters. */
  type: string
  /** Bytes as letters of Latin-1. */
  text: string
  /** Of format=flowed; with DelSp or without. */
  flowed?: { deleteSpace: boolean }
}

/** A mail as it was taken apart. */
export interface GivenMail {
  subject: string
  from: string
  id: string
  /** The ids of the mails that it answers. */
  references: string[]
  parts: MailPart[]
}

/** A mail with what matters of it to a series of patches. */
export interface Mail extends Pick<GivenMail, 'from' | 'id' | 'references'>, Subject {
  subject: string
  diffs: FileDiff[]
  broken?: BrokenHunk
  /** Files whose diffs it quotes behind `>`. */
  quotes: string[]
  /** What its sender's client did to it that may have damaged a diff. */
  flowed: boolean
  /** It is told in HTML alone. */
  html: boolean
}

/** Reads the diffs of a mail in all of its parts. The same diff in two of them, in line and attached, counts once. */
export function readMail({ subject, from, id, references, parts }: GivenMail): Mail {
  const readable = parts.filter(({ type }) => type !== 'text/html')
  const texts = [...new Set(readable.map(plainTextOf))]
  const mail: Mail = {
    ...readSubject(subject),
    subject: subject.replaceAll(/\s+/g, ' ').trim(),
    from,
    id,
    references,
    diffs: [],
    quotes: [],
    flowed: parts.some(({ flowed }) => flowed !== undefined),
    html: parts.length > 0 && readable.length === 0,
  }
  const seen = new Set<string>()
  for (const text of texts) {
    const { files, broken } = readDiffs(text)
    if (broken !== undefined) mail.broken ??= broken
    if (seen.has(textOf(files))) continue
    seen.add(textOf(files))
    mail.diffs.push(...files)
    mail.quotes.push(...quotedFiles(text))
  }
  return mail
}

/** Line ends of a text that has all of them as mails have them, CR LF (RFC 2045, 6.8), become LF. */
function plainTextOf({ text, flowed }: MailPart): string {
  const plain = /(^|[^\r])\n/.test(text) ? text : text.replaceAll('\r\n', '\n')
  return flowed === undefined ? plain : unflow(plain, flowed.deleteSpace)
}

function quotedFiles(text: string): string[] {
  const named = [...text.matchAll(/^>[> ]*(?:diff --git a\/.* b\/(.*)|\+\+\+ b\/([^\t\r\n]*))\r?$/gm)]
  return [...new Set(named.map(([, one, other]) => (one ?? other)!))]
}

import { open } from 'node:fs/promises'
import { basename } from 'node:path'

/** A mail's header and a cover's first lines are shorter. */
const mostBytes = 16 * 1024

/**
 * What some patches are called: the subject of the mail that each is, without `[PATCH v2 1/3]`; the file's name where it is no
 * mail, or is not there any longer.
 * @param files as a plan names them
 */
export async function patchTitles(files: Iterable<string>): Promise<Map<string, string>> {
  const titles = new Map<string, string>()
  for (const file of new Set(files)) {
    titles.set(file, titleIn(await headOf(file)) ?? basename(file))
  }
  return titles
}

/** The subject of a mail; one of several lines goes on behind blanks (RFC 5322, 2.2.3). */
export function titleIn(text: string): string | undefined {
  const head = text.replaceAll('\r', '').split('\n\n', 1)[0] ?? ''
  const subject = /^Subject:[ \t]*(.*(?:\n[ \t].*)*)/im.exec(head)?.[1]
  const title = subject
    ?.replaceAll(/\s+/g, ' ')
    .replace(/^(?:\s*\[[^\]]*\])+/, '')
    .trim()
  return title === '' ? undefined : title
}

async function headOf(path: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mostBytes), position: 0 })
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch {
    return ''
  }
}

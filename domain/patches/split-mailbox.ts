/** What a file of patches is, and the mails in it. */
export type Mailbox = { of: 'diff' } | { of: 'mail' | 'mbox'; mails: string[] }

/**
 * Takes a mailbox apart. Its mails begin at `From ` with a time (RFC 4155); git's begin with a commit's id there, lore's and
 * b4's with `mboxrd@z`, in which a line of a mail that begins with `From ` has one more `>`.
 * @param text bytes as letters of Latin-1
 * @returns `diff` for what is neither mailbox nor mail; a mailbox with one mail is a `mail`
 */
export function splitMailbox(text: string): Mailbox {
  if (!isFromLine(text)) return isMail(text) ? { of: 'mail', mails: [text] } : { of: 'diff' }
  const starts: number[] = []
  for (let at = 0; at !== -1; at = nextLine(text, at))
    if (text.startsWith('From ', at) && isStart(text, at)) starts.push(at)
  const mails = starts.map((start, index) => {
    const first = nextLine(text, start)
    const mail = first === -1 ? '' : text.slice(first, starts[index + 1])
    return text.startsWith('From mboxrd@z', start) ? mail.replaceAll(/^>(>*From )/gm, '$1') : mail
  })
  return { of: mails.length === 1 ? 'mail' : 'mbox', mails }
}

/** A mail as one of a mailbox, to be taken apart by `splitMailbox`. */
export function asOneOfMany(mail: string): string {
  const end = mail.endsWith('\n') ? '' : '\n'
  return isFromLine(mail) ? mail + end : `${separator}${mail.replaceAll(/^(>*From )/gm, '>$1')}${end}`
}

const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n'

function isFromLine(text: string): boolean {
  return /^From \S.* \d\d:\d\d:\d\d .*\d{4}.*\r?\n/.test(text.slice(0, 500))
}

/** A line of a message may look so, too: behind one that begins a mail stands a header. */
function isStart(text: string, at: number): boolean {
  const head = text.slice(at, at + 1_000)
  if (!isFromLine(head)) return false
  return at === 0 || head.startsWith(separator.trimEnd()) || /^[!-9;-~]+:/.test(head.slice(head.indexOf('\n') + 1))
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 || end + 1 >= text.length ? -1 : end + 1
}

/** A header of RFC 5322 with who wrote it and what it is. Debian's patches have headers of their own, some by the same names. */
function isMail(text: string): boolean {
  const head = /^[^]*?(?:\r?\n\r?\n|$)/.exec(text.slice(0, 256 * 1024))![0]
  const lines = head.trimEnd().split(/\r?\n/)
  return (
    lines.every((line, index) => /^[!-9;-~]+:/.test(line) || (index > 0 && /^[ \t]/.test(line))) &&
    lines.some((line) => /^from:/i.test(line)) &&
    lines.some((line) => /^(subject|date|message-id):/i.test(line))
  )
}

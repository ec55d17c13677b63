/** A mistake with a text, and how many characters before it. */
export interface TextMistake {
  offset: number
  message: string
  hint: string
}

/** What YAML 1.2 (5.1) does not allow to stand in a text as it is, tab, line feed and carriage return apart. */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffd]/

/** Blanks that look like one and are none to YAML, at the start of a line, where they decide what belongs to what. */
const falseBlank = /^[ \t]*(?![ \t])[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]/m

/**
 * @param text a file that was decoded as UTF-8, so that what is none of it became U+FFFD
 * @returns why nobody can read it as YAML, if so: other bytes than those of a text, another encoding, other line ends
 */
export function unreadable(text: string): TextMistake | undefined {
  // Of a file that is no text at all, a NUL says most.
  const nul = text.indexOf('\0')
  const offset = nul === -1 ? text.search(forbidden) : nul
  if (offset !== -1) return strange(text, offset)
  const lone = /\r(?!\n)/.exec(text)
  if (lone !== null && !text.includes('\n'))
    return { offset: lone.index, message: 'the lines end with carriage returns alone', hint: 'save it with line feeds' }
  const blank = falseBlank.exec(text)
  if (blank === null) return undefined
  const at = blank.index + blank[0].length - 1
  const name = codeName(text, at)
  return { offset: at, message: `a blank that YAML does not know (${name}) indents this line`, hint: 'use spaces' }
}

function strange(text: string, offset: number): TextMistake {
  // Its byte order mark is no UTF-8; without one, each second byte of Latin letters is NUL.
  if (/^\ufffd\ufffd|^([^\0]\0){4}|^(\0[^\0]){4}/.test(text))
    return { offset: 0, message: 'this is UTF-16', hint: 'save the file as UTF-8' }
  const found = text[offset]
  if (found === '\0')
    return { offset, message: 'a NUL stands here', hint: 'the file is damaged, or is no text: name another' }
  if (found === '\ufffd') return { offset, message: 'what stands here is no UTF-8', hint: 'save the file as UTF-8' }
  return { offset, message: `a control character (${codeName(text, offset)}) stands here`, hint: 'remove it' }
}

/** `U+001B` */
function codeName(text: string, offset: number): string {
  return `U+${(text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** What the subject of a mail says of a patch. */
export interface Subject {
  /** It answers, or hands on, another mail. */
  reply: boolean
  /** Its brackets name it a patch: `[PATCH]`, `[RFC v2 1/3]`. */
  tagged: boolean
  /** 1 where it says none. */
  version: number
  /** Its number in the series, 0 for the cover letter, and how many there are; absent where it says none. */
  number?: number
  of?: number
  /** Without brackets. */
  title: string
}

/**
 * Reads a subject as git format-patch writes it and people change it: `[PATCH v2 1/3]`, `[PATCHv2 1/3]`, `[RFC PATCH net v3 01/10]`,
 * `[v2,1/3]`, and before it `Re:`, `Aw:`, `Fwd:`.
 */
export function readSubject(text: string): Subject {
  let rest = text.replaceAll(/\s+/g, ' ').trim()
  const prefix = /^(?:(?:re|aw|antw|sv|vs|fwd?|wg)(?:\[\d+\])?: ?)+/i.exec(rest)?.[0] ?? ''
  // Other languages have other words for it; a word before the brackets is one of these.
  const other = prefix === '' ? (/^[A-Za-z\u0080-\uffff]{1,4}: ?(?=\[)/.exec(rest)?.[0] ?? '') : ''
  rest = rest.slice(prefix.length + other.length)
  const subject: Subject = { reply: prefix !== '' || other !== '', tagged: false, version: 1, title: '' }
  for (let found = /^\[([^\]]*)\] ?/.exec(rest); found !== null; found = /^\[([^\]]*)\] ?/.exec(rest)) {
    rest = rest.slice(found[0].length)
    for (const word of found[1]!.replaceAll(/(patch)(v\d+)/gi, '$1 $2').split(/[\s,;]+/)) readWord(word, subject)
  }
  return { ...subject, title: rest.trim() }
}

function readWord(word: string, subject: Subject): void {
  const version = /^v(\d+)$/i.exec(word)?.[1]
  const counter = /^(\d{1,4})\/(\d{1,4})$/.exec(word)
  if (version !== undefined) subject.version = Number(version)
  if (counter !== null) [subject.number, subject.of] = [Number(counter[1]), Number(counter[2])]
  if (counter !== null || /^(rfc|r?patch)/i.test(word)) subject.tagged = true
}

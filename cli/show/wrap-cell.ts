import { stripVTControlCharacters } from 'node:util'

/** A colour or what ends one (ECMA-48, SGR). */
// oxlint-disable-next-line no-control-regex
const colour = /\x1b\[[\d;]*m/g

/**
 * A text as lines of whole words, of at most `width` characters where its words allow that. A colour goes on from line to
 * line and colours nothing between them. Blanks at its beginning indent each line.
 */
export function wrapCell(text: string, width: number): string[] {
  const indent = /^ */.exec(text)![0]
  const lines: string[] = []
  let line = ''
  for (const word of text.trim().split(/ +/)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && indent.length + stripVTControlCharacters(longer).length > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  lines.push(line)
  let before = ''
  return lines.map((each) => {
    const begun = before + each
    before += (each.match(colour) ?? []).join('')
    return indent + (before === '' || lines.length === 1 ? begun : `${begun}\x1b[0m`)
  })
}

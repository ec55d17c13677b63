/** Columns of a mail that nobody's client breaks. */
export const mailWidth = 72

/**
 * Breaks a sentence at blanks into lines of a mail. A word that is longer than a line stays whole: console lines and ids are
 * not to be broken.
 * @param first what the first line begins with; the others are indented as far
 */
export function wrap(text: string, first: string, width = mailWidth): string[] {
  const indent = ' '.repeat(first.length)
  const lines: string[] = []
  let line = first
  for (const word of text.split(' ')) {
    const begun = line.trim() !== '' && line.length > first.length
    if (begun && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent
    }
    line += line.length > first.length ? ` ${word}` : word
  }
  return [...lines, line].map((each) => each.trimEnd())
}

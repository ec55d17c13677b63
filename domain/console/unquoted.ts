const marks = /^(?:> ?)+/

/**
 * The lines of a text that somebody quotes in a mail, without the marks; what stands between them is another's and comes
 * out empty, so that lines keep their numbers. A text of which less than half is quoted comes back as it is.
 */
export function unquoted(lines: readonly string[]): readonly string[] {
  const filled = lines.filter((line) => line.trim() !== '').length
  const quoted = lines.filter((line) => line.startsWith('>')).length
  if (quoted === 0 || quoted * 2 < filled) return lines
  return lines.map((line) => (line.startsWith('>') ? line.replace(marks, '') : ''))
}

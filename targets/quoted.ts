/** A word as a POSIX shell takes it (XCU 2.2.2): in single quotes unless nothing in it is special. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

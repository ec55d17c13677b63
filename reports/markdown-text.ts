import { plain, plainLine } from './plain.ts'

/** Lines as they are; the fence is longer than any run of backquotes in them. */
export function fence(lines: readonly string[]): string {
  const text = lines.map(plain).join('\n')
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  return `${mark}text\n${text}\n${mark}`
}

/**
 * A text in the middle of a line, with everything escaped that Markdown gives a meaning there (CommonMark 0.31, 2.4); a name
 * behind an at sign must call nobody.
 */
export function inline(text: string): string {
  return plainLine(text)
    .trim()
    .replaceAll(/[\\`*_[\]<>|~&$]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replace(/^[#+-]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
}

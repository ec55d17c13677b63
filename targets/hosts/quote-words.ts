import { LabError } from '../../domain/errors.ts'

/**
 * The one way in which words become a line for a shell of another host: each in single quotes, in which a POSIX shell
 * (XCU 2.2.2) changes nothing. A shell of the csh family reads such a line alike, unless a word holds a line break.
 * @throws LabError BadInput for a NUL, which no command can be given
 */
export function quoteWords(words: string[]): string {
  return words.map(quoteWord).join(' ')
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new LabError('BadInput', `A command cannot be given the word ${JSON.stringify(word)}.`)
  return `'${word.replaceAll(`'`, `'\\''`)}'`
}

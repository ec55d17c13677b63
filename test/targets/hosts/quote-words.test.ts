import { expect, test } from 'vitest'
import { run } from '../../../host/run.ts'
import { quoteWords } from '../../../targets/hosts/quote-words.ts'

const awkward = [
  '',
  ' ',
  "it's",
  '$HOME',
  '`id`',
  '$(id)',
  'a\nb',
  '\\',
  '"',
  '*',
  '~',
  '-n',
  ';',
  'é',
  '!',
  "''",
  'x=y',
  '#',
]

test.each(['sh', 'bash'])('%s hands on exactly the words that were quoted', async (shell) => {
  const print = ['printf', '%s\\0', ...awkward]
  const { stdout } = await run(shell, ['-c', quoteWords(print)])
  expect(stdout.split('\0')).toEqual([...awkward, ''])
})

test('a NUL, which ends a word in C, is refused', () => {
  expect(() => quoteWords(['a\0b'])).toThrow('cannot be given the word "a\\u0000b"')
})

/** RFC 3676: the texts are such as its sections 4.1 to 4.5 describe. */
import { expect, it } from 'vitest'
import { unflow } from '../../../domain/patches/flowed.ts'

it.each<[what: string, flowed: string, plain: string, deleteSpace?: boolean]>([
  ['lines that end without a blank stay', 'one\ntwo\n', 'one\ntwo\n'],
  ['a line that ends in a blank goes on', 'one \ntwo \nthree\nfour\n', 'one two three\nfour\n'],
  ['with DelSp the blank goes', 'on \ne \n\ntwo\n', 'one\ntwo\n', true],
  ['a stuffed blank goes, and one only', ' From\n  two\n > no quote\n', 'From\n two\n> no quote\n'],
  ['of a line that goes on, too', '+a \n  b\n', '+a  b\n'],
  ['with DelSp, too', '+a \n  b\n', '+a b\n', true],
  ['the line of a signature is no broken one', 'one\n-- \nme\n', 'one\n-- \nme\n'],
  ['before it a paragraph ends', 'one \n-- \nme\n', 'one \n-- \nme\n'],
  [
    'another depth of quotes ends a paragraph',
    '> one \n>> two\nthree\n',
    '> one \n>> two\nthree\n'.replace('>> two', '>> two'),
  ],
  ['quotes go on in their own depth', '> one \n> two\n', '> one two\n'],
  ['CR LF is an end of a line', 'one \r\ntwo\r\n', 'one two\n'],
  ['a text without a last line end has none', 'one \ntwo', 'one two'],
  [
    'a diff that was stuffed',
    '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n  one\n-two\n+2\n',
    '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n',
  ],
])('%s', (_what, flowed, plain, deleteSpace = false) => {
  expect(unflow(flowed, deleteSpace)).toBe(plain)
})

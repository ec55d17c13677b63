import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../domain/signatures/catalogue.ts'
import { firstCharacters } from '../../../domain/signatures/first-characters.ts'

it.each<[source: string, first: string | undefined]>([
  ['abc', 'a'],
  ['^abc', 'a'],
  ['a|b', 'ab'],
  ['(?:ab|cd)x', 'ac'],
  ['(?<name>ab|cd)x', 'ac'],
  ['(?:ab)?cd', 'ac'],
  ['(?:a|b?)c', 'abc'],
  ['a*b', 'ab'],
  ['a+b', 'a'],
  ['a{0,3}b', 'ab'],
  ['a{2}b', 'a'],
  ['a??b', 'ab'],
  ['(?=ab)cd', 'c'],
  ['(?!x|(?:y))cd', 'c'],
  ['\\[x', '['],
  ['\\*\\* x', '*'],
  ['"(?:a)"', '"'],
  ['(?:(?:a|b)|c(?:d))e', 'abc'],
  ['[ab]c', undefined],
  ['x?[)|\\]]c', undefined],
  ['\\S+ x', undefined],
  ['\\bx', undefined],
  ['.x', undefined],
  ['a|\\d', undefined],
  ['a?', undefined],
  ['', undefined],
  ['a|', undefined],
])('%s', (source, first) => {
  const found = firstCharacters(source)
  expect(found && [...found].toSorted().join('')).toBe(first)
})

describe('of every signature', () => {
  it('any text that it matches begins so', () => {
    for (const { id, pattern } of catalogue) {
      const first = firstCharacters(pattern.source)
      if (!first) continue
      // What fast-check cannot make up only narrows what matches.
      const matching = fc.stringMatching(new RegExp(pattern.source.replaceAll(/\(\?[=!][^()]*\)|\\b/g, '')))
      fc.assert(
        fc.property(matching, (text) => {
          if (pattern.test(text)) expect([...first], `${id}: ${text}`).toContain(text[0])
        }),
        { numRuns: 15 },
      )
    }
  })

  it('is known of nearly all, so that few patterns are tried on each line', () => {
    expect(catalogue.filter(({ pattern }) => !firstCharacters(pattern.source)).map(({ id }) => id).length).toBeLessThan(
      15,
    )
  })
})

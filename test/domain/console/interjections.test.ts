import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conserverInterjections, Interjections } from '../../../domain/console/interjections.ts'
import { cuts, joined, pieces } from './cut.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const said = fc.constantFrom(...conserverInterjections).map((sentence) => sentence.replace('*', 'you@lab1'))
/** A board's words, with more brackets than most have. */
const words = fc.array(fc.constantFrom('[', ']', '[-- ', '[forced', '[    0.1] ', '\r\n', 'x', '\0', '\xff'), {
  maxLength: 30,
})

describe('words of a server in the middle of a console', () => {
  it('are found in whatever pieces they come, and what the board said before them is given on whole', () => {
    fc.assert(
      fc.property(words, said, cuts, (before, sentence, at) => {
        const filter = new Interjections(conserverInterjections)
        const all = bytes(`${before.join('')}|\r\n${sentence}\r\n`)
        const given = joined(pieces(all, at).map((piece) => new Uint8Array(filter.push(piece))))
        expect(filter.said).toBe(sentence)
        // The line end before them is theirs, and is gone too unless it had been given on when they came.
        expect([
          bytes(`${before.join('')}|`),
          bytes(`${before.join('')}|\r\n`),
          bytes(`${before.join('')}|\r`),
        ]).toContainEqual(given)
      }),
    )
  })

  it('are not seen in a board’s, of which nothing is lost', () => {
    fc.assert(
      fc.property(words, cuts, (said, at) => {
        const filter = new Interjections(conserverInterjections)
        const all = bytes(said.join(''))
        const given = pieces(all, at).map((piece) => new Uint8Array(filter.push(piece)))
        expect(joined([...given, filter.release()])).toEqual(all)
        expect(filter.end()).toBeUndefined()
      }),
    )
  })

  it('hold nothing back but a bracket and what may follow it', () => {
    const filter = new Interjections(conserverInterjections)
    expect(filter.push(bytes('[    0.000000] Booting\r\n'))).toEqual(bytes('[    0.000000] Booting\r\n'))
    expect(filter.holds).toBe(false)
    expect(filter.push(bytes('login: ['))).toEqual(bytes('login: '))
    expect(filter.holds).toBe(true)
    expect(filter.push(bytes('x'))).toEqual(bytes('[x'))
  })
})

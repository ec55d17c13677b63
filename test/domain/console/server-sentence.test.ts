import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ServerSentence, ser2netSentences } from '../../../domain/console/server-sentence.ts'
import { cuts, joined, pieces } from './cut.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const said = fc.constantFrom(...ser2netSentences).map((sentence) => sentence.replace('*', 'Value or file not found'))

describe('a console server’s own sentence', () => {
  it('is told from the board when the server hangs up behind it, in whatever pieces it came', () => {
    fc.assert(
      fc.property(said, cuts, (sentence, at) => {
        const filter = new ServerSentence()
        const given = pieces(bytes(`${sentence}\r\n`), at).map((piece) => filter.push(piece))
        expect(joined(given)).toHaveLength(0)
        expect(filter.end()).toBe(sentence)
      }),
    )
  })

  it('is the board’s when the board goes on, and then not a byte is lost', () => {
    fc.assert(
      fc.property(said, fc.string({ minLength: 1 }), cuts, (sentence, more, at) => {
        const filter = new ServerSentence()
        const all = bytes(`${sentence}\r\n${more}`)
        expect(joined(pieces(all, at).map((piece) => filter.push(piece)))).toEqual(all)
        expect(filter.end()).toBeUndefined()
      }),
    )
  })

  it('delays no byte that cannot belong to one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (start) => {
        fc.pre(start[0] !== 0x50 && start[0] !== 0x44 && start[0] !== 0x41)
        expect(new ServerSentence().push(start)).toEqual(start)
      }),
    )
  })

  it('loses nothing of any stream: what it held is given on by release', () => {
    const start = fc.oneof(
      fc.string(),
      fc.tuple(said, fc.nat(60)).map(([text, length]) => text.slice(0, length)),
    )
    fc.assert(
      fc.property(start, fc.uint8Array(), cuts, (text, rest, at) => {
        const all = joined([bytes(text), rest])
        const filter = new ServerSentence()
        const given = pieces(all, at).map((piece) => filter.push(piece))
        expect(joined([...given, filter.release()])).toEqual(all)
        expect(filter.holds).toBe(false)
        expect(filter.push(bytes('Port already in use\r\n'))).toEqual(
          all.length > 0 ? bytes('Port already in use\r\n') : bytes(''),
        )
      }),
    )
  })

  it('does not hold a device’s error that never ends', () => {
    const endless = bytes(`Device open failure: ${'x'.repeat(300)}`)
    expect(new ServerSentence().push(endless)).toEqual(endless)
  })

  it('is not one when the connection ends in its middle', () => {
    const filter = new ServerSentence()
    filter.push(bytes('Port alr'))
    expect(filter.end()).toBeUndefined()
    expect(filter.release()).toEqual(bytes('Port alr'))
  })
})

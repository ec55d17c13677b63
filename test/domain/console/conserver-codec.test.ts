import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConserverCodec, ourEscape } from '../../../domain/console/conserver-codec.ts'
import { cuts, joined, pieces } from './cut.ts'

const [first, second] = ourEscape
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const typed = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(first, first, second, 255, 0x5c)), { maxLength: 60 })
const codec = (orders: string[] = []) => new ConserverCodec((letter) => orders.push(letter))

/** What conserver 8.2.7 does with what a client sends: the console's bytes, and its answers into the client's stream. */
function server(sent: Uint8Array): { console: number[]; answers: string } {
  const console: number[] = []
  let answers = ''
  let state = 'normal'
  let digits = ''
  for (let at = 0; at < sent.length; at++) {
    const byte = sent[at]!
    if (byte === 255) at++
    if (state === 'normal') {
      if (byte === first) state = 'escape'
      else console.push(byte)
    } else if (state === 'escape') {
      if (byte === second) state = 'order'
      else {
        console.push(first)
        if (byte !== first) {
          console.push(byte)
          state = 'normal'
        }
      }
    } else if (state === 'order') {
      if (byte !== 0x5c) throw new Error(`order ${byte}`)
      answers += '[quote \\'
      state = 'octal'
    } else {
      digits += String.fromCharCode(byte)
      if (digits.length < 3) continue
      console.push(Number.parseInt(digits, 8))
      answers += `${digits}]`
      digits = ''
      state = 'normal'
    }
  }
  if (state !== 'normal') throw new Error(`${state} at the end`)
  return { console, answers }
}

describe('conserver’s stream', () => {
  it('carries any typed bytes, none of which is an order or waits in the server', () => {
    fc.assert(
      fc.property(typed, (all) => {
        expect(server(codec().encode(Uint8Array.from(all))).console).toEqual(all)
      }),
    )
  })

  it('gives the console’s bytes without the answers to what we typed, however both are cut', () => {
    fc.assert(
      fc.property(
        typed,
        fc.array(fc.constantFrom('[', '[quote ', 'x', '\xff', ']'), { maxLength: 9 }),
        cuts,
        (all, said, at) => {
          const ours = codec()
          const { answers } = server(ours.encode(Uint8Array.from(all)))
          const text = said.join('').replaceAll('\xff', '\xff\xff')
          const given = pieces(bytes(answers + text), at).map((piece) => new Uint8Array(ours.decode(piece)))
          expect(joined(given)).toEqual(bytes(said.join('')))
        },
      ),
    )
  })

  it('takes the answer to a break out, and nothing else', () => {
    const ours = codec()
    expect([...ours.order('l0', '[halt sent]\r\n')]).toEqual([first, second, 0x6c, 0x30])
    expect(ours.decode(bytes('[ 1.0] a[halt sent]\r\n[halt sent]\r\n'))).toEqual(bytes('[ 1.0] a[halt sent]\r\n'))
  })

  it('tells the client’s orders', () => {
    const orders: string[] = []
    expect(codec(orders).decode(bytes('a\xff.b\xff\xffc'))).toEqual(bytes('ab\xffc'))
    expect(orders).toEqual(['.'])
  })
})

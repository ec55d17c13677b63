import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TelnetDecoder, verbs, type TelnetVerb } from '../../../domain/console/telnet-decoder.ts'
import { comPortBreak, comPortSpeed, TelnetOptions } from '../../../domain/console/telnet-options.ts'

const anyVerb = fc.constantFrom<TelnetVerb>('will', 'wont', 'do', 'dont')

describe('telnet options', () => {
  it('are answered minimally: no to what we do not know, yes once to what we do', () => {
    const options = new TelnetOptions()
    const answers = (verb: TelnetVerb, option: number) => [...(options.answer(verb, option) ?? [])]
    expect(answers('do', 24)).toEqual([255, verbs.wont, 24])
    expect(answers('will', 34)).toEqual([255, verbs.dont, 34])
    expect(answers('do', 0)).toEqual([255, verbs.will, 0])
    expect(answers('do', 0)).toEqual([])
    expect(answers('dont', 0)).toEqual([255, verbs.wont, 0])
    expect(answers('dont', 0)).toEqual([])
  })

  it('say whether the server knows RFC 2217', () => {
    const options = new TelnetOptions()
    expect(options.knowsComPort).toBe(false)
    options.answer('do', 44)
    expect(options.knowsComPort).toBe(true)
    options.answer('dont', 44)
    expect(options.knowsComPort).toBe(false)
  })

  it('never make two sides that answer like us talk for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyVerb, fc.nat(255)), { maxLength: 20 }), (asked) => {
        const sides = [new TelnetOptions(), new TelnetOptions()]
        let sent = asked
        for (let turn = 0; sent.length > 0; turn++) {
          expect(turn).toBeLessThan(10)
          const answers: [TelnetVerb, number][] = []
          const decoder = new TelnetDecoder((event) => {
            if (event.kind === 'negotiation') answers.push([event.verb, event.option])
          })
          for (const [verb, option] of sent) decoder.push(sides[turn % 2]!.answer(verb, option) ?? new Uint8Array(0))
          sent = answers
        }
      }),
      // Two changes of one option at once: each side's answer is a change to the other.
      { examples: [[[['will', 3], ['wont', 3]]]] }, // prettier-ignore
    )
  })

  it('of RFC 2217 are spelt as the RFC says, a 0xFF in a speed twice', () => {
    expect([...comPortBreak('on')]).toEqual([255, 250, 44, 5, 5, 255, 240])
    expect([...comPortBreak('off')]).toEqual([255, 250, 44, 5, 6, 255, 240])
    expect([...comPortSpeed(115200)]).toEqual([255, 250, 44, 1, 0, 1, 0xc2, 0, 255, 240])
    expect([...comPortSpeed(255)]).toEqual([255, 250, 44, 1, 0, 0, 0, 255, 255, 255, 240])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEventLog, parseEventLog } from '../../../domain/tcg/event-log.ts'
import { replayEventLog } from '../../../domain/tcg/replay.ts'
import { agileLog, text, type MadeEvent } from './logs.ts'

const locality = { pcr: 0, type: 3, data: Buffer.from('StartupLocality\0\x03', 'latin1'), measured: text('') }
const version = { pcr: 0, type: 8, data: text('ab') }

/** As tpm2_eventlog 5.4 prints events of SHA-256; later versions put the locality into words. */
function told(events: MadeEvent[], words = false): string {
  const log = parseEventLog(agileLog(events, ['sha256']))
  const each = log.events.slice(1).map(({ pcr, typeName, digests, data }, n) => {
    const digest = Buffer.from(digests[0]!.digest).toString('hex')
    const shown =
      words && pcr === 0 && data.length === 17 ? '\n    StartupLocality: 3' : ` "${Buffer.from(data).toString('hex')}"`
    return `- EventNum: ${n + 1}
  PCRIndex: ${pcr}
  EventType: ${typeName}
  DigestCount: 1
  Digests:
  - AlgorithmId: sha256
    Digest: "${digest}"
  EventSize: ${data.length}
  Event:${shown}
`
  })
  const header =
    '- EventNum: 0\n  PCRIndex: 0\n  EventType: EV_NO_ACTION\n  Digest: "00"\n  EventSize: 33\n  SpecID:\n  - Signature: Spec ID Event03\n    Algorithms:\n    - Algorithm[0]:\n      algorithmId: sha256\n'
  return `---\nversion: 1\nevents:\n${header}${each.join('')}pcrs:\n`
}

const gives = (log: Uint8Array): string[] =>
  replayEventLog(parseEventLog(log)).map(({ pcr, value }) => `${pcr} ${Buffer.from(value).toString('hex')}`)

describe('an event log in the words of tpm2_eventlog', () => {
  it.each([
    ['hex', false],
    ['words', true],
  ])('starts PCR 0 from the locality that it says in %s, and extends no EV_NO_ACTION', (_name, words) => {
    const bytes = text(told([locality, version], words))
    expect(isEventLog(bytes)).toBe(true)
    expect(gives(bytes)).toEqual(gives(agileLog([locality, version], ['sha256'])))
    expect(parseEventLog(bytes)).toMatchObject({ format: 'crypto-agile', banks: ['sha256'], startupLocality: 3 })
  })

  it('has offsets of the text', () => {
    const shown = `# tpm2_eventlog log\n${told([version])}`
    const [, event] = parseEventLog(text(shown)).events
    expect(shown.slice(event!.offset, event!.end)).toMatch(/^- EventNum: 1\n[^]*Event: "6162"\n$/)
  })

  it('that ends between two events is not taken for whole', () => {
    const shown = told([version]).replace('pcrs:\n', '')
    expect(parseEventLog(text(shown))).toMatchObject({
      events: [{}, {}],
      problem: { offset: shown.length, why: expect.stringContaining('"pcrs:", which is missing') as string },
    })
    expect(parseEventLog(text(told([version])))).not.toHaveProperty('problem')
  })

  it('that is cut keeps its whole events', () => {
    const shown = told([version, version])
    const cut = shown.slice(0, shown.lastIndexOf('  EventSize'))
    expect(parseEventLog(text(cut))).toMatchObject({
      events: [{}, {}],
      problem: { why: 'event 3 cannot be read: it is cut off' },
    })
  })

  it('does not tell what data contradicts where it leaves the data out', () => {
    const shown = told([version]).replace('Event: "6162"', 'Event:\n    String: |-\n      ab')
    expect(parseEventLog(text(shown)).events[1]).toMatchObject({ isDataLost: true, typeName: 'EV_S_CRTM_VERSION' })
  })

  it.each(['version: 1\nname: x\n', '[    0.000000] x\nPCRIndex: 1\nEventType: EV_IPL\n'])('is not %j', (other) => {
    expect(isEventLog(text(other))).toBe(false)
  })

  it('never throws, whatever lines are in it', () => {
    const line = fc.oneof(fc.constantFrom(...told([locality, version]).split('\n')), fc.string())
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const bytes = text(`- EventNum: 0\n  PCRIndex: 0\n  EventType: EV_IPL\n${lines.join('\n')}`)
        replayEventLog(parseEventLog(bytes))
      }),
    )
  })
})

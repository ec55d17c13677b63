import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../../domain/tell/message.ts'
import { webhookRequest } from '../../../domain/tell/webhook-bodies.ts'

const message = (text: string, subject = 'nightly: new failure: ffa.usable -22'): Message => ({
  id: 'f00d'.repeat(8),
  schedule: 'nightly',
  thread: 'beef'.repeat(8),
  written: Date.parse('2026-12-01T05:02Z'),
  subject,
  text,
  data: { schemaVersion: 1, kind: 'night', schedule: 'nightly', red: true, news: [] },
})

interface SlackBody {
  text: string
  blocks: { type: string; text: { type: string; text: string } }[]
}
interface MatrixBody {
  msgtype: string
  body: string
  format: string
  formatted_body: string
}

const slack = (text: string) => webhookRequest(message(text), { shape: 'slack' }).body as SlackBody
const matrix = (text: string) => webhookRequest(message(text), { shape: 'matrix', room: '!a b:example.org' })

/** What a reader sees of Slack's blocks. */
const shownBySlack = ({ blocks }: SlackBody) =>
  blocks
    .slice(1)
    .map(({ text }) => text.text.replace(/^```\n/, '').replace(/\n```$/, ''))
    .join('\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

describe('a message for a program', () => {
  it('has all that is known of it, and a name that stays', () => {
    expect(webhookRequest(message('text\n'), { shape: 'json' })).toEqual({
      method: 'POST',
      path: '',
      body: {
        schemaVersion: 1,
        id: 'f00d'.repeat(8),
        thread: 'beef'.repeat(8),
        kind: 'night',
        schedule: 'nightly',
        red: true,
        news: [],
        written: '2026-12-01T05:02:00.000Z',
        subject: 'nightly: new failure: ffa.usable -22',
        text: 'text\n',
      },
    })
  })
})

describe('a message for Slack', () => {
  it('is the subject and the text in fixed width', () => {
    const { text, blocks } = slack('a < b & c\n')
    expect(text).toBe('nightly: new failure: ffa.usable -22')
    expect(blocks.map((block) => block.text.text)).toEqual([
      '*nightly: new failure: ffa.usable -22*',
      '```\na &lt; b &amp; c\n```',
    ])
  })

  it('says so when there is more than Slack takes', () => {
    const { blocks } = slack('0123456789'.repeat(7).concat('\n').repeat(4_000))
    expect(blocks).toHaveLength(50)
    expect(blocks.at(-1)!.text.text).toBe('The rest is longer than Slack takes.')
  })

  it('keeps to the limits, and all lines where they fit, whatever they hold', () => {
    const line = fc.oneof(fc.string({ maxLength: 100 }), fc.constant('&'.repeat(5_000)), fc.constant('```'))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const text = lines.join('\n')
        const body = slack(text)
        expect(body.blocks.length).toBeLessThanOrEqual(50)
        for (const block of body.blocks) {
          expect(block.text.text.length).toBeLessThanOrEqual(3_000)
          expect(block.text.text.length).toBeGreaterThan(0)
          // A fence within would end the block.
          if (block.text.text.startsWith('```')) expect(block.text.text.split('```')).toHaveLength(3)
        }
        if (lines.every((each) => each.length < 1_000 && !each.includes('```') && !each.includes('&')))
          expect(shownBySlack(body)).toBe(text.trimEnd())
      }),
    )
  })
})

describe('a message for Matrix', () => {
  it('goes to the room under a name that makes it the same however often it is sent', () => {
    const { method, path, body } = matrix('a < "b"\n')
    expect(method).toBe('PUT')
    expect(path).toBe(`/_matrix/client/v3/rooms/!a%20b%3Aexample.org/send/m.room.message/${'f00d'.repeat(8)}`)
    expect(body).toEqual({
      msgtype: 'm.notice',
      body: 'nightly: new failure: ffa.usable -22\n\na < "b"',
      format: 'org.matrix.custom.html',
      formatted_body:
        '<strong>nightly: new failure: ffa.usable -22</strong><pre><code>a &lt; &quot;b&quot;</code></pre>',
    })
  })

  it.each([
    ['lines', '0123456789'.repeat(10).concat('\n').repeat(1_000)],
    ['one line', 'é"'.repeat(40_000)],
    ['what JSON writes in six characters', '\u001b'.repeat(30_000)],
  ])('is no larger than an event may be: %s', (_what, text) => {
    const body = matrix(text).body as MatrixBody
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(60_000)
    expect(body.body).toMatch(/\nThe rest is longer than Matrix takes\.$/)
    expect(body.body.length).toBeGreaterThan(1_900)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineReader, longestLine, readLines } from '../../../domain/console/line-reader.ts'
import type { ConsoleLine } from '../../../domain/console/line.ts'
import { boots, rawConsole } from '../probes/showing.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Feeds the bytes in pieces that end at the cuts given. */
function inPieces(all: Uint8Array, cuts: number[]): ConsoleLine[] {
  const reader = new LineReader()
  const lines: ConsoleLine[] = []
  let from = 0
  for (const cut of [...cuts.map((each) => Math.min(each, all.length)).toSorted((a, b) => a - b), all.length]) {
    // A buffer that is reused, as a reader of a socket would: the reader must not keep a view of it.
    const piece = new Uint8Array(all.subarray(from, cut))
    lines.push(...reader.push(piece))
    piece.fill(0x21)
    from = cut
  }
  return [...lines, ...reader.end()]
}

describe('lines of a console', () => {
  const cases: [string, string, ConsoleLine[]][] = [
    [
      'CR LF',
      'one\r\ntwo\r\n',
      [
        { number: 1, offset: 0, text: 'one' },
        { number: 2, offset: 5, text: 'two' },
      ],
    ],
    [
      'no last line feed',
      'one\ntw',
      [
        { number: 1, offset: 0, text: 'one' },
        { number: 2, offset: 4, text: 'tw' },
      ],
    ],
    ['CR CR LF and a CR inside', '10%\r20%\r\r\n', [{ number: 1, offset: 0, text: '10%20%' }]],
    [
      'colours and cursor moves',
      '\x1b[2J\x1b[01;01H\x1b[=3h[    0.000000] Booting\r\n',
      [{ number: 1, offset: 0, text: '[    0.000000] Booting', escapes: 3 }],
    ],
    ['a window title', '\x1b]0;title\x07text\n', [{ number: 1, offset: 0, text: 'text', escapes: 1 }]],
    ['colours alone', '\x1b[1;32mok\x1b[m\n', [{ number: 1, offset: 0, text: 'ok' }]],
    ['rubbed out', 'ab\x08c\n', [{ number: 1, offset: 0, text: 'abc', escapes: 1 }]],
    ['NULs are garbage', 'a\0\0\0b\n', [{ number: 1, offset: 0, text: 'ab', garbage: 3 }]],
    ['TAB stays', 'a\tb\n', [{ number: 1, offset: 0, text: 'a\tb' }]],
    [
      'UTF-8: offsets are bytes',
      'é\nx\n',
      [
        { number: 1, offset: 0, text: 'é' },
        { number: 2, offset: 3, text: 'x' },
      ],
    ],
    ['a byte order mark stays', '\ufeffx\n', [{ number: 1, offset: 0, text: '\ufeffx' }]],
    [
      'empty lines count',
      '\n\r\nx',
      [
        { number: 1, offset: 0, text: '' },
        { number: 2, offset: 1, text: '' },
        { number: 3, offset: 3, text: 'x' },
      ],
    ],
  ]
  it.each(cases)('%s', (_name, text, expected) => expect(readLines(bytes(text))).toEqual(expected))

  it('shows broken UTF-8 as U+FFFD and counts it', () => {
    const lines = readLines(Uint8Array.of(0x61, 0xff, 0x62, 0x0a, 0xe2, 0x82, 0x0a, 0x63))
    expect(lines).toEqual([
      { number: 1, offset: 0, text: 'a\ufffdb', garbage: 1 },
      { number: 2, offset: 4, text: '\ufffd', garbage: 1 },
      { number: 3, offset: 7, text: 'c' },
    ])
  })

  it('cuts a line without end, under the same number', () => {
    const lines = readLines(bytes(`${'x'.repeat(longestLine * 2 + 3)}\nnext\n`))
    expect(lines.map(({ number, offset, text }) => [number, offset, text.length])).toEqual([
      [1, 0, longestLine],
      [1, longestLine, longestLine],
      [1, longestLine * 2, 3],
      [2, longestLine * 2 + 4, 4],
    ])
  })

  it('reads each real console to the same text, however it is chunked', () => {
    const all = rawConsole(boots.linux7, 'uart0')
    const whole = readLines(all)
    expect(whole).toHaveLength(Buffer.from(all).toString('latin1').split('\n').length - 1)
    fc.assert(
      fc.property(fc.array(fc.nat(all.length), { maxLength: 40 }), (cuts) => {
        expect(inPieces(all, cuts)).toEqual(whole)
      }),
      { numRuns: 15 },
    )
  })
})

describe('any bytes at all', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .constantFrom('\r\n', '\n', '\x1b[', '\x1b]0;', '\x1b', '\0', 'é', '€', '😀', '\ufeff', '[    0.000001] x')
      .map(bytes),
    fc.integer({ min: longestLine - 2, max: longestLine + 2 }).map((length) => new Uint8Array(length).fill(0x61)),
  )
  const soup = fc.array(piece, { maxLength: 12 }).map((pieces) => new Uint8Array(Buffer.concat(pieces)))
  const chunked = soup.chain((all) => fc.tuple(fc.constant(all), fc.array(fc.nat(all.length), { maxLength: 8 })))

  it('gives the same lines whatever the chunks', () =>
    fc.assert(
      fc.property(chunked, ([all, cuts]) => {
        expect(inPieces(all, cuts)).toEqual(readLines(all))
      }),
    ))

  it('keeps numbers, offsets and texts true to the bytes', () =>
    fc.assert(
      fc.property(soup, (all) => {
        const lines = readLines(all)
        for (const [index, line] of lines.entries()) {
          expect(line.text).not.toMatch(/[\r\n\0\x1b]/)
          expect(line.offset).toBeGreaterThanOrEqual(lines[index - 1]?.offset ?? 0)
          const feeds = all.subarray(0, line.offset).filter((byte) => byte === 0x0a).length
          expect(line.number).toBe(feeds + 1)
        }
      }),
    ))
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeMeasurements } from '../../../domain/inspect/measurements.ts'
import { inputKinds, recognise } from '../../../domain/inspect/recognise.ts'
import { learnPrefix } from '../../../domain/inspect/learn-prefix.ts'
import { PrefixReader } from '../../../domain/inspect/prefix.ts'
import { asciiList, binaryList, everyTemplate } from '../ima/lists.ts'
import { agileLog, oldLog, someEvents } from '../tcg/logs.ts'

const value = 'ab'.repeat(32)
const real: [string, string, Buffer][] = [
  ['event-log', 'x', agileLog(someEvents)],
  ['event-log', 'x', oldLog(someEvents)],
  ['ima-binary', 'x', binaryList(everyTemplate())],
  ['ima-binary', 'x', binaryList(everyTemplate(false), 'sha256', false)],
  ['ima-ascii', 'x', Buffer.from(asciiList(everyTemplate()), 'latin1')],
  ['pcrs', 'x', Buffer.from(`  sha256:\n    0 : 0x${value}\n`)],
  ['pcr', 'pcr-sha256-10', Buffer.from(`${value}\n`)],
  ['log', 'x', Buffer.from('[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]\n')],
]

describe('what a file is', () => {
  it.each(real)('is seen by its content: %s', (kind, name, bytes) => expect(recognise(bytes, name)).toEqual({ kind }))

  it('is said of any bytes, cut or damaged as they are, and all of its kind can be read', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...real), fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 5 }), fc.nat(4_000))
      .map(([[, , bytes], changes, length]) => {
        const copy = Uint8Array.from(bytes)
        for (const [at, byte] of changes) if (at < copy.length) copy[at] = byte
        return copy.subarray(0, length)
      })
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 500 }), damaged),
        fc.constantFrom('x', 'pcr-sha256-10'),
        (bytes, file) => {
          const what = recognise(bytes, file)
          if ('not' in what) expect(what.not).toMatch(/^is /)
          else expect(inputKinds).toContain(what.kind)
          // A user's flag may say that it is something else.
          for (const kind of inputKinds)
            if (kind !== 'log') expect(judgeMeasurements([{ file, kind, bytes }])).toHaveLength(1)
        },
      ),
      { numRuns: 250 },
    )
  })
})

describe('prefixes', () => {
  const bit = fc.constantFrom(
    '17',
    ' ',
    '[',
    ']',
    '    0.100000',
    '> ',
    'R',
    '.',
    '\\',
    '$',
    'é',
    '😀',
    '-',
    ':',
    '(',
    '*',
  )
  const text = fc.array(bit, { maxLength: 12 }).map((bits) => bits.join(''))

  it('are learned from any first lines, and then stand at the beginning of any of those', () => {
    fc.assert(
      fc.property(text, text, (before, message) => {
        const head = [1, 2, 3].map((n) => `${before}[    ${n}.000000] ${message}`)
        const learned = learnPrefix(head)
        if (learned) for (const line of head) expect(line.search(new RegExp(learned.source))).toBe(0)
        for (const line of head) expect(new PrefixReader(head).strip(line).text.length).toBeLessThanOrEqual(line.length)
      }),
      { numRuns: 500 },
    )
  })
})

import fc from 'fast-check'
import type { RecordBody } from '../../../domain/records/record.ts'

const rc = fc.constantFrom(0, -2, -5, -22, -110)
const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const register = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }).map((value) => `0x${value.toString(16)}`)
const registers = fc.array(register, { minLength: 8, maxLength: 8 })

/** Any record but `end`, small enough for one frame. */
export const bodies: fc.Arbitrary<RecordBody> = fc.oneof(
  fc.record({ fact: fc.constant('mount' as const), what: text, rc }),
  fc.record({ fact: fc.constant('module' as const), name: text, rc }),
  fc.record({ fact: fc.constant('file' as const), path: text, rc, text }),
  fc.record({ fact: fc.constant('list' as const), path: text, rc, names: fc.array(text, { maxLength: 4 }) }),
  fc.record({ fact: fc.constant('link' as const), path: text, rc, target: text }),
  fc.record({ fact: fc.constant('could-not' as const), what: text, why: text }),
  fc.record({
    fact: fc.constant('ffa-call' as const),
    name: fc.constantFrom('FFA_ID_GET', 'FFA_FEATURES'),
    at: fc.integer({ min: 0, max: 1e9 }).map((micros) => micros / 1e6),
    request: registers,
    response: registers,
    status: fc.constantFrom('SUCCESS', 'INVALID_PARAMETERS'),
    errno: rc,
  }),
)

/** What a well-behaved guest keeps: its frames by sequence number from 1, the last one the end. */
export function withEnd(list: RecordBody[]): RecordBody[] {
  return [...list, { fact: 'end', records: list.length + 1 }]
}

import fc from 'fast-check'
import type { RecordBody } from '../../../domain/records/record.ts'

const rc = fc.constantFrom(0, -2, -5, -22, -110)
const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const register = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }).map((value) => `0x${value.toString(16)}`)
const registers = fc.array(register, { minLength: 8, maxLength: 18 })
const seconds = fc.integer({ min: 0, max: 1e9 }).map((micros) => micros / 1e6)
const hex = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex'))

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
    at: seconds,
    request: registers,
    response: registers,
    status: fc.constantFrom('SUCCESS', 'INVALID_PARAMETERS'),
    errno: rc,
  }),
  fc.record({
    fact: fc.constant('ffa-driver' as const),
    op: fc.constantFrom('memory_share', 'api_version_get'),
    about: text,
    at: seconds,
    errno: rc,
    value: register,
  }),
  fc.record({
    fact: fc.constant('ffa-partition' as const),
    device: fc.constant('arm-ffa-1'),
    id: fc.nat(0xffff),
    uuid: fc.uuid(),
    properties: fc.nat(0xffff_ffff),
  }),
  fc.record({
    fact: fc.constant('tpm-command' as const),
    device: fc.constant('/dev/tpm0'),
    command: fc.constant('TPM2_GetRandom'),
    at: seconds,
    took: seconds,
    rc,
    request: hex,
    response: hex,
  }),
  fc.record(
    {
      fact: fc.constant('efi-variable' as const),
      when: fc.constantFrom('before-modules' as const, 'after-modules' as const),
      step: fc.constantFrom('mount' as const, 'list' as const, 'read' as const),
      name: text,
      at: seconds,
      took: seconds,
      rc,
      count: fc.nat(),
      bytes: hex,
    },
    { requiredKeys: ['fact', 'when', 'step', 'name', 'at', 'took', 'rc'] },
  ),
)

/** What a well-behaved guest keeps: its frames by sequence number from 1, the last one the end. */
export function withEnd(list: RecordBody[]): RecordBody[] {
  return [...list, { fact: 'end', records: list.length + 1 }]
}

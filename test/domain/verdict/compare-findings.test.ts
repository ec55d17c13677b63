import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Finding } from '../../../domain/finding.ts'
import { compareFindings } from '../../../domain/verdict/compare-findings.ts'

const evidence = { kind: 'console', console: 'uart0', from: 3, to: 3, text: 'ARM FF-A: -22' } as const
const usable: Finding = {
  id: 'ffa.usable',
  outcome: 'fail',
  sentence: 'No.',
  evidence: [evidence],
  facts: { errno: -22 },
}

it('finds nothing where nothing differs, whatever the order of the facts', () => {
  const one = { ...usable, facts: { errno: -22, call: 'FFA_ID_GET' } }
  const other = { ...usable, facts: { call: 'FFA_ID_GET', errno: -22 } }
  expect(compareFindings([one], [other])).toEqual([])
})

it.each([
  ['outcome', { outcome: 'pass' }, 'outcome'],
  ['sentence', { sentence: 'Not at all.' }, 'words'],
  ['facts', { facts: { errno: -95 } }, 'words'],
  ['evidence', { evidence: [{ ...evidence, to: 4 }] }, 'words'],
  ['because', { because: 'order.ffa-before-kvm' }, 'words'],
] as const)('tells another %s', (part, changed, kind) => {
  const after = { ...usable, ...changed } as Finding
  expect(compareFindings([usable], [after])).toEqual([{ id: 'ffa.usable', kind, before: usable, after, parts: [part] }])
})

it('tells what is new and what is gone', () => {
  const after = { ...usable, id: 'tpm.driver' }
  expect(compareFindings([usable], [after])).toEqual([
    { id: 'tpm.driver', kind: 'new', after, parts: [] },
    { id: 'ffa.usable', kind: 'gone', before: usable, parts: [] },
  ])
})

it('finds nothing in what went through JSON, as the store does with it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), (facts) => {
      const finding = { ...usable, facts }
      expect(compareFindings([finding], [JSON.parse(JSON.stringify(finding)) as Finding])).toEqual([])
    }),
  )
})

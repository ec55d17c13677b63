import { expect, it } from 'vitest'
import { parseKnown } from '../../../domain/known/parse-known.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'

const findings = ['ffa.usable', 'fault.kernel']

it('known issues are read with their place and the end of their last day', () => {
  const text = [
    'known:',
    '  - finding: ffa.usable',
    '    facts: { errno: -22 }',
    '    cells: { config: ffa=y }',
    '    reason: the driver comes before pKVM',
    '    link: https://example.org/thread',
    '    owner: lab@example.org',
    "    expires: '2027-02-28'",
    '  - { finding: fault.kernel, reason: it oopses }',
  ].join('\n')
  expect(parseKnown(text, 'known.yaml', findings)).toEqual({
    ok: true,
    issues: [
      {
        finding: 'ffa.usable',
        facts: { errno: -22 },
        cells: { config: ['ffa=y'] },
        reason: 'the driver comes before pKVM',
        link: 'https://example.org/thread',
        owner: 'lab@example.org',
        expires: Date.parse('2027-03-01T00:00Z'),
        at: 'known.yaml:2',
      },
      { finding: 'fault.kernel', facts: {}, cells: {}, reason: 'it oopses', at: 'known.yaml:9' },
    ],
  })
})

it.each([
  ['known: []', 'known.yaml:1:8: '],
  ['known: [{ finding: ffa.usble, reason: r }]', 'there is no finding "ffa.usble"; did you mean "ffa.usable"?'],
  ['known: [{ finding: ffa.usable }]', 'reason'],
  ["known: [{ finding: ffa.usable, reason: r, expires: '2027-02-30' }]", '"2027-02-30" is no day; YYYY-MM-DD'],
  ['known: [{ finding: ffa.usable, reason: r, expires: soon }]', '"soon" is no day'],
  ['known: [{ finding: ffa.usable, reason: r, onwer: me }]', 'did you mean "owner"?'],
  ['issues: []', 'known'],
])('%j is refused where the mistake stands', (text, sentence) => {
  const parsed = parseKnown(text, 'known.yaml', findings)
  expect(parsed.ok ? '' : parsed.errors.map(formatError).join('\n')).toContain(sentence)
})

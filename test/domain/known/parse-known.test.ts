import { expect, it } from 'vitest'
import { parseKnown } from '../../../domain/known/parse-known.ts'
import { brokenKnown } from './broken-known.ts'
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

const said = (text: string): string[] => {
  const parsed = parseKnown(text, 'known.yaml', findings)
  return parsed.ok ? [] : parsed.errors.map(formatError)
}

it.each(brokenKnown)('%s is refused where the mistake stands, with a way out', (_what, text, says) => {
  expect(said(text)).toEqual([says].flat().map((line) => `known.yaml:${line}`))
})

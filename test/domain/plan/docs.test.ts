import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { disk, known } from './plans.ts'

const text = readFileSync('docs/plans.md', 'utf8')
const snippets = [...text.matchAll(/```yaml\n(?<yaml>.*?)```/gs)].map(({ groups }) => groups?.['yaml'] ?? '')

/** Every file that the page names is there; what is in them is not its business. */
const files = { ...disk, read: () => '' }

describe('each piece of YAML in docs/plans.md', () => {
  test('is found', () => {
    expect(snippets.length).toBeGreaterThan(7)
  })

  test.each(snippets.map((snippet) => [snippet.split('\n')[0], snippet]))('%s is part of a plan', (_first, snippet) => {
    const parts = [
      'name: page\n',
      'kernels: { linux-6.18.5: { source: { tree: a } }, linux-7.3.4: { source: { tree: b } } }\n',
      'configs: { ffa=y: {}, ffa=m: {} }\n',
      'stacks: { optee-sel1: s.yaml }\n',
      'modes: { protected: kvm-arm.mode=protected, nvhe: kvm-arm.mode=nvhe }\n',
    ]
    const missing = parts.filter((part) => !new RegExp(`^${part.split(':')[0]}:`, 'm').test(snippet))
    const parsed = parsePlan(snippet + missing.join(''), 'plan.yaml', files, known)
    expect(parsed.ok ? [] : parsed.errors.map(formatError)).toEqual([])
  })
})

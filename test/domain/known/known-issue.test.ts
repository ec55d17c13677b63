import { describe, expect, it } from 'vitest'
import { knowledgeOf, whyNotKnown, type KnownIssue } from '../../../domain/known/known-issue.ts'
import type { CellNight, FailingFinding } from '../../../domain/night/cell-night.ts'

const now = Date.parse('2026-12-01T00:00Z')
const point = { kernel: 'k', config: 'ffa=y', stack: 's', mode: 'protected', target: 'qemu' }
const refused: FailingFinding = { id: 'ffa.usable', sentence: '', facts: { errno: -22 } }
const oops: FailingFinding = { id: 'fault.kernel', sentence: '', facts: { title: 'oops in x' } }
const cell = (...failing: FailingFinding[]) => ({ failing }) as CellNight
const issue = (over: Partial<KnownIssue> = {}): KnownIssue => ({
  finding: 'ffa.usable',
  facts: { errno: -22 },
  cells: { config: ['ffa=y'] },
  reason: 'the thread',
  owner: 'lab',
  at: 'known.yaml:1',
  ...over,
})

describe('a known issue', () => {
  it('is a failure of its finding, with its facts, in its cells', () => {
    expect(knowledgeOf([issue()], cell(refused), point, now)).toMatchObject({
      known: [{ failing: refused }],
      unknown: [],
    })
    expect(knowledgeOf([issue({ facts: { errno: -95 } })], cell(refused), point, now).unknown).toEqual([refused])
    expect(knowledgeOf([issue({ cells: { config: ['ffa=m'] } })], cell(refused), point, now).unknown).toEqual([refused])
  })

  it('explains no other failure beside it', () => {
    expect(knowledgeOf([issue()], cell(refused, oops), point, now)).toMatchObject({ known: [{}], unknown: [oops] })
  })

  it('that has expired, or that nobody owns, is known no longer, and says so', () => {
    const { owner: _, ...unowned } = issue()
    const expired = issue({ expires: now })
    expect(whyNotKnown(issue({ expires: now + 1 }), now)).toBeUndefined()
    expect(whyNotKnown(expired, now)).toMatch(/^known\.yaml:1: this known issue of lab has expired/)
    expect(whyNotKnown(unowned, now)).toMatch(/nobody owns/)
    for (const gone of [expired, unowned])
      expect(knowledgeOf([gone], cell(refused), point, now).unknown).toEqual([refused])
  })
})

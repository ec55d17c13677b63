import { describe, expect, it } from 'vitest'
import { findingIds, findingKinds } from '../../../domain/probes/registry.ts'
import { findingOf } from './showing.ts'
import { turns } from './turns.ts'

describe('a finding whose evidence is turned around', () => {
  it('is every finding that there is', () => expect(Object.keys(turns)).toEqual(findingIds()))

  it.each(Object.entries(turns))('turns: %s', (id, { what, before, after }) => {
    expect(findingOf(before[1], id).outcome, 'before').toBe(before[0])
    expect(findingOf(after[1], id).outcome, what).toBe(after[0])
  })

  it.each(findingKinds())('turns between good and bad where it knows both: $id', ({ id, outcomes }) => {
    const { before, after } = turns[id]!
    expect(before[0]).not.toBe(after[0])
    const known = outcomes.filter((outcome) => outcome === 'pass' || outcome === 'fail')
    expect([before[0], after[0]]).toEqual(expect.arrayContaining(known))
  })
})

import { describe, expect, it } from 'vitest'
import { findingIds, findingKinds, judge, probeGroups } from '../../../domain/probes/registry.ts'
import { findingOf } from './showing.ts'
import { bare, turns } from './turns.ts'

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

it('each outcome that a finding claims to have comes out of some showing', () => {
  const seen = new Set<string>()
  for (const [id, { before, after }] of Object.entries(turns))
    for (const [outcome] of [before, after]) seen.add(`${id} ${outcome}`)
  for (const shown of Object.values(bare))
    for (const { id, outcome } of judge(shown, probeGroups)) seen.add(`${id} ${outcome}`)
  const claimed = findingKinds().flatMap(({ id, outcomes }) => outcomes.map((outcome) => `${id} ${outcome}`))
  expect(claimed.filter((each) => !seen.has(each))).toEqual([])
  expect([...seen].filter((each) => !claimed.includes(each))).toEqual([])
})

it.each(Object.entries(bare))('nothing fails and nothing passes for no reason where %s', (_name, shown) => {
  for (const { id, outcome, evidence } of judge(shown, probeGroups))
    if (outcome === 'pass' || outcome === 'fail') expect(evidence, id).not.toEqual([])
})

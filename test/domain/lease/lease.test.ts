import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grant, isFree, nextEnd, type LeaseRequest, type PlaceState } from '../../../domain/lease/lease.ts'

const request = (over: Partial<LeaseRequest> = {}): LeaseRequest => ({
  places: ['rack/a', 'rack/b'],
  holder: 'attempt 1.1.1',
  why: 'a test',
  forMs: 1000,
  ...over,
})
const state = (place: string, over: Partial<PlaceState> = {}): PlaceState => ({
  place,
  fence: 1,
  lease: null,
  suspect: null,
  ...over,
})
const held = (place: string, holder: string, until: number): PlaceState =>
  state(place, { fence: 4, lease: { place, fence: 4, holder, why: 'its own', since: 0, until } })

test('a place that was never given gets the first fence', () => {
  expect(grant([], request(), 5)).toEqual({
    place: 'rack/a',
    fence: 1,
    holder: 'attempt 1.1.1',
    why: 'a test',
    since: 5,
    until: 1005,
  })
})

test('the best free place is given, with a fence above all before', () => {
  expect(grant([held('rack/a', 'another', 10)], request(), 5)).toMatchObject({ place: 'rack/b', fence: 1 })
  expect(grant([state('rack/a', { fence: 7 })], request(), 5)).toMatchObject({ place: 'rack/a', fence: 8 })
})

test('nobody gets a place that is held, or that is suspect, however free', () => {
  const suspect = state('rack/b', { suspect: 'it does not go off' })
  expect(grant([held('rack/a', 'another', 10), suspect], request(), 5)).toBeUndefined()
})

test('a lease that ran out is over, and the next fence stops who still believes in it', () => {
  expect(grant([held('rack/a', 'another', 10)], request(), 10)).toMatchObject({ place: 'rack/a', fence: 5 })
})

test('who asks again gets what he has, for longer and never for shorter', () => {
  const states = [held('rack/b', 'attempt 1.1.1', 2000)]
  expect(grant(states, request(), 1500)).toMatchObject({ place: 'rack/b', fence: 4, until: 2500 })
  expect(grant(states, request(), 100)).toMatchObject({ place: 'rack/b', fence: 4, until: 2000 })
})

test('the next end is that of the first lease of the places that would do', () => {
  const states = [held('rack/a', 'x', 30), held('rack/b', 'y', 20), held('rack/c', 'z', 10)]
  expect(nextEnd(states, ['rack/a', 'rack/b'])).toBe(20)
  expect(nextEnd([], ['rack/a'])).toBeUndefined()
})

test('whatever is asked and released, two never hold one place, and fences only grow', () => {
  const step = fc.record({
    holder: fc.constantFrom('p', 'q', 'r'),
    release: fc.boolean(),
    wait: fc.nat(1500),
    places: fc.subarray(['rack/a', 'rack/b', 'rack/c'], { minLength: 1 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const states = new Map<string, PlaceState>()
      let now = 0
      for (const { holder, release, wait, places } of steps) {
        now += wait
        if (release) {
          for (const one of states.values())
            if (one.lease?.holder === holder) states.set(one.place, { ...one, lease: null })
          continue
        }
        const lease = grant([...states.values()], request({ holder, places }), now)
        if (!lease) {
          expect(places.every((place) => !isFree(states.get(place), now))).toBe(true)
          continue
        }
        const before = states.get(lease.place)
        const mine = before?.lease?.holder === holder && before.lease.until > now
        expect(mine || isFree(before, now)).toBe(true)
        expect(lease.fence).toBe(mine ? before!.fence : (before?.fence ?? 0) + 1)
        states.set(lease.place, state(lease.place, { fence: lease.fence, lease }))
      }
    }),
  )
})

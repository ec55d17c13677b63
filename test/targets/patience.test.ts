import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stages } from '../../domain/stage.ts'
import { slowPace, type Pace } from '../../domain/stage/pace.ts'
import { Patience } from '../../targets/patience.ts'

const limits = { silence: 60, stage: 600, grace: 10 }
const unknown: Pace = { silences: {}, stages: {} }

test('silence counts from the last byte, in the stage in which it is kept', () => {
  const patience = new Patience(limits, unknown, 1000)
  expect(patience.deadline).toBe(61_000)
  patience.heard(31_000)
  patience.reached('kernel', 31_000)
  expect(patience.deadline).toBe(91_000)
  expect(patience.expired(90_999)).toBeUndefined()
  expect(patience.expired(91_500)).toEqual({ kind: 'silence', stage: 'kernel', seconds: 60.5, limit: 60 })
  expect(patience.pace).toEqual({ silences: { power: 30 }, stages: { power: 30 } })
  patience.heard(91_500)
  expect(patience.pace).toEqual({ silences: { power: 30, kernel: 60.5 }, stages: { power: 30 } })
})

test('a stage that talks for ever ends too, and each new stage begins anew', () => {
  const patience = new Patience(limits, unknown, 0)
  const talk = (from: number, to: number): void => {
    for (let now = from; now < to; now += 1000) {
      patience.heard(now)
      expect(patience.expired(now)).toBeUndefined()
    }
  }
  talk(0, 599_000)
  patience.reached('bl1', 599_000)
  patience.reached('bl1', 700_000)
  talk(599_000, 1_199_000)
  expect(patience.expired(1_199_000)).toEqual({ kind: 'stage', stage: 'bl1', seconds: 600, limit: 600 })
})

test('what this host needed before stretches the limits of that stage alone, and never tightens any', () => {
  const history: Pace = { silences: { kernel: 50, init: 1 }, stages: { kernel: 200 } }
  const patience = new Patience(limits, history, 0)
  expect(patience.deadline).toBe(60_000)
  patience.reached('kernel', 0)
  expect(patience.deadline).toBe(300_000)
  for (let now = 0; now <= 1_199_000; now += 1000) patience.heard(now)
  expect(patience.deadline).toBe(1_200_000)
  patience.reached('init', 1_199_000)
  expect(patience.deadline).toBe(1_199_000 + 60_000)
})

test('a target that was let go gets the grace, once, and a whole stage limit for what it says then', () => {
  const patience = new Patience(limits, unknown, 0)
  for (let now = 0; now <= 500_000; now += 1000) patience.heard(now)
  patience.done(500_000)
  expect(patience.deadline).toBe(510_000)
  for (let now = 500_000; now < 1_100_000; now += 1000) {
    patience.heard(now)
    patience.done(now)
    expect(patience.expired(now)).toBeUndefined()
  }
  expect(patience.expired(1_100_000)).toMatchObject({ kind: 'stage' })
})

test('time in which the host stood still counts for nothing', () => {
  const patience = new Patience(limits, unknown, 0)
  patience.forgive(3_600_000, 3_600_000)
  expect(patience.pace.silences).toEqual({})
  expect(patience.expired(3_600_000 + 59_999)).toBeUndefined()
  expect(patience.expired(3_600_000 + 60_000)).toMatchObject({ kind: 'silence', seconds: 60 })
})

test('patience has run out at the deadline and never before it', () => {
  const event = fc.record({ after: fc.integer({ min: 0, max: 90_000 }), stage: fc.option(fc.constantFrom(...stages)) })
  const seconds = fc.dictionary(fc.constantFrom(...stages), fc.integer({ min: 0, max: 300 }))
  const history = fc.record({ silences: seconds, stages: seconds })
  fc.assert(
    fc.property(fc.array(event), history, (events, past) => {
      const patience = new Patience(limits, past, 0)
      let now = 0
      for (const { after, stage } of events) {
        now += after
        patience.heard(now)
        if (stage) patience.reached(stage, now)
      }
      expect(patience.deadline).toBeGreaterThanOrEqual(Math.min(now, patience.deadline))
      expect(patience.expired(patience.deadline)).toBeDefined()
      expect(patience.expired(patience.deadline - 1)).toBeUndefined()
    }),
  )
})

test('time that two noticed counts once', () => {
  const patience = new Patience(limits, unknown, 0)
  patience.forgive(20_000, 30_000)
  patience.forgive(25_000, 30_001)
  for (let now = 31_000; now < 620_000; now += 1000) patience.heard(now)
  expect(patience.expired(620_000)).toBeUndefined()
  expect(patience.expired(620_001)).toMatchObject({ kind: 'stage' })
})

test('the slowest of many paces is taken stage by stage, but for the slowest one', () => {
  const paces: Pace[] = [
    { silences: { kernel: 3, init: 1 }, stages: { kernel: 5 } },
    { silences: { kernel: 2, init: 3, off: 4 }, stages: { kernel: 7, bl1: 1 } },
  ]
  expect(slowPace(paces)).toEqual({ silences: { kernel: 2, init: 1 }, stages: { kernel: 5 } })
  expect(slowPace([])).toEqual(unknown)
})

test('boots that are each as slow as their limit allows stretch no limit while nine of ten are not', () => {
  const paces: Pace[] = []
  for (let boot = 1; boot <= 50; boot++) {
    const patience = new Patience(limits, slowPace(paces), 0)
    const silence = boot % 12 === 0 ? patience.deadline / 1000 - 1 : 1
    paces.push({ silences: { power: silence }, stages: {} })
  }
  expect(new Patience(limits, slowPace(paces), 0).deadline).toBe(limits.silence * 1000)
})

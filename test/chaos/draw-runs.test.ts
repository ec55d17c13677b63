/** What is done to which runs depends on the seed alone, and everybody gets as much as the others. */
import { describe, expect, it } from 'vitest'
import { earlier, victims, type Disturbance } from './disturbance.ts'
import { drawRuns } from './draw-runs.ts'

const draw = (seed: number) => drawRuns({ kills: 300, stops: 100, seed })
const all = (seed: number): Disturbance[] => draw(seed).flatMap(({ disturbances }) => disturbances)

describe('a draw', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('has as many kills and stops as asked for, each victim as often as the others', () => {
    for (const [kind, count] of [
      ['kill', 300],
      ['stop', 100],
    ] as const) {
      const drawn = all(1).filter((one) => one.kind === kind)
      expect(drawn).toHaveLength(count)
      for (const victim of victims[kind]) {
        const share = drawn.filter((one) => one.victim === victim).length
        expect(Math.abs(share - count / victims[kind].length), victim).toBeLessThan(1)
      }
    }
  })

  it('can be of some victims only', () => {
    const some = drawRuns({ kills: 0, stops: 7, seed: 1, victims: ['qemu', 'worker'] }).flatMap(
      (run) => run.disturbances,
    )
    expect(new Set(some.map(({ victim }) => victim))).toEqual(new Set(['worker', 'qemu']))
    expect(() => drawRuns({ kills: 0, stops: 1, seed: 1, victims: ['cli'] })).toThrow('None of cli')
  })

  it('can be of one plan only, without the TPM where there is none', () => {
    for (const plan of ['first-look', 'tpm'] as const) {
      const runs = drawRuns({ kills: 70, stops: 0, seed: 1, plans: [plan] })
      expect(new Set(runs.map((run) => run.plan))).toEqual(new Set([plan]))
      const drawn = runs.flatMap(({ disturbances }) => disturbances)
      expect(drawn).toHaveLength(70)
      expect(drawn.some(({ victim }) => victim === 'swtpm')).toBe(plan === 'tpm')
    }
  })

  it('can be of nights, with the same disturbances', () => {
    const nights = drawRuns({ kills: 30, stops: 10, seed: 7, nights: true })
    expect(new Set(nights.map(({ style }) => style))).toEqual(new Set(['night']))
    const runs = drawRuns({ kills: 30, stops: 10, seed: 7 })
    expect(nights.map(({ disturbances }) => disturbances)).toEqual(runs.map(({ disturbances }) => disturbances))
  })

  it('gives a few of them a draw too', () => {
    expect(drawRuns({ kills: 2, stops: 0, seed: 1 }).flatMap(({ disturbances }) => disturbances)).toHaveLength(2)
    expect(drawRuns({ kills: 0, stops: 0, seed: 1 })).toEqual([])
  })

  it('stops for 5 to 60 s, and uses all of that', () => {
    const seconds = all(1)
      .filter(({ kind }) => kind === 'stop')
      .map((one) => one.seconds)
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(5)
    expect(Math.min(...seconds)).toBeLessThan(15)
    expect(Math.max(...seconds)).toBeLessThanOrEqual(60)
    expect(Math.max(...seconds)).toBeGreaterThan(50)
  })

  it('has the moments all over a run, and half of them or more in boots', () => {
    const moments = all(1).map(({ moment }) => moment)
    expect(moments.filter(({ from }) => from === 'stage').length).toBeGreaterThan(200)
    for (const from of ['command', 'run', 'stage'] as const) {
      const shares = moments.filter((one) => one.from === from).map(({ share }) => share)
      // Halves and quarters that none of them falls into would be a draw that leans to one side.
      for (const quarter of [0, 1, 2, 3])
        expect(shares.filter((share) => Math.floor(share * 4) === quarter).length, from).toBeGreaterThan(0)
    }
  })

  it('kills swtpm only where there is a TPM, and a command only where one follows', () => {
    for (const { plan, style, disturbances } of draw(3)) {
      const drawn = disturbances.map(({ victim }) => victim)
      if (drawn.includes('swtpm')) expect(plan).toBe('tpm')
      if (drawn.includes('cli')) expect(style).not.toBe('detached')
    }
  })

  it('aims what lives only in boots into boots', () => {
    for (const { victim, moment } of all(5))
      if (victim === 'qemu' || victim === 'swtpm') expect(moment.from).toBe('stage')
  })
})

describe('another try', () => {
  it('comes earlier, until it is the begin of the first boot', () => {
    let moment = earlier({ from: 'stage', stage: 'off', nth: 2, share: 1 })
    expect(moment).toEqual({ from: 'stage', stage: 'power', nth: 1, share: 0.5 })
    moment = earlier(moment)
    expect(moment).toEqual({ from: 'stage', stage: 'power', nth: 0, share: 0.25 })
    expect(earlier({ from: 'run', share: 0.8 })).toEqual({ from: 'run', share: 0.4 })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KnownIssue } from '../../../domain/known/known-issue.ts'
import { conclusionOf } from '../../../domain/night/cell-night.ts'
import { messagesOf, newsOf, type NightOutcome } from '../../../domain/tell/news-of.ts'
import { causes, cellId, faultyNight, playNights, type Played } from './nights.ts'

/** A place that is told: remembers as the store does. */
class Place {
  readonly told = new Map<string, string>()
  #messages = 0

  /** @returns what it is told of a night: kind, cause and cells */
  hear(night: NightOutcome): [kind: string, cause: string, cells: string[]][] {
    const { news, silent } = newsOf(night, this.told)
    for (const key of silent) this.told.delete(key)
    for (const { thread, news: of } of messagesOf(news)) {
      const message = thread ?? `message ${++this.#messages}`
      for (const key of of.flatMap(({ closes }) => closes)) this.told.delete(key)
      for (const key of of.flatMap(({ opens }) => opens)) this.told.set(key, message)
    }
    return news.map(({ kind, cause, cells }) => [kind, cause, cells.map(({ cell }) => cell.split('/')[1]!)])
  }
}

/** What a place is told of each of some nights, those but which are left out. */
function hearAll(nights: readonly Record<string, Played>[], quiet: readonly number[] = []) {
  const place = new Place()
  return nights.map((_, night) => (quiet.includes(night) ? [] : place.hear(playNights(nights.slice(0, night + 1)))))
}

describe('what is told of nights', () => {
  it('is a failure once, with all cells that show it, and that it is fixed', () => {
    const nights: Record<string, Played>[] = [
      { x: 'good', y: 'good', z: 'good' },
      { x: 'a', y: 'a', z: 'good' },
      { x: 'a', y: 'infra', z: 'good' },
      { x: 'a', y: 'a', z: 'not run' },
      { x: 'good', y: 'a', z: 'good' },
      { x: 'good', y: 'good', z: 'good' },
      { x: 'good', y: 'good', z: 'good' },
    ]
    expect(hearAll(nights)).toEqual([
      [],
      [['new failure', causes.a, ['x', 'y']]],
      [],
      [],
      [['fixed', causes.a, ['x']]],
      [['fixed', causes.a, ['y']]],
      [],
    ])
  })

  it('is a failure again when it was gone, and another cause of the same cell as an answer to the first', () => {
    const nights: Record<string, Played>[] = [{ x: 'a' }, { x: 'b' }, { x: 'a' }, { x: 'good' }, { x: 'a' }]
    expect(hearAll(nights)).toEqual([
      [['new failure', causes.a, ['x']]],
      [['new failure', causes.b, ['x']]],
      [],
      [['fixed', `${causes.a}, ${causes.b}`, ['x']]],
      [['new failure', causes.a, ['x']]],
    ])
    const told = new Map([[JSON.stringify(['failure', cellId('x'), causes.a]), 'first']])
    expect(newsOf(playNights(nights.slice(0, 2)), told).news).toMatchObject([{ thread: 'first' }])
  })

  it('is told by the next night when the night that had it told nobody', () => {
    const nights: Record<string, Played>[] = [{ x: 'good' }, { x: 'a' }, { x: 'a' }, { x: 'good' }, { x: 'good' }]
    expect(hearAll(nights, [1, 3])).toEqual([
      [],
      [],
      [['new failure', causes.a, ['x']]],
      [],
      [['fixed', causes.a, ['x']]],
    ])
  })

  it('is once that a cell comes and goes, and not that it is fixed the night after', () => {
    const nights: Record<string, Played>[] = [
      { x: 'good' },
      { x: 'flaky' },
      { x: 'good' },
      { x: 'flaky' },
      { x: 'good' },
    ]
    expect(hearAll(nights)).toEqual([[], [['unstable', causes.a, ['x']]], [], [], []])
    expect(hearAll([{ x: 'a' }, { x: 'flaky' }, { x: 'good' }]).slice(1)).toEqual([[['unstable', causes.a, ['x']]], []])
  })

  it('is nothing of what is known, and of a known issue what is to be done, once', () => {
    const issue: KnownIssue = {
      finding: 'ffa.usable',
      facts: {},
      cells: {},
      reason: 'the thread',
      owner: 'lab',
      at: 'known.yaml:3',
    }
    const place = new Place()
    const nights: Record<string, Played>[] = [{ x: 'a' }, { x: 'good' }, { x: 'good' }]
    expect(nights.map((_, night) => place.hear(playNights(nights.slice(0, night + 1), [issue])))).toEqual([
      [],
      [
        ['fixed', '', ['x']],
        ['known issue', '', []],
      ],
      [],
    ])
  })

  it('is once that nights do not begin, as long as it is for the same reason', () => {
    const place = new Place()
    const nights = ['no plan', 'no plan', 'no lab', 'no plan'].map(faultyNight)
    expect(nights.map((night) => place.hear(night).length)).toEqual([1, 0, 1, 0])
    expect(place.hear(playNights([{ x: 'good' }]))).toEqual([])
    expect(place.hear(faultyNight('no plan'))).toEqual([['did not begin', '', []]])
  })

  it('is once that the lab says nothing of any cell', () => {
    const nights: Record<string, Played>[] = [
      { x: 'good' },
      { x: 'infra' },
      { x: 'infra' },
      { x: 'good' },
      { x: 'infra' },
    ]
    expect(hearAll(nights).map((news) => news.map(([kind]) => kind))).toEqual([
      [],
      ['no result'],
      [],
      [],
      ['no result'],
    ])
  })

  it('is what is new in one message, and each answer in one of its own', () => {
    const told = new Map([
      [JSON.stringify(['failure', cellId('x'), causes.a]), 'of x'],
      [JSON.stringify(['failure', cellId('y'), causes.b]), 'of y'],
    ])
    const night = playNights([
      { x: 'a', y: 'b', z: 'good', u: 'good' },
      { x: 'good', y: 'good', z: 'a', u: 'flaky' },
    ])
    const messages = messagesOf(newsOf(night, told).news)
    expect(messages.map(({ thread, news }) => [thread, news.map(({ kind }) => kind)])).toEqual([
      [undefined, ['new failure', 'unstable']],
      ['of x', ['fixed']],
      ['of y', ['fixed']],
    ])
  })
})

describe('whatever nights come', () => {
  const cells = ['x', 'y'] as const
  const played = fc.constantFrom<Played[]>('good', 'good', 'a', 'b', 'flaky', 'infra', 'not run')
  const nightsOf = fc.array(fc.record({ x: played, y: played, quiet: fc.boolean() }), { minLength: 1, maxLength: 14 })

  it('each failure is told once: in the first night that tells, and again only behind a good one', () => {
    fc.assert(
      fc.property(nightsOf, (nights) => {
        const place = new Place()
        /** Cell and cause of what was told since the cell was last good, as who reads the messages knows it. */
        const open = new Set<string>()
        for (const [index, { quiet }] of nights.entries()) {
          if (quiet) continue
          const night = playNights(nights.slice(0, index + 1).map(({ x, y }) => ({ x, y })))
          const heard = place.hear(night)
          const toldNow = heard
            .filter(([kind]) => kind === 'new failure')
            .flatMap(([, cause, of]) => of.map((cell) => `${cell} ${cause}`))
          expect(new Set(toldNow).size).toBe(toldNow.length)
          for (const cell of cells) {
            const change = night.changes.find((each) => each.cell === cellId(cell))!
            if (conclusionOf(change.tonight) === 'good')
              for (const cause of Object.values(causes)) open.delete(`${cell} ${cause}`)
            const fails = change.standing === 'new failure' || change.standing === 'still failing'
            const thing = `${cell} ${causes[nights[index]![cell] as 'a' | 'b']}`
            // Told exactly when it is there and was not told since the cell was good.
            expect(toldNow.includes(thing)).toBe(fails && !open.has(thing))
            if (fails) open.add(thing)
          }
          expect(toldNow.every((thing) => open.has(thing))).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('a night that is like the one before tells nothing', () => {
    fc.assert(
      fc.property(nightsOf, (nights) => {
        const plain = nights.map(({ x, y }) => ({ x, y }))
        const again = [...plain, plain.at(-1)!]
        const place = new Place()
        for (let count = 1; count <= plain.length; count++) place.hear(playNights(again.slice(0, count)))
        expect(place.hear(playNights(again)).filter(([kind]) => kind !== 'new failure')).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('what is fixed was told to be broken or was broken the night before, and is told once', () => {
    fc.assert(
      fc.property(nightsOf, (nights) => {
        const plain = nights.map(({ x, y }) => ({ x, y }))
        const place = new Place()
        const broken = new Set<string>()
        for (let count = 1; count <= plain.length; count++) {
          for (const [kind, , of] of place.hear(playNights(plain.slice(0, count))))
            for (const cell of of) {
              if (kind === 'new failure') broken.add(cell)
              if (kind === 'fixed') expect(broken.delete(cell)).toBe(true)
            }
        }
      }),
      { numRuns: 500 },
    )
  })
})

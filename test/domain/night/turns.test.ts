import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overBudget, Turns, type Waiting } from '../../../domain/night/turns.ts'

const cell = (position: number, over: Partial<Waiting> = {}): Waiting => ({
  position,
  class: 'qemu',
  seconds: 10,
  onHost: true,
  ...over,
})

/** Has cells wait, and begins those whose turn it is until nobody's is; in the order in which they begin. */
function beginAll(turns: Turns, waiting: Set<Waiting>): number[] {
  const begun: number[] = []
  for (let again = true; again;) {
    again = false
    for (const one of waiting) {
      const turn = turns.turnOf(one)
      if (turn === 'wait') continue
      waiting.delete(one)
      if (turn === 'begin') turns.begin(one)
      else turns.giveUp(one)
      if (turn === 'begin') begun.push(one.position)
      again = true
    }
  }
  return begun
}

function enter(turns: Turns, ...cells: Waiting[]): Set<Waiting> {
  for (const one of cells) turns.enter(one)
  return new Set(cells)
}

describe('in a night', () => {
  it('the first in order goes first, whoever came first, and only so many at once', () => {
    const turns = new Turns(2)
    const cells = [3, 1, 2, 0].map((position) => cell(position))
    const waiting = enter(turns, ...cells)
    expect(beginAll(turns, waiting)).toEqual([0, 1])
    turns.end(cells[1]!, 10)
    expect(beginAll(turns, waiting)).toEqual([2])
  })

  it('a cell on a place of a lab takes none of the host’s places', () => {
    const turns = new Turns(1)
    const board = { class: 'rk3588', onHost: false }
    const waiting = enter(turns, cell(0), cell(1, board), cell(2), cell(3, board))
    expect(beginAll(turns, waiting)).toEqual([0, 1, 3])
  })

  it('a class has no more boots than its budget holds, by how long they took before', () => {
    const turns = new Turns(9, { qemu: 25 })
    const waiting = enter(turns, cell(0), cell(1), cell(2), cell(3, { class: 'fvp' }))
    expect(beginAll(turns, waiting)).toEqual([0, 1, 3])
    expect([...waiting].map((one) => turns.turnOf(one))).toEqual(['wait'])
  })

  it('what runs may take less than it did: who waits for that goes then, and else is not run', () => {
    for (const [took, last] of [
      [4, 'begin'],
      [10, 'never'],
    ] as const) {
      const turns = new Turns(9, { qemu: 15 })
      const [first, second] = [cell(0), cell(1)]
      const waiting = enter(turns, first, second)
      expect(beginAll(turns, waiting)).toEqual([0])
      turns.end(first, took)
      expect(turns.turnOf(second)).toBe(last)
    }
  })

  it('a smaller cell of the class does not take what a more telling one waits for', () => {
    const turns = new Turns(9, { qemu: 30 })
    const first = cell(0, { seconds: 20 })
    const waiting = enter(turns, first, cell(1, { seconds: 20 }), cell(2, { seconds: 5 }))
    expect(beginAll(turns, waiting)).toEqual([0])
    // Now that one cannot be run any more, and the smaller one can.
    turns.end(first, 20)
    expect(beginAll(turns, waiting)).toEqual([2])
    expect(waiting.size).toBe(0)
  })

  it('a cell of which nobody knows how long it takes boots alone of its class', () => {
    const turns = new Turns(9, { qemu: 60 })
    const [first, second] = [cell(0, { seconds: undefined }), cell(1, { seconds: undefined })]
    const waiting = enter(turns, first, second)
    expect(beginAll(turns, waiting)).toEqual([0])
    turns.end(first, 50)
    expect(beginAll(turns, waiting)).toEqual([1])
    turns.end(second, 50)
    const third = cell(2, { seconds: undefined })
    turns.enter(third)
    expect(turns.turnOf(third)).toBe('never')
  })

  it('what did not fit is said with the class and its budget', () => {
    expect(overBudget(cell(0), 7200).sentence).toBe('too little was left of the budget of qemu, 2 h')
    expect(overBudget(cell(0, { class: 'rk3588' }), 1800).sentence).toMatch(/of rk3588, 30 min$/)
    expect(overBudget(cell(0), 45).sentence).toMatch(/, 45 s$/)
  })

  it('whatever the cells: each begins once or is not run, and no class begins more than it expects to have left', () => {
    const anyCell = fc.record({
      class: fc.constantFrom('qemu', 'fvp', 'board'),
      seconds: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      onHost: fc.boolean(),
    })
    const anyBudget = fc.dictionary(fc.constantFrom('qemu', 'fvp'), fc.integer({ min: 0, max: 60 }))
    fc.assert(
      fc.property(fc.array(anyCell), anyBudget, fc.integer({ min: 1, max: 3 }), (drawn, budget, atOnce) => {
        const turns = new Turns(atOnce, budget)
        const cells = drawn.map((one, position) => cell(position, one))
        const waiting = enter(turns, ...cells)
        const begun: number[] = []
        const running: Waiting[] = []
        do {
          const now = beginAll(turns, waiting).map((position) => cells[position]!)
          begun.push(...now.map(({ position }) => position))
          running.push(...now)
          expect(running.filter(({ onHost }) => onHost).length).toBeLessThanOrEqual(atOnce)
          const ended = running.shift()
          if (ended) turns.end(ended, ended.seconds ?? 1)
        } while (running.length > 0 || waiting.size > 0)
        expect(new Set(begun).size).toBe(begun.length)
        for (const [name, most] of Object.entries(budget)) {
          const spent = begun.map((n) => cells[n]!).filter((one) => one.class === name)
          const known = spent.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)
          expect(known).toBeLessThanOrEqual(most)
        }
        for (const one of cells) if (!turns.isBudgeted(one)) expect(begun).toContain(one.position)
      }),
    )
  })

  it('a cell waits for one of its budget that may still go, and on this host for one that could begin', () => {
    const anyCell = fc.record({
      class: fc.constantFrom('qemu', 'fvp', 'board'),
      seconds: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      onHost: fc.boolean(),
    })
    const anyBudget = fc.dictionary(fc.constantFrom('qemu', 'fvp'), fc.integer({ min: 0, max: 60 }))
    const anyOrder = fc.array(fc.nat(), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 12 }), anyBudget, anyOrder, (drawn, budget, order) => {
        const cells = drawn.map((one, position) => cell(position, one))
        const entered = cells.toSorted((one, other) => (order[one.position] ?? 0) - (order[other.position] ?? 0))
        const turns = new Turns(cells.length + 1, budget)
        enter(turns, ...entered)
        // Alone, a cell is told only whether it fits.
        const fits = (one: Waiting): string => {
          const alone = new Turns(1, budget)
          alone.enter(one)
          return alone.turnOf(one)
        }
        const goesBefore = (other: Waiting, one: Waiting): boolean =>
          turns.isBudgeted(one) && other.class === one.class
            ? fits(other) !== 'never'
            : other.onHost && one.onHost && fits(other) === 'begin'
        for (const one of cells) {
          const waits = cells.slice(0, one.position).some((other) => goesBefore(other, one))
          expect(turns.turnOf(one)).toBe(fits(one) === 'begin' && waits ? 'wait' : fits(one))
        }
      }),
    )
  })

  it('it costs ten times as much for ten times the cells to say whose turn it is, not a hundred times', () => {
    let looks = 0
    const counting = (position: number): Waiting => ({
      ...cell(position),
      get class() {
        looks++
        return 'board'
      },
    })
    const cost = (count: number): number => {
      const turns = new Turns(1, { qemu: 25 })
      const cells = Array.from({ length: count }, (_, position) => counting(position))
      enter(turns, ...cells)
      looks = 0
      for (const one of cells) turns.turnOf(one)
      return looks
    }
    expect(cost(1_000)).toBeLessThanOrEqual(10 * cost(100))
  })
})

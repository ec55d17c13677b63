import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectedSeconds, mostTellingFirst, valueOf, values } from '../../../domain/night/order-cells.ts'
import { anyCells, earlier, tonight } from './nights.ts'

const order = (...cells: ReturnType<typeof tonight>[]) => mostTellingFirst(cells).map(({ number }) => number)
const goods = (count: number) => Array.from({ length: count }, () => earlier('pass'))

describe('the cells of a night', () => {
  it('come by what they tell: what was not good, what is not known, what moved, the rest', () => {
    const rest = tonight(1, goods(5))
    const moved = tonight(2, goods(5), { kernel: 'new' })
    const silent = tonight(3, [...goods(2), earlier(null), earlier('infra'), earlier('inconclusive')])
    const fresh = tonight(4)
    const failed = tonight(5, [...goods(3), earlier('fail')])
    const flaky = tonight(6, [...goods(3), earlier('flaky')])
    const fixed = tonight(7, [earlier('known-fail'), earlier('fixed')])
    expect(order(rest, moved, silent, fresh, failed, flaky, fixed)).toEqual([5, 6, 7, 4, 3, 2, 1])
  })

  it('are not good by their last night that said something, however many nights ago', () => {
    expect(valueOf(tonight(1, [earlier('fail'), earlier(null), earlier('infra'), earlier(null), earlier(null)]))).toBe(
      'not good',
    )
    expect(valueOf(tonight(1, [earlier('fail'), earlier('pass')]))).toBe('rest')
    expect(valueOf(tonight(1, [earlier('pass'), earlier(null), earlier(null)]))).toBe('rest')
  })

  it('come sooner the longer they were silent: what a window cut off last night goes before what it did not', () => {
    const cut = tonight(2, [earlier('pass'), earlier(null)])
    expect(order(tonight(1, goods(2)), cut)).toEqual([2, 1])
    expect(
      order(tonight(1, [...goods(1), earlier(null)]), tonight(2, [...goods(1), earlier(null), earlier(null)])),
    ).toEqual([2, 1])
  })

  it('come sooner the less they take, so that more fit a window, and else as the plan has them', () => {
    const taking = (number: number, seconds: number) => tonight(number, [earlier('pass', {}, { seconds })])
    expect(order(taking(1, 60), taking(2, 20), taking(3, 40), taking(4, 20))).toEqual([2, 4, 3, 1])
  })

  it('take as long as they took before, for each attempt', () => {
    const past = [earlier('pass', {}, { counted: 2, seconds: 50 }), earlier(null)]
    expect(expectedSeconds({ ...tonight(1, past), count: 3 })).toBe(75)
    expect(expectedSeconds(tonight(1, [earlier(null)]))).toBeUndefined()
  })

  it('are all there once, in whatever order the plan has them, and in one order for one past', () => {
    fc.assert(
      fc.property(anyCells, fc.infiniteStream(fc.nat()), (cells, draws) => {
        const ordered = mostTellingFirst(cells)
        expect(ordered.toSorted((a, b) => a.number - b.number)).toEqual(cells)
        const ranks = ordered.map((cell) => values.indexOf(valueOf(cell)))
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
        const shuffled = cells
          .map((cell) => ({ cell, at: draws.next().value }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ cell }) => cell)
        expect(mostTellingFirst(shuffled)).toEqual(ordered)
      }),
    )
  })
})

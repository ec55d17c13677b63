import { describe, expect, it } from 'vitest'
import { mostRounds } from '../../../domain/search/rerun-step.ts'
import type { Rerun } from '../../../domain/search/search.ts'
import { stepOf } from '../../../domain/search/step.ts'
import { rerunOf, seenOf } from './cells.ts'

/** Plays a rerun to its end; returns the order of the attempts, too. */
function play(search: Rerun, letter: (variant: number, attempt: number) => string) {
  const seen = new Map<number, string>()
  const order: number[] = []
  for (;;) {
    const step = stepOf(
      search,
      [...seen].map(([candidate, letters]) => seenOf(candidate, letters)),
    )
    if (step.is === 'over') return { ...step, order }
    const [candidate] = step.candidates as [number]
    const before = seen.get(candidate) ?? ''
    seen.set(candidate, before + letter(candidate, before.length))
    order.push(candidate)
  }
}

describe('a rerun with one input of an earlier result', () => {
  it('tries both by turns, and says that the input did it', () => {
    const end = play(rerunOf('kernel'), (variant) => (variant === 0 ? 'f' : 'p'))
    expect(end.order).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    expect(end).toMatchObject({
      exitCode: 0,
      sentence: 'ffa.usable comes out otherwise with the kernel of 11.1 (0 of 5 failed) than as it is (5 of 5 failed).',
    })
  })

  it('says that it did not, when both are steady and come to the same', () => {
    const end = play(rerunOf('kernel'), () => 'f')
    expect(end.exitCode).toBe(1)
    expect(end.sentence).toMatch(
      /^None of it did it: .* It comes out the same with the kernel of 11\.1 \(19 of 19 failed\)\.$/,
    )
  })

  it('leaves open what is not told after many attempts, and what says nothing', () => {
    const flaky = play(rerunOf('kernel'), (_variant, attempt) => (attempt % 2 === 0 ? 'f' : 'p'))
    expect(flaky.order).toHaveLength(2 * mostRounds)
    expect(flaky).toMatchObject({ exitCode: 1, sentence: expect.stringMatching(/^Not told: .* Open with the kernel/) })
    const mute = play(rerunOf('kernel'), (variant) => (variant === 0 ? 'f' : 'n'))
    expect(mute.sentence).toContain('Nothing can be told of it with the kernel of 11.1: It ended.')
  })

  it('ends where the cell as it is says nothing', () => {
    expect(stepOf(rerunOf('kernel'), [seenOf(0, 'nn')])).toMatchObject({ is: 'over', exitCode: 1 })
  })
})

describe('a rerun of all that moved', () => {
  it('tries each alone and all together, and says which did it', () => {
    const end = play(rerunOf('kernel', 'config', 'kernel and config'), (variant) =>
      'ffpp'[variant] === 'f' ? 'f' : 'p',
    )
    expect(end.order.slice(0, 4)).toEqual([0, 1, 2, 3])
    expect(end.sentence).toMatch(/otherwise with the config of 11\.1 .*, with the kernel and config of 11\.1 /)
    expect(end.sentence).toMatch(/It comes out the same with the kernel of 11\.1/)
    expect(end.exitCode).toBe(0)
  })
})

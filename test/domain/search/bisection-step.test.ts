import { describe, expect, it } from 'vitest'
import { candidateCount, candidateId, candidateOf } from '../../../domain/search/candidates.ts'
import type { Bisection } from '../../../domain/search/search.ts'
import { stepOf } from '../../../domain/search/step.ts'
import type { Tried } from '../../../domain/search/tried.ts'
import { bisectionOver, seenOf } from './cells.ts'

const series = ['0001-a.patch', '0002-b.patch', '0003-c.patch', '0004-d.patch']

/** Plays a search to its end; each attempt comes out as the letter says. */
function play(search: Bisection, letter: (version: number) => string, unbuilt: readonly number[] = []) {
  const seen = new Map<number, string>()
  let rounds = 0
  while (rounds < 500) {
    const tried: Tried[] = [...seen].map(([candidate, letters]) =>
      seenOf(candidate, letters, unbuilt.includes(candidate) ? { unbuilt: { message: 'No.', infra: false } } : {}),
    )
    const step = stepOf(search, tried)
    if (step.is === 'over') return { ...step, rounds, attempts: [...seen.values()].join('').length }
    for (const candidate of step.candidates)
      seen.set(candidate, `${seen.get(candidate) ?? ''}${unbuilt.includes(candidate) ? '' : letter(candidate)}`)
    rounds++
  }
  throw new Error('it never ends')
}

describe('the versions of a patch series', () => {
  it('have one patch more each, cells of their own, and are tried one attempt at a time', () => {
    const search = bisectionOver(series)
    expect(candidateCount(search)).toBe(5)
    const cells = [0, 1, 4].map((version) => candidateOf(search, version))
    expect(cells.map(({ name }) => name)).toEqual(['without patches', '0001-a.patch', '0004-d.patch'])
    expect(cells.map(({ cell }) => cell.kernel.patches.length)).toEqual([0, 1, 4])
    expect(cells.map(({ cell }) => cell.id)).toEqual([0, 1, 4].map((version) => candidateId(search, version)))
    expect(cells[1]!.cell.id).toBe('linux@1of4/ffa=y/optee/protected/qemu')
    expect(cells[1]!.cell.attempts).toEqual({ count: 1, infra: 2 })
  })

  it('begin behind the patches that were good before', () => {
    const search = bisectionOver(series, { versions: { of: 'patches', first: 2 } })
    expect(candidateCount(search)).toBe(3)
    expect(candidateOf(search, 0)).toMatchObject({ name: '0002-b.patch', cell: { kernel: { patches: { length: 2 } } } })
  })
})

describe('other versions', () => {
  it('are commits of a repository, or sources of releases', () => {
    const commits = bisectionOver([], {
      versions: { of: 'commits', url: '/linux.git', ids: ['a', 'b'].map((id) => id.repeat(40)) },
    })
    expect(candidateOf(commits, 1).cell.kernel.sources).toEqual([
      { kind: 'git', url: '/linux.git', ref: 'b'.repeat(40) },
    ])
    const sources = [{ kind: 'debian' as const, package: 'linux', version: '7.3.4-1' }]
    const releases = bisectionOver([], { versions: { of: 'releases', releases: [{ name: '7.3.4-1', sources }] } })
    expect(candidateOf(releases, 0)).toMatchObject({ name: '7.3.4-1', cell: { kernel: { sources } } })
  })
})

describe('a bisection over a patch series', () => {
  it.each([1, 2, 3, 4])('names the patch that did it: %d of 4', (culprit) => {
    const end = play(bisectionOver(series), (version) => (version >= culprit ? 'f' : 'p'))
    expect(end).toMatchObject({ is: 'over', exitCode: 0 })
    expect(end.sentence).toMatch(
      new RegExp(`^ffa\\.usable fails since ${series[culprit - 1]!.replaceAll('.', '\\.')} \\(`),
    )
    expect(end.sentence).toMatch(/: 0 of \d+ failed before, (\d+) of \1 since\.$/)
    expect(end.attempts).toBeLessThan(16)
  })

  it('names the patch that mended it, where a fix is looked for', () => {
    const end = play(bisectionOver(series, { seeks: 'fix' }), (version) => (version >= 3 ? 'p' : 'f'))
    expect(end.sentence).toMatch(
      /^ffa\.usable passes since 0003-c\.patch .*: (\d+) of \1 failed before, 0 of \d+ since\.$/,
    )
  })

  it('leaves out what does not build, and what does not come as far as the finding', () => {
    const unbuilt = play(bisectionOver(series), (version) => (version >= 3 ? 'f' : 'p'), [2, 3])
    expect(unbuilt.sentence).toMatch(
      /since one of 0002-b\.patch, 0003-c\.patch, 0004-d\.patch \(.*2 of them cannot be tried/,
    )
    const mute = play(bisectionOver(series), (version) => (version === 2 ? 'n' : version > 2 ? 'f' : 'p'))
    expect(mute.sentence).toMatch(/since one of 0002-b\.patch, 0003-c\.patch \(/)
  })

  it('counts no attempt that the lab broke, and ends where it breaks more often in a row than the plan allows', () => {
    const search = bisectionOver(series)
    expect(stepOf(search, [seenOf(0, 'iip')])).toMatchObject({ is: 'try' })
    expect(stepOf(search, [seenOf(0, 'piii')])).toEqual({
      is: 'over',
      exitCode: 3,
      sentence: 'The lab broke, so that without patches cannot be tried: QEMU died.',
    })
    const unbuilt = { message: 'The disk is full.', infra: true }
    expect(stepOf(search, [seenOf(2, '', { unbuilt })])).toMatchObject({ is: 'over', exitCode: 3 })
  })

  it('says so where the ends do not differ, or one of them says nothing', () => {
    const same = play(bisectionOver(series), () => 'p')
    expect(same).toMatchObject({ exitCode: 1, sentence: expect.stringContaining('there is nothing to look for') })
    const mute = play(bisectionOver(series), (version) => (version === 0 ? 'n' : 'f'))
    expect(mute).toMatchObject({
      exitCode: 1,
      sentence: expect.stringMatching(/^ffa\.usable cannot be told at without patches/),
    })
  })

  it('gives up after hundreds of attempts that tell nothing', () => {
    let turn = 0
    const end = play(bisectionOver(series, { confidence: 2 }), (version) =>
      turn++ % 3 === 0 ? 'f' : version > 2 ? 'f' : 'p',
    )
    expect(end).toMatchObject({
      exitCode: 1,
      sentence: expect.stringMatching(/^Not sure after 400 attempts; the likeliest/),
    })
  })

  it('tries several versions at once where places allow, none of them twice at a time', () => {
    const long = Array.from({ length: 40 }, (_, index) => `${index + 1}.patch`)
    const letter = (version: number) => (version >= 29 ? 'f' : 'p')
    const [one, four] = [1, 4].map((atOnce) => play(bisectionOver(long, { atOnce }), letter))
    expect(four!.sentence).toMatch(/^ffa\.usable fails since 29\.patch/)
    expect(four!.rounds).toBeLessThan(one!.rounds * 0.7)
    const step = stepOf(bisectionOver(long, { atOnce: 4 }), [])
    expect(step).toMatchObject({ is: 'try', candidates: [0, 40], likely: [20] })
  })

  it('tries the ends by turns, and has the middle built meanwhile', () => {
    const search = bisectionOver(series)
    const turns = ['', 'p'].flatMap((before) => [
      stepOf(search, [seenOf(0, before), seenOf(4, before.replace('p', 'f'))]),
      stepOf(search, [seenOf(0, `${before}p`), seenOf(4, before.replace('p', 'f'))]),
    ])
    expect(turns).toMatchObject([0, 4, 0, 4].map((end) => ({ candidates: [end], likely: [2] })))
  })

  it('names what is likely to be tried next, so that it can be built meanwhile', () => {
    const step = stepOf(bisectionOver(series), [seenOf(0, 'ppp'), seenOf(4, 'fff')])
    expect(step).toMatchObject({ is: 'try', candidates: [2], likely: expect.arrayContaining([1, 3]) })
  })
})

/** That git takes our logs is git's to say. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { subjectsOf } from '../../builds/source/history.ts'
import type { Bisection } from '../../domain/search/search.ts'
import { bisectLog } from '../../domain/search/git-log.ts'
import { stepOf } from '../../domain/search/step.ts'
import { commitAll, git, makeRepository, makeWorld } from '../builds/source/world.ts'
import { bisectionOver, seenOf } from '../domain/search/cells.ts'
import { seededRandom } from '../seeded-random.ts'

const culprit = 11
const broken = 7

/** A repository of 17 commits in a row, and a bisection over all of them. */
function makeRange(path: string, over: Partial<Bisection> = {}): { search: Bisection; ids: string[] } {
  const ids = [makeRepository(path, { a: '0\n' }).commit]
  for (let commit = 1; commit <= 16; commit++) {
    writeFileSync(join(path, 'a'), `${commit}\n`)
    ids.push(commitAll(path))
  }
  return { ids, search: bisectionOver([], { versions: { of: 'commits', url: path, ids }, ...over }) }
}

/** Plays it to its end with attempts that deceive; returns what was seen, in the order of the first attempts. */
function play(search: Bisection) {
  const random = seededRandom(20_261_130)
  const letters = new Map<number, string>()
  const unbuilt = { message: 'It does not build.', infra: false }
  for (;;) {
    const tried = [...letters].map(([version, seen]) => seenOf(version, seen, version === broken ? { unbuilt } : {}))
    const step = stepOf(search, tried)
    if (step.is === 'over') return { tried, sentence: step.sentence }
    const [version] = step.candidates as [number]
    const isNew = version >= culprit !== random() < 0.1
    const letter = version === broken ? '' : isNew === (search.seeks === 'failure') ? 'f' : 'p'
    letters.set(version, `${letters.get(version) ?? ''}${letter}`)
  }
}

describe('git bisect replay', () => {
  it.each(['failure', 'fix'] as const)('comes to the same commit from our log of a search for a %s', async (seeks) => {
    const { folder, context } = makeWorld()
    const path = join(folder, 'repo')
    const { search, ids } = makeRange(path, { seeks })
    const { tried, sentence } = play(search)
    expect(sentence).toContain(`since ${ids[culprit]!.slice(0, 12)} (`)
    const subjects = await subjectsOf(path, ids, context)
    const log = join(folder, 'log')
    writeFileSync(
      log,
      bisectLog(search, tried, (id) => subjects.get(id) ?? ''),
    )
    const said = execFileSync('git', ['-C', path, 'bisect', 'replay', log], { encoding: 'utf8' })
    expect(said).toContain(`${ids[culprit]} is the first ${seeks === 'failure' ? 'bad' : 'fixed'} commit`)
    const own = git(path, 'bisect', 'log').split('\n')
    const commands = (lines: string[]) => lines.filter((line) => /^git bisect (?!start)/.test(line))
    expect(commands(own)).toEqual(commands(bisectLog(search, tried, () => '').split('\n')))
  })
})

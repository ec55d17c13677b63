import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { commitsBetween, subjectsOf } from '../../../builds/source/history.ts'
import { commitAll, git, makeRepository, makeWorld } from './world.ts'

/** A repository of a chain of commits, with a branch of two merged behind its second one. @returns the ids of the chain */
function makeHistory(path: string): string[] {
  const ids = [makeRepository(path, { a: '0\n' }).commit]
  const commit = (text: string): string => {
    writeFileSync(join(path, 'a'), text)
    return commitAll(path)
  }
  ids.push(commit('1\n'))
  git(path, 'checkout', '-q', '-b', 'side')
  for (const name of ['b', 'c']) {
    writeFileSync(join(path, name), name)
    commitAll(path)
  }
  git(path, 'checkout', '-q', 'main')
  ids.push(commit('2\n'))
  git(path, 'merge', '-q', '--no-ff', '-m', 'A merge', 'side')
  ids.push(git(path, 'rev-parse', 'HEAD'), commit('3\n'))
  return ids
}

test.each(['local', 'fetched'])(
  'a range of a %s repository goes through first parents, oldest first, merges as one',
  async (kind) => {
    const { folder, context } = makeWorld()
    const path = join(folder, 'repo')
    const ids = makeHistory(path)
    git(path, 'tag', 'good', ids[1]!)
    git(path, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    git(path, 'config', 'uploadpack.allowFilter', 'true')
    const url = kind === 'local' ? path : pathToFileURL(path).href
    expect(await commitsBetween({ url }, ['good', 'main'], context)).toEqual({ ids: ids.slice(1), turned: false })
    expect(await commitsBetween({ url }, ['main', ids[1]!], context)).toEqual({ ids: ids.slice(1), turned: true })
    expect(await subjectsOf(url, [ids[3]!, 'f'.repeat(40)], context)).toEqual(new Map([[ids[3], 'A merge']]))
  },
)

test('ends that are no range are named', async () => {
  const { folder, context } = makeWorld()
  const path = join(folder, 'repo')
  const ids = makeHistory(path)
  const between = (...ends: [string, string]) => commitsBetween({ url: path }, ends, context)
  await expect(between('v1', 'main')).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringContaining('no commit v1'),
  })
  await expect(between('main', ids[4]!)).rejects.toMatchObject({
    message: expect.stringContaining('are the same commit'),
  })
  git(path, 'checkout', '-q', '--orphan', 'other')
  commitAll(path)
  await expect(between('other', 'main')).rejects.toMatchObject({
    message: expect.stringMatching(/^Neither of other and main/),
  })
  const gone = commitsBetween({ url: 'file:///nowhere.git' }, ['a', 'b'], context)
  await expect(gone).rejects.toMatchObject({ code: 'SourceMissing', retryable: true })
})

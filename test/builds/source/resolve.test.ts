/** Sources that move, resolved in real git repositories, by path and by URL. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { obtainSource, sourceIdentity } from '../../../builds/source/obtain.ts'
import { resolveLocation, SourceResolver } from '../../../builds/source/resolve.ts'
import type { SourceLocation } from '../../../domain/cell.ts'
import { commitAll, git, makeRepository, makeWorld } from './world.ts'

/** A repository on a branch and ways to name it. */
function makeOrigin() {
  const { folder, context, said } = makeWorld()
  const { path, commit } = makeRepository(join(folder, 'repo'), { a: 'one\n' })
  const moveOn = (text: string): string => {
    writeFileSync(join(path, 'a'), text)
    return commitAll(path)
  }
  return { path, url: pathToFileURL(path).href, commit, context, said, moveOn }
}
const branch = (url: string, ref = 'main'): SourceLocation => ({ kind: 'git', url, ref })
const newest = (name: string, pattern: string): SourceLocation => ({ kind: 'newest', of: 'git', name, pattern })

test.each(['path', 'url'] as const)(
  'a branch by %s is a commit from then on: it is built from that also when the branch has moved on',
  async (how) => {
    const origin = makeOrigin()
    const first = await resolveLocation(branch(origin[how]), origin.context)
    expect(first).toEqual({ kind: 'git', url: origin[how], ref: origin.commit, was: 'main' })
    const identity = await sourceIdentity([first], [], origin.context)
    const second = origin.moveOn('two\n')
    // Never fetched before: what the branch was has to be had by its commit.
    const tree = await obtainSource([first], [], origin.context)
    expect(tree.identity).toEqual({ source: `commit:${origin.commit}`, patches: [] })
    expect(identity).toEqual(tree.identity)
    expect(git(origin.path, 'show', `${origin.commit}:a`)).toBe('one')
    expect(await resolveLocation(branch(origin[how]), origin.context)).toMatchObject({ ref: second })
  },
)

test('a tag goes before a branch of its name, and an annotated one is the commit that it names', async () => {
  const { path, url, commit, context, moveOn } = makeOrigin()
  git(path, 'tag', '-a', 'v1', '-m', 'one')
  git(path, 'branch', 'v2')
  const second = moveOn('two\n')
  git(path, 'tag', 'v2')
  for (const where of [path, url]) {
    expect(await resolveLocation(branch(where, 'v1'), context)).toMatchObject({ ref: commit })
    expect(await resolveLocation(branch(where, 'refs/heads/v2'), context)).toMatchObject({ ref: commit })
    expect(await resolveLocation(branch(where, 'v2'), context)).toMatchObject({ ref: second })
    expect(await resolveLocation(branch(where, 'HEAD'), context)).toMatchObject({ ref: second })
  }
})

test.each(['path', 'url'] as const)('the newest tag that fits, by %s, is the newest by version', async (how) => {
  const origin = makeOrigin()
  git(origin.path, 'tag', '-a', 'v6.19-rc9', '-m', 'nine')
  const second = origin.moveOn('two\n')
  git(origin.path, 'tag', '-a', 'v6.19-rc10', '-m', 'ten')
  origin.moveOn('three\n')
  git(origin.path, 'tag', 'v6.18')
  expect(await resolveLocation(newest(origin[how], 'v*-rc*'), origin.context)).toEqual({
    kind: 'git',
    url: origin[how],
    ref: second,
    was: 'v6.19-rc10, the newest of v*-rc*',
  })
  await expect(resolveLocation(newest(origin[how], 'v7.*'), origin.context)).rejects.toMatchObject({
    code: 'SourceMissing',
    message: expect.stringMatching(/^No tag of the git repository .*repo fits v7\.\*; it has 3\.$/),
  })
})

test('the newest is obtained also by who did not resolve it before', async () => {
  const { path, commit, context, moveOn } = makeOrigin()
  git(path, 'tag', 'v1')
  moveOn('two\n')
  expect((await obtainSource([newest(path, 'v*')], [], context)).identity.source).toBe(`commit:${commit}`)
})

test('what names a source for good is left as it is, and needs nobody to be reached', async () => {
  const { context } = makeOrigin()
  const commit = 'a'.repeat(40)
  const exact: SourceLocation[] = [
    { kind: 'git', url: 'https://git.invalid/linux.git', ref: commit },
    { kind: 'debian', package: 'linux', version: '6.18.5-1' },
    { kind: 'tree', path: '/nowhere', snapshot: commit },
  ]
  for (const location of exact) expect(await resolveLocation(location, context)).toBe(location)
  const resolver = new SourceResolver(context)
  const sources = [exact[1]!, branch('https://git.invalid/linux.git')]
  expect(await resolver.resolve(sources)).toEqual(sources)
})

test('of several locations the first that can be resolved is taken alone, and it is said which could not', async () => {
  const { path, url, commit, context, said } = makeOrigin()
  const gone = pathToFileURL(join(path, 'gone')).href
  const resolver = new SourceResolver(context)
  const exact: SourceLocation = { kind: 'tarball', url: 'https://example.org/linux.tar.xz' }
  expect(await resolver.resolve([branch(gone), branch(url), exact])).toEqual([
    { kind: 'git', url, ref: commit, was: 'main' },
  ])
  expect(said).toEqual([
    expect.stringMatching(/^The refs of .*gone cannot be listed: .* Going on with the next location\.$/),
  ])
  expect(await resolver.resolve([branch(gone), exact])).toEqual([exact])
  await expect(resolver.resolve([branch(gone)])).rejects.toMatchObject({ code: 'SourceMissing', retryable: true })
  await expect(resolver.resolve([branch(url, 'none')])).rejects.toMatchObject({
    message: `The git repository ${url} has no ref none.`,
    retryable: false,
  })
})

test('kernels of one run that share a branch have one commit, whatever happens between them', async () => {
  const { path, url, commit, context, moveOn } = makeOrigin()
  const resolver = new SourceResolver(context)
  const first = await resolver.resolve([branch(url)])
  moveOn('two\n')
  rmSync(path, { recursive: true })
  expect(await resolver.resolve([branch(url)])).toEqual(first)
  expect(first).toMatchObject([{ ref: commit }])
})

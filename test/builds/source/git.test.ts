import { chmodSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { obtainSource, sourceIdentity } from '../../../builds/source/obtain.ts'
import { commitAll, git, makeRepository, makeWorld, writeFiles } from './world.ts'

const content = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )

test('a ref of a local repository is known by its commit, and what is not committed does not count', async () => {
  const { folder, context } = makeWorld()
  const { path, commit } = makeRepository(join(folder, 'repo'), { a: 'one\n', 'd/b': 'two\n' })
  writeFileSync(join(path, 'a'), 'changed\n')
  const location = { kind: 'git' as const, url: path, ref: 'main' }
  expect(await sourceIdentity([location], [], context)).toEqual({ source: `commit:${commit}`, patches: [] })
  const tree = await obtainSource([location], [], context)
  expect(content(tree.folder)).toEqual({ a: 'one\n', 'd/b': 'two\n' })
  expect(tree.epoch).toBe(1767323045)
  expect(git(path, 'status', '--short')).toBe('M a')
  expect((await obtainSource([{ ...location, ref: commit }], [], context)).folder).toBe(tree.folder)
})

test('a ref by URL is fetched without history, and again when it moved', async () => {
  const { folder, context } = makeWorld()
  const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n' })
  writeFileSync(join(path, 'a'), 'two\n')
  const second = commitAll(path)
  const location = { kind: 'git' as const, url: pathToFileURL(path).href, ref: 'main' }
  const tree = await obtainSource([location], [], context)
  expect(tree.identity.source).toBe(`commit:${second}`)
  expect(content(tree.folder)).toEqual({ a: 'two\n' })
  const [clone] = readdirSync(join(context.folders.cache, 'git')).filter((name) => name.endsWith('.git'))
  expect(git(join(context.folders.cache, 'git', clone ?? ''), 'rev-list', '--all', '--count')).toBe('1')
  writeFileSync(join(path, 'a'), 'three\n')
  const third = commitAll(path)
  expect((await sourceIdentity([location], [], context)).source).toBe(`commit:${third}`)
  rmSync(path, { recursive: true })
  expect(content((await obtainSource([{ ...location, ref: third }], [], context)).folder)).toEqual({ a: 'three\n' })
})

test('a ref that is not there is named with its repository', async () => {
  const { folder, context } = makeWorld()
  const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n' })
  const missing = { code: 'SourceMissing', message: expect.stringMatching(/v9.*repo|repo.*v9/) }
  await expect(obtainSource([{ kind: 'git', url: path, ref: 'v9' }], [], context)).rejects.toMatchObject(missing)
  const url = pathToFileURL(path).href
  await expect(obtainSource([{ kind: 'git', url, ref: 'v9' }], [], context)).rejects.toMatchObject(missing)
})

test('a work tree counts with its edits and new files, without what it ignores', async () => {
  const { folder, context } = makeWorld()
  const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n', gone: 'x\n', '.gitignore': '*.o\n' })
  const location = { kind: 'tree' as const, path }
  const clean = await obtainSource([location], [], context)
  writeFiles(path, { a: 'edited\n', new: 'n\n', 'a.o': 'object\n' })
  rmSync(join(path, 'gone'))
  const edited = await obtainSource([location], [], context)
  expect(content(edited.folder)).toEqual({ a: 'edited\n', new: 'n\n', '.gitignore': '*.o\n' })
  expect(edited.identity.source).not.toBe(clean.identity.source)
  // The snapshot taken before is what it was, and back again means equal again.
  expect(content(clean.folder)).toEqual({ a: 'one\n', gone: 'x\n', '.gitignore': '*.o\n' })
  writeFiles(path, { a: 'one\n', gone: 'x\n' })
  rmSync(join(path, 'new'))
  expect(await sourceIdentity([location], [], context)).toEqual(clean.identity)
  // Nothing was written into the user's repository.
  expect(git(path, 'status', '--short')).toBe('')
  expect(git(path, 'count-objects')).toMatch(/^5 objects/)
})

test('a plain folder counts whole, executables and all', async () => {
  const { folder, context } = makeWorld()
  const path = writeFiles(join(folder, 'plain'), { 'run.sh': '#!/bin/sh\n', '.gitignore': '*.o\n', 'x.o': 'kept\n' })
  const location = { kind: 'tree' as const, path }
  const before = await sourceIdentity([location], [], context)
  chmodSync(join(path, 'run.sh'), 0o755)
  const tree = await obtainSource([location], [], context)
  expect(tree.identity).not.toEqual(before)
  expect(Object.keys(content(tree.folder)).sort()).toEqual(['.gitignore', 'run.sh', 'x.o'])
  expect(statSync(join(tree.folder, 'run.sh')).mode & 0o111).not.toBe(0)
})

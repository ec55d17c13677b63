/** Work trees as they are at one moment, in real git repositories of every kind that people work in. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { obtainSource } from '../../../builds/source/obtain.ts'
import { resolveLocation } from '../../../builds/source/resolve.ts'
import type { SourceContext } from '../../../builds/source/source.ts'
import type { TreeLocation } from '../../../domain/cell.ts'
import { commitAll, git, makeRepository, makeWorld, writeFiles } from './world.ts'

const content = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )
const treeOf = (path: string): TreeLocation => ({ kind: 'tree', path })
const freeze = async (path: string, context: SourceContext) =>
  (await resolveLocation(treeOf(path), context)) as TreeLocation
/** What is built of a tree. */
const built = async (location: TreeLocation, context: SourceContext) =>
  content((await obtainSource([location], [], context)).folder)
/** The repository in which the snapshots of a world are. */
const kept = (context: SourceContext): string => {
  const folder = join(context.folders.cache, 'git')
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.git'))!,
  )
}

describe('a tree that is frozen', () => {
  test('is built as it was then, whatever is edited, added or deleted after it', async () => {
    const { folder, context } = makeWorld()
    const { path, commit } = makeRepository(join(folder, 'repo'), { a: 'one\n', gone: 'x\n', '.gitignore': '*.o\n' })
    writeFiles(path, { a: 'edited\n', new: 'n\n', 'a.o': 'object\n' })
    const location = await freeze(path, context)
    expect(location.was).toBe(`commit ${commit.slice(0, 12)} with changes that are not committed`)
    writeFiles(path, { a: 'again\n', newer: 'n\n' })
    rmSync(join(path, 'gone'))
    const before = { a: 'edited\n', new: 'n\n', gone: 'x\n', '.gitignore': '*.o\n' }
    expect(await built(location, context)).toEqual(before)
    commitAll(path)
    rmSync(join(context.folders.cache, 'sources'), { recursive: true })
    expect(await built(location, context)).toEqual(before)
    expect((await freeze(path, context)).snapshot).not.toBe(location.snapshot)
    expect(await resolveLocation(location, context)).toBe(location)
  })

  test('is built also when the cache lost its snapshot, as long as nobody changed it; else it is refused', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n' })
    writeFiles(path, { a: 'two\n' })
    const location = await freeze(path, context)
    rmSync(context.folders.cache, { recursive: true })
    expect(await built(location, context)).toEqual({ a: 'two\n' })
    rmSync(context.folders.cache, { recursive: true })
    writeFiles(path, { a: 'three\n' })
    await expect(obtainSource([location], [], context)).rejects.toMatchObject({
      code: 'BadInput',
      retryable: false,
      message: `The snapshot ${location.snapshot!.slice(0, 12)} of ${path} is no longer whole, and the tree is another one now: run the plan again.`,
    })
  })

  test('of which git deleted what was committed is taken again where its files are the same, and else refused', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n' })
    const location = await freeze(path, context)
    rmSync(join(path, '.git', 'objects'), { recursive: true })
    execFileSync('git', ['init', '-q', path])
    expect(await built(location, context)).toEqual({ a: 'one\n' })
    const other = makeWorld()
    const second = makeRepository(join(other.folder, 'repo'), { a: 'one\n' })
    const lost = await freeze(second.path, other.context)
    rmSync(second.path, { recursive: true })
    await expect(obtainSource([lost], [], other.context)).rejects.toMatchObject({
      code: 'BadInput',
      message: expect.stringMatching(/^The snapshot .* is no longer whole/),
    })
  })
})

describe('a tree that is edited while it is read', () => {
  test('is read again, so that a snapshot never has one half of an edit', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: '1\n', z: '1\n' })
    // The first round has read both.
    const location = await freeze(path, {
      ...context,
      progress: ({ phase, done }) => {
        if (phase === 'snapshot' && done === 1) writeFiles(path, { a: '2\n', z: '2\n', new: '2\n' })
      },
    })
    expect(await built(location, context)).toEqual({ a: '2\n', z: '2\n', new: '2\n' })
  })

  test('is seen to be, also where size and time of the file stay what they were', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: '1\n' })
    const location = await freeze(path, {
      ...context,
      progress: ({ phase, done }) => {
        if (phase !== 'snapshot' || done !== 1) return
        const { atime, mtime } = statSync(join(path, 'a'))
        writeFileSync(join(path, 'a'), '2\n')
        utimesSync(join(path, 'a'), atime, mtime)
      },
    })
    expect(await built(location, context)).toEqual({ a: '2\n' })
  })

  test('each time anew is refused, and the file is named', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: '1\n' })
    let number = 0
    const restless = freeze(path, {
      ...context,
      progress: ({ phase, done }) => {
        if (phase === 'snapshot' && done > 0) writeFiles(path, { 'log.txt': `${number++}\n`.repeat(number) })
      },
    })
    await expect(restless).rejects.toMatchObject({
      code: 'BadInput',
      message: expect.stringMatching(
        /^The tree .*repo does not come to rest: log\.txt was written each of the 5 times that it was read\. /,
      ),
    })
  })
})

describe('git’s variables in the environment', () => {
  test('lead to no other repository than the one that is named', async () => {
    const { folder, context } = makeWorld()
    const { path, commit } = makeRepository(join(folder, 'repo'), { a: 'mine\n' })
    const other = makeRepository(join(folder, 'other'), { a: 'other\n', b: 'other\n' })
    vi.stubEnv('GIT_DIR', join(other.path, '.git'))
    vi.stubEnv('GIT_WORK_TREE', other.path)
    vi.stubEnv('GIT_INDEX_FILE', join(other.path, '.git', 'index'))
    vi.stubEnv('GIT_OBJECT_DIRECTORY', join(other.path, '.git', 'objects'))
    vi.stubEnv('GIT_CEILING_DIRECTORIES', folder)
    vi.stubEnv('GIT_CONFIG_COUNT', '1')
    vi.stubEnv('GIT_CONFIG_KEY_0', 'core.worktree')
    vi.stubEnv('GIT_CONFIG_VALUE_0', other.path)
    const before = readFileSync(join(other.path, '.git', 'index'))
    try {
      const tree = await freeze(path, context)
      expect(tree.was).toBe(`commit ${commit.slice(0, 12)}`)
      expect(await built(tree, context)).toEqual({ a: 'mine\n' })
      const ref = await resolveLocation({ kind: 'git', url: path, ref: 'main' }, context)
      expect(ref).toMatchObject({ ref: commit })
      expect(content((await obtainSource([ref], [], context)).folder)).toEqual({ a: 'mine\n' })
    } finally {
      vi.unstubAllEnvs()
    }
    expect(readFileSync(join(other.path, '.git', 'index'))).toEqual(before)
  })
})

describe('a repository inside of the tree', () => {
  test('counts with its edits and new files, without what it ignores, however deep it lies', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n' })
    const inner = makeRepository(join(path, 'drivers', 'mine'), { b: 'one\n', '.gitignore': '*.o\n' })
    makeRepository(join(inner.path, 'deep'), { c: 'one\n' })
    writeFiles(inner.path, { b: 'edited\n', new: 'n\n', 'b.o': 'object\n' })
    const mine = { 'drivers/mine/b': 'edited\n', 'drivers/mine/new': 'n\n', 'drivers/mine/.gitignore': '*.o\n' }
    const all = { a: 'one\n', ...mine, 'drivers/mine/deep/c': 'one\n' }
    const location = await freeze(path, context)
    expect(await built(location, context)).toEqual(all)
    writeFiles(inner.path, { b: 'two\n' })
    expect((await freeze(path, context)).snapshot).not.toBe(location.snapshot)
  })

  test('that is a submodule counts where it is checked out, and the tree is refused where it is not', async () => {
    const { folder, context } = makeWorld()
    const library = makeRepository(join(folder, 'library'), { l: 'one\n' })
    const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n' })
    git(path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.path, 'lib/one')
    commitAll(path)
    writeFiles(path, { 'lib/one/l': 'edited\n' })
    expect(await built(await freeze(path, context), context)).toMatchObject({ a: 'one\n', 'lib/one/l': 'edited\n' })
    const clone = join(folder, 'clone')
    git(folder, 'clone', '-q', path, clone)
    await expect(freeze(clone, context)).rejects.toMatchObject({
      code: 'BadInput',
      message: `The submodule lib/one of ${clone} is not checked out, and a build would lack it: git -C ${clone} submodule update --init --recursive, or git rm what is not needed.`,
    })
    rmSync(join(clone, 'lib'), { recursive: true })
    await expect(freeze(clone, context)).rejects.toMatchObject({ message: expect.stringMatching(/submodule lib\/one/) })
  })
})

describe('a work tree', () => {
  test('of `git worktree add`, and one that is a shallow clone, are trees like others', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n' })
    writeFiles(path, { a: 'two\n' })
    commitAll(path)
    const second = join(folder, 'second')
    git(path, 'worktree', 'add', '-q', '-b', 'side', second)
    const shallow = join(folder, 'shallow')
    git(folder, 'clone', '-q', '--depth', '1', pathToFileURL(path).href, shallow)
    for (const tree of [second, shallow]) {
      writeFiles(tree, { new: `of ${tree}\n` })
      const location = await freeze(tree, context)
      expect(location.was).toMatch(/^commit [0-9a-f]{12} with changes/)
      expect(await built(location, context)).toEqual({ a: 'two\n', new: `of ${tree}\n` })
    }
  })

  test('is taken as its files are, whatever git was told to convert or not to look at', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n', hidden: 'x\n', assumed: 'one\n', soon: 'n\n' })
    git(path, 'config', 'filter.loud.clean', 'tr a-z A-Z')
    writeFiles(path, { '.gitattributes': 'a filter=loud\n*.txt text eol=crlf\n', 'b.txt': 'b\r\n', a: 'quiet\n' })
    commitAll(path)
    git(path, 'update-index', '--assume-unchanged', 'assumed')
    git(path, 'update-index', '--skip-worktree', 'hidden')
    rmSync(join(path, 'hidden'))
    writeFiles(path, { assumed: 'two\n', later: 'new\n' })
    git(path, 'add', '--intent-to-add', 'later')
    expect(git(path, 'show', 'HEAD:a')).toBe('QUIET')
    expect(await built(await freeze(path, context), context)).toEqual({
      a: 'quiet\n',
      'b.txt': 'b\r\n',
      '.gitattributes': 'a filter=loud\n*.txt text eol=crlf\n',
      assumed: 'two\n',
      soon: 'n\n',
      later: 'new\n',
    })
  })

  test('that another repository ignores is a folder like any, and a part of a repository is that part', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { '.gitignore': 'trees/\n*.o\n', 'part/p': 'one\n' })
    writeFiles(path, { 'trees/linux/x.c': 'x\n', 'trees/linux/x.o': 'x\n', 'part/p.o': 'object\n' })
    const ignored = await freeze(join(path, 'trees', 'linux'), context)
    expect(await built(ignored, context)).toEqual({ 'x.c': 'x\n', 'x.o': 'x\n' })
    const part = await freeze(join(path, 'part'), context)
    expect(part.was).toMatch(/^commit [0-9a-f]{12}$/)
    expect(await built(part, context)).toEqual({ p: 'one\n' })
  })

  test('whose repository git cannot read is refused, and not taken for a folder of files', async () => {
    const { folder, context } = makeWorld()
    const path = writeFiles(join(folder, 'tree'), { a: 'one\n', '.git': 'gitdir: /nowhere/at/all\n' })
    await expect(freeze(path, context)).rejects.toMatchObject({
      code: 'BadInput',
      message: expect.stringMatching(/^The git work tree .*tree cannot be read: not a git repository: \/nowhere/),
    })
  })

  test('costs the cache its differences alone, and what git knows to be as it was is not read', async () => {
    const { folder, context } = makeWorld()
    const { path } = makeRepository(join(folder, 'repo'), { a: 'one\n', 'd/b': 'two\n', 'd/c': 'three\n' })
    writeFiles(path, { 'd/b': 'edited\n' })
    await freeze(path, context)
    // The file that was edited, its folder, and the whole: all else is in the user's repository.
    expect(git(kept(context), 'count-objects')).toMatch(/^3 objects/)
    expect(git(path, 'status', '--short')).toBe('M d/b')
    expect(git(path, 'count-objects')).toMatch(/^6 objects/)
    expect(existsSync(join(kept(context), 'snapshot.json'))).toBe(true)
  })
})

import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { compareTrees } from '../../../builds/source/compare-trees.ts'
import { tempFolder } from '../../host/temp-folder.ts'

const at = 1_700_000_000
const never = new AbortController().signal

async function put(tree: string, path: string, text: string, seconds = at): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true })
  await writeFile(join(tree, path), text)
  await utimes(join(tree, path), seconds, seconds)
}

it('tells what differs, by size, link and bytes', async () => {
  const [from, to] = [await tempFolder(), await tempFolder()]
  for (const tree of [from, to]) {
    await put(tree, 'same', 'as it was')
    await put(tree, 'a b/und\u00e4\nline', 'as it was')
    await symlink('same', join(tree, 'link'))
  }
  await put(from, 'touched', 'equal bytes')
  await put(to, 'touched', 'equal bytes', at + 5)
  await put(from, 'longer', 'a')
  await put(to, 'longer', 'ab')
  await put(from, 'other', `${'x'.repeat(2_000_000)}a`)
  await put(to, 'other', `${'x'.repeat(2_000_000)}b`, at + 5)
  await symlink('same', join(from, 'moved'))
  await symlink('longer', join(to, 'moved'))
  await put(from, 'becomes a link', 'same')
  await symlink('same', join(to, 'becomes a link'))
  await put(from, 'gone/file', '')
  await put(to, 'new/file', '')

  const { changed, added, removed, same } = await compareTrees(from, to, never)
  expect(changed.toSorted()).toEqual(['becomes a link', 'longer', 'moved', 'other'])
  expect(added).toEqual(['new/file'])
  expect(removed).toEqual(['gone/file'])
  expect([...same.keys()].toSorted()).toEqual(['a b/und\u00e4\nline', 'link', 'same', 'touched'])
  expect(same.get('touched')).toBe((at + 5) * 1000)
})

it('takes files of one size and one time for equal: one archive has them', async () => {
  const [from, to] = [await tempFolder(), await tempFolder()]
  await put(from, 'file', 'a')
  await put(to, 'file', 'b')
  expect((await compareTrees(from, to, never)).changed).toEqual([])
})

it('tells many files of one size apart, too, whatever their names', async () => {
  const [from, to] = [await tempFolder(), await tempFolder()]
  for (let n = 0; n < 600; n++) {
    await put(from, `d/${n}.c`, 'a')
    await put(to, `d/${n}.c`, n % 100 === 7 ? 'b' : 'a', at + 5)
  }
  for (const name of ["it's", 'with blank', 'differ and', 'ä']) {
    await put(from, name, 'a')
    await put(to, name, name.startsWith('w') ? 'b' : 'a', at + 5)
  }
  const { changed, same } = await compareTrees(from, to, never)
  expect(changed.toSorted()).toEqual(['d/107.c', 'd/207.c', 'd/307.c', 'd/407.c', 'd/507.c', 'd/7.c', 'with blank'])
  expect(same.size).toBe(604 - 7)
})

it('ends when it is cancelled', async () => {
  const tree = await tempFolder()
  await expect(compareTrees(tree, tree, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
})

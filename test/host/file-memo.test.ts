import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FileMemo } from '../../host/file-memo.ts'
import { tempFolder } from './temp-folder.ts'

/** A memo of the texts of files, and how often it read one. */
function textMemo() {
  const memo = new FileMemo<string>()
  let reads = 0
  const textOf = (path: string, question = ''): Promise<string> =>
    memo.of(path, question, async () => {
      reads++
      return `${question}${await readFile(path, 'utf8')}`
    })
  return { textOf, reads: () => reads }
}

test('works a thing out once for each question, also for those who ask meanwhile', async () => {
  const file = join(await tempFolder(), 'file')
  writeFileSync(file, 'one')
  const { textOf, reads } = textMemo()
  expect(await Promise.all([textOf(file), textOf(file)])).toEqual(['one', 'one'])
  expect(await textOf(file)).toBe('one')
  expect(reads()).toBe(1)
  expect(await textOf(file, 'q')).toBe('qone')
  expect(reads()).toBe(2)
})

test('works it out again when the file was replaced, even by one of the same size and time', async () => {
  const folder = await tempFolder()
  const file = join(folder, 'file')
  writeFileSync(file, 'one')
  const { textOf } = textMemo()
  expect(await textOf(file)).toBe('one')
  writeFileSync(join(folder, 'new'), 'two')
  renameSync(join(folder, 'new'), file)
  expect(await textOf(file)).toBe('two')
})

test('works it out again when a symbolic link leads elsewhere', async () => {
  const folder = await tempFolder()
  for (const name of ['a', 'b']) writeFileSync(join(folder, name), name)
  const link = join(folder, 'link')
  symlinkSync('a', link)
  const { textOf } = textMemo()
  expect(await textOf(link)).toBe('a')
  rmSync(link)
  symlinkSync('b', link)
  expect(await textOf(link)).toBe('b')
})

test('keeps no failure', async () => {
  const file = join(await tempFolder(), 'file')
  writeFileSync(file, '')
  const memo = new FileMemo<string>()
  await expect(memo.of(file, '', () => Promise.reject(new Error('not now')))).rejects.toThrow('not now')
  expect(await memo.of(file, '', async () => 'now')).toBe('now')
  await expect(memo.of(`${file}-none`, '', async () => 'x')).rejects.toMatchObject({ code: 'ENOENT' })
})

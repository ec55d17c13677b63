import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFile, replaceFile } from '../../host/whole-file.ts'
import { tempFolder } from './temp-folder.ts'

it('a file is replaced as a whole, for this user alone or for whom it is meant', async () => {
  const file = join(await tempFolder(), 'file')
  await writeFile(file, 'old')
  await replaceFile(file, 'new')
  expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['new', 0o600])
  await replaceFile(file, 'newer', 0o644)
  expect((await stat(file)).mode & 0o777 & ~process.umask()).toBe(0o644 & ~process.umask())
})

it('what cannot be put in its place leaves nothing behind', async () => {
  const folder = await tempFolder()
  const file = join(folder, 'there')
  await mkdir(join(file, 'below'), { recursive: true })
  await expect(replaceFile(file, 'new')).rejects.toMatchObject({ code: 'EISDIR' })
  expect(await readdir(folder)).toEqual(['there'])
})

it('a file that is there already is left alone', async () => {
  const folder = await tempFolder()
  const file = join(folder, 'file')
  expect([await createFile(file, 'one'), await createFile(file, 'two')]).toEqual([true, false])
  expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['one', ['file']])
})

import { execa } from 'execa'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { labId } from '../../worker/lab-id.ts'
import { tempFolder } from '../host/temp-folder.ts'

const script = `
  import { labId } from ${JSON.stringify(new URL('../../worker/lab-id.ts', import.meta.url).href)}
  console.log(await labId(process.argv[1]))`

it('is one id for all processes that ask at the same moment, and nothing else is left', async () => {
  const state = join(await tempFolder(), 'not', 'there', 'yet')
  const asked = Array.from({ length: 8 }, () =>
    execa(process.execPath, ['--input-type=module', '--eval', script, state]),
  )
  const ids = new Set((await Promise.all(asked)).map(({ stdout }) => stdout))
  expect(ids.size).toBe(1)
  expect([...ids][0]).toMatch(/^[0-9a-f]{8}$/)
  expect(await readdir(state)).toEqual(['lab-id'])
})

it('is one id for all who ask within one process', async () => {
  const state = await tempFolder()
  expect(new Set(await Promise.all(Array.from({ length: 20 }, () => labId(state)))).size).toBe(1)
  expect(await readdir(state)).toEqual(['lab-id'])
})

it('stays what it is', async () => {
  const state = await tempFolder()
  await writeFile(join(state, 'lab-id'), 'cafe0001\n')
  expect(await labId(state)).toBe('cafe0001')
  expect(await readFile(join(state, 'lab-id'), 'utf8')).toBe('cafe0001\n')
})

it('differs between folders', async () => {
  const folder = await tempFolder()
  await mkdir(join(folder, 'a'))
  expect(await labId(join(folder, 'a'))).not.toBe(await labId(join(folder, 'b')))
})

import { chmod, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { findModel } from '../../../targets/fvp/find-model.ts'
import { Here } from '../../../targets/fvp/here.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { never, standIn } from './stand-in.ts'

afterEach(() => vi.unstubAllEnvs())

const name = 'FVP_Base_RevC-2xAEMvA'

async function program(text: string): Promise<string> {
  const file = join(await tempFolder(), name)
  await writeFile(file, text)
  await chmod(file, 0o755)
  return file
}

test('the path that the lab says is asked for its version', async () => {
  expect(await findModel({ binary: standIn }, new Here(), never)).toEqual({
    path: standIn,
    by: 'the lab',
    version: "11.31.28 (stand-in, nothing of Arm's)",
  })
})

test('a name is looked for on PATH', async () => {
  vi.stubEnv('PATH', `${dirname(standIn)}:${process.env['PATH']}`)
  expect(await findModel({ binary: name }, new Here(), never)).toMatchObject({ path: standIn, by: 'the lab' })
})

test('FVP_BIN goes before what the lab says', async () => {
  vi.stubEnv('FVP_BIN', standIn)
  expect(await findModel({ binary: '/nowhere' }, new Here(), never)).toMatchObject({ path: standIn, by: 'FVP_BIN' })
})

test('a missing model is the fault of the place, and the sentence says how one is had and where it goes', async () => {
  const missing = findModel({ binary: 'FVP_Base_that_nobody_has' }, new Here(), never)
  await expect(missing).rejects.toMatchObject({
    code: 'PlaceBroken',
    retryable: false,
    message: expect.stringMatching(
      /^There is no model FVP_Base_that_nobody_has on this host \(named by the lab\)\. Arm gives .*Fixed Virtual Platforms.*set FVP_BIN or put it on PATH\.$/,
    ),
  })
})

test('a program that is no Fast Model is told by its own words', async () => {
  const other = await program('#!/bin/sh\necho "$0: what is $1?"\nexit 3\n')
  await expect(findModel({ binary: other }, new Here(), never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(/no Fast Model that works: .*what is --version\? \(code 3\)\.$/),
  })
})

test('a model that was replaced is asked again', async () => {
  const file = await program("#!/bin/sh\necho 'Fast Models [1]'\n")
  expect(await findModel({ binary: file }, new Here(), never)).toMatchObject({ version: '1' })
  await writeFile(file, "#!/bin/sh\necho 'Fast Models [2, another one]'\n")
  expect(await findModel({ binary: file }, new Here(), never)).toMatchObject({ version: '2, another one' })
})

test('one that never answers can be given up', async () => {
  const file = await program('#!/bin/sh\nexec sleep 1000\n')
  const stop = new AbortController()
  const asked = findModel({ binary: file }, new Here(), stop.signal)
  setTimeout(() => stop.abort(new Error('enough')), 50)
  await expect(asked).rejects.toThrow('enough')
})

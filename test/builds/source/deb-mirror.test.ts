import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { obtainSource } from '../../../builds/source/obtain.ts'
import { makeWorld } from './world.ts'

test('a package that is not in the cache comes from the mirrors of this host, by its exact version', async () => {
  const { context } = makeWorld()
  const location = { kind: 'deb' as const, package: 'hello', version: '2.10-3' }
  const tree = await obtainSource([location], [], context)
  expect(readdirSync(join(tree.folder, 'usr/bin'))).toEqual(['hello'])
  await expect(obtainSource([{ ...location, version: '99.9-1' }], [], context)).rejects.toMatchObject({
    code: 'SourceMissing',
    message: expect.stringContaining('hello=99.9-1 cannot be had'),
  })
})

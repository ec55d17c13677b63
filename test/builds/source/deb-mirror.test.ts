import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { obtainSource } from '../../../builds/source/obtain.ts'
import { fetchBinaryPackage } from '../../../builds/source/apt/binary-package.ts'
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

test('a package of another architecture comes without this machine having to know that architecture', async () => {
  const { context } = makeWorld()
  const foreign = async (): Promise<string> => (await execa('dpkg', ['--print-foreign-architectures'])).stdout
  const before = await foreign()
  const architecture = process.arch === 'arm64' ? 'amd64' : 'arm64'
  const into = join(context.folders.cache, 'foreign')
  const request = { package: 'hello', version: '2.10-3', architecture }
  const file = await fetchBinaryPackage(request, into, context.folders, context.signal)
  const { stdout } = await execa('dpkg-deb', ['--field', file, 'Architecture'])
  expect(stdout).toBe(architecture)
  expect(await foreign()).toBe(before)
})

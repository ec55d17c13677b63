import { expect, test } from 'vitest'
import { installedVersions, missingPackages } from '../../host/packages.ts'

test('only what is installed whole counts', () => {
  const text = 'gcc\tii \t12.2\nbc\trc \t1.07\nmake\thi \t4.3\nflex\tun \t\nbison\tiU \t3.8\n'
  expect([...installedVersions(text)]).toEqual([
    ['gcc', '12.2'],
    ['make', '4.3'],
  ])
})

test('what this machine has is not missing; what is unknown, or too old, is', async () => {
  const unknown = { name: 'hyplab-no-such-package', why: 'none' }
  const tooOld = { name: 'dpkg', why: 'none', atLeast: '99:1' }
  const missing = await missingPackages([{ name: 'dpkg', why: 'none', atLeast: '1.0' }, unknown, tooOld])
  expect(missing).toEqual([unknown, { ...tooOld, installed: expect.stringMatching(/^1\./) }])
})

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { chooseVersion, fetchSourcePackage, upstreamVersion } from '../../../../builds/source/apt/source-package.ts'
import { suitesFor } from '../../../../builds/source/apt/suites.ts'
import { readPins } from '../../../../host/pins.ts'
import { sha256File } from '../../../../host/sha256.ts'

test.each([
  ['6.18.5-1~bpo13+1', '6.18.5'],
  ['1:10.0.2+ds-2+deb13u1', '10.0.2+ds'],
  ['2.12.1+dfsg-1', '2.12.1+dfsg'],
  ['1.2-rc1-3', '1.2-rc1'],
])('the upstream version of %s is %s', (version, upstream) => {
  expect(upstreamVersion(version)).toBe(upstream)
})

test.each([
  ['6.18.5-1~bpo13+1', 'trixie-backports'],
  ['6.1.0-1~bpo12+1', 'bookworm-backports'],
  ['2023.01-2+deb12u3', 'bookworm'],
  ['4.10.0-2', 'trixie'],
])('%s is looked for in %s first, then everywhere else', (version, first) => {
  expect(suitesFor(version)[0]).toBe(first)
  expect(suitesFor(version).toSorted()).toEqual(['bookworm', 'bookworm-backports', 'sid', 'trixie', 'trixie-backports'])
})

test('another revision of the same upstream version has the same tarball, but not the same Debian patches', () => {
  const versions = ['6.18.5-2', '6.19-1']
  const request = { package: 'linux', version: '6.18.5-1~bpo13+1' }
  expect(chooseVersion(versions, { ...request, part: 'orig' })).toBe('6.18.5-2')
  expect(chooseVersion(versions, { ...request, part: 'debian' })).toBeUndefined()
  expect(chooseVersion([...versions, request.version], { ...request, part: 'orig' })).toBe(request.version)
})

test("a source package's tarball comes from the host's own mirror, as pinned", { timeout: 120_000 }, async () => {
  const cache = mkdtempSync(join(tmpdir(), 'hyplab-apt-'))
  onTestFinished(() => rmSync(cache, { recursive: true }))
  const request = { package: 'arm-trusted-firmware', version: '2.12.1+dfsg-1', part: 'debian' as const }
  const folders = { cache, state: cache }
  const path = await fetchSourcePackage(request, join(cache, 'into'), folders, new AbortController().signal)
  const name = 'arm-trusted-firmware_2.12.1+dfsg-1.debian.tar.xz'
  expect(basename(path)).toBe(name)
  expect(await sha256File(path)).toBe((await readPins()).files[name]?.sha256)
  expect(readdirSync(join(cache, 'apt'))).toEqual(['source-trixie', 'source-trixie.lock'])
})

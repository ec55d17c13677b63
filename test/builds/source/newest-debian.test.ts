/** The newest versions of Debian's packages, by the real lists of this host's mirror. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { resolveLocation } from '../../../builds/source/resolve.ts'
import { foldersFrom } from '../../../host/folders.ts'
import { newestDebian } from '../../../builds/source/apt/newest.ts'
import { compareVersions } from '../../../domain/newest-version.ts'

const signal = new AbortController().signal
const folders = foldersFrom()
const context = { folders, signal, progress: () => {} }

test('the newest of a series is a version of that series, and the newest of all is no older', async () => {
  const series = await resolveLocation({ kind: 'newest', of: 'debian', name: 'linux', pattern: '6.12.*' }, context)
  expect(series).toMatchObject({ kind: 'debian', package: 'linux', was: 'the newest of 6.12.*' })
  const { version } = series as { version: string }
  expect(version).toMatch(/^6\.12\.\d+-/)
  const newest = await newestDebian({ kind: 'source', package: 'linux', pattern: '*' }, folders, signal)
  expect(compareVersions(newest, version)).toBeGreaterThanOrEqual(0)
  // dpkg itself says so, too.
  execFileSync('dpkg', ['--compare-versions', newest, 'ge', version])
})

test('that none fits is said, with the newest that there is', async () => {
  const request = { kind: 'binary' as const, package: 'linux-source', pattern: '99.*' }
  await expect(newestDebian(request, folders, signal)).rejects.toMatchObject({
    code: 'SourceMissing',
    message: expect.stringMatching(/^No version of Debian's linux-source fits 99\.\*: the newest of all is \d/),
  })
  const none = { kind: 'source' as const, package: 'no-such-package-anywhere', pattern: '*' }
  await expect(newestDebian(none, folders, signal)).rejects.toMatchObject({
    message: expect.stringContaining('there is no such package'),
  })
})

test('versions are compared as dpkg does, whatever they are', () => {
  const words = ['1.0', '1.0~rc1', '1.0-1', '1.0-1~bpo1', '1.0+b1', '1:0', '1.0a', '1.00', '1.01', '1.0.0', '0', '1.0~']
  for (const one of words)
    for (const other of words) {
      const ours = Math.sign(compareVersions(one, other))
      const theirs = ['lt', 'eq', 'gt'].findIndex((relation) => isRelated(one, relation, other)) - 1
      expect(`${one} ${ours} ${other}`).toBe(`${one} ${theirs} ${other}`)
    }
})

function isRelated(one: string, relation: string, other: string): boolean {
  try {
    execFileSync('dpkg', ['--compare-versions', one, relation, other])
    return true
  } catch {
    return false
  }
}

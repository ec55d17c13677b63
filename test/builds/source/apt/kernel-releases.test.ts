import { expect, test } from 'vitest'
import { releasesBetween } from '../../../../builds/source/releases.ts'
import { compareReleases } from '../../../../domain/search/release-order.ts'
import { foldersFrom } from '../../../../host/folders.ts'
import { kernelReleases } from '../../../../builds/source/apt/kernel-releases.ts'

const context = { folders: foldersFrom(), signal: new AbortController().signal, progress: () => {} }

test('the kernels of Debian are those that the mirror of this host has, as source packages and with a source tree', async () => {
  const all = await kernelReleases(context.folders, context.signal)
  for (const { kind, package: name, version } of all) {
    expect(name).toMatch(kind === 'debian' ? /^linux$/ : /^linux-source-[\d.]+$/)
    expect(version).toMatch(/^\d+\.\d+/)
  }
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['debian', 'deb']))
})

test('those between two have the ends at the ends, oldest first, with what a plan pins of one first', async () => {
  const all = (await kernelReleases(context.folders, context.signal)).toSorted((a, b) =>
    compareReleases(a.version, b.version),
  )
  const [oldest, newest] = [all[0]!, all.at(-1)!]
  const own = { kind: newest.kind, package: newest.package, version: newest.version, sha256: 'a'.repeat(64) }
  const { releases, turned } = await releasesBetween([own], [newest.version, oldest.version], context)
  expect(turned).toBe(true)
  expect(releases.at(-1)).toMatchObject({ name: newest.version, sources: expect.arrayContaining([own]) })
  expect(releases.at(-1)!.sources[0]).toEqual(own)
  for (const [index, { name }] of releases.entries())
    if (index > 0) expect(compareReleases(releases[index - 1]!.name, name)).toBeLessThan(0)
})

test('an end that the mirror does not have is named, with those that it has', async () => {
  const between = releasesBetween([], ['0.1-1', '0.2-1'], context)
  await expect(between).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringMatching(/no kernel 0\.1-1: .*\d-\d/),
  })
})

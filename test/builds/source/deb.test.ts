import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { obtainSource } from '../../../builds/source/obtain.ts'
import { sha256File } from '../../../host/sha256.ts'
import { makeTarball, makeWorld } from './world.ts'

type World = ReturnType<typeof makeWorld>

/** A package with these files, in the cache of downloads as if it had been fetched. @returns its sha256 */
async function fetchedPackage({ folder, context }: World, files: Record<string, string>): Promise<string> {
  const tree = join(folder, 'package')
  const all = { ...files, 'DEBIAN/control': control }
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    if (content.startsWith('/')) copyFileSync(content, join(tree, path))
    else writeFileSync(join(tree, path), content)
  }
  const deb = join(folder, 'thing_1.0_all.deb')
  execFileSync('dpkg-deb', ['--build', tree, deb], { stdio: 'ignore' })
  const hash = await sha256File(deb)
  const cached = join(context.folders.cache, 'downloads', hash)
  mkdirSync(cached, { recursive: true })
  copyFileSync(deb, join(cached, 'thing_1.0_all.deb'))
  return hash
}

const control =
  'Package: thing\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: thing\n'

test('a package with a source tarball gives the tree in it', async () => {
  const world = makeWorld()
  const tarball = makeTarball(world.folder, 'linux-source-9.9', { Makefile: 'all:\n', 'kernel/fork.c': 'int a;\n' })
  const sha256 = await fetchedPackage(world, {
    'usr/src/linux-source-9.9.tar.xz': tarball,
    'usr/share/doc/thing/copyright': 'GPL-2\n',
  })
  const tree = await obtainSource([{ kind: 'deb', package: 'thing', version: '1.0', sha256 }], [], world.context)
  expect(readdirSync(tree.folder).sort()).toEqual(['Makefile', 'kernel'])
  expect(tree.identity.source).toBe(`sha256:${sha256}`)
  expect(tree.epoch).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000)
})

test('a package without one gives its files', async () => {
  const world = makeWorld()
  const sha256 = await fetchedPackage(world, { 'usr/lib/thing/thing.bin': 'x\n' })
  const tree = await obtainSource([{ kind: 'deb', package: 'thing', version: '1.0', sha256 }], [], world.context)
  expect(readFileSync(join(tree.folder, 'usr/lib/thing/thing.bin'), 'utf8')).toBe('x\n')
})

/** A cache that is deleted while a source is fetched or unpacked: that says nothing of the source. */
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { SourceLocation } from '../../../domain/cell.ts'
import { obtainSource } from '../../../builds/source/obtain.ts'
import type { SourceContext } from '../../../builds/source/source.ts'
import { missingInTree } from '../../../builds/source/whole-tree.ts'
import { makeTarball, makeWorld } from './world.ts'

vi.setConfig({ testTimeout: 120_000 })

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const files = { Makefile: 'all:\n', 'src/a.c': 'int a;\n' }
const changed = {
  code: 'SourceMissing',
  retryable: true,
  message: expect.stringMatching(/^The cache was changed while it was built from: /),
}

/** The context, with the cache deleted when a phase is reported for the first time. */
function deletedIn(phase: string, context: SourceContext): SourceContext {
  let done = false
  return {
    ...context,
    progress: (step) => {
      if (done || step.phase !== phase) return
      done = true
      rmSync(context.folders.cache, { recursive: true })
    },
  }
}

test('while it is unpacked: the tarball is not blamed, and the same works again', async () => {
  const { folder, context } = makeWorld()
  const path = makeTarball(folder, 'thing-1.0', files)
  const locations: SourceLocation[] = [{ kind: 'tarball', url: pathToFileURL(path).href, sha256: sha256(path) }]
  await expect(obtainSource(locations, [], deletedIn('unpack', context))).rejects.toMatchObject(changed)
  expect(await obtainSource(locations, [], context)).toMatchObject({ files: 2 })
})

test('while it is downloaded: the server is not blamed', async () => {
  const { folder, context } = makeWorld()
  const path = makeTarball(folder, 'thing-1.0', files)
  const server = createServer((_request, response) => response.end(readFileSync(path)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/thing-1.0.tar.xz`
  const locations: SourceLocation[] = [{ kind: 'tarball', url, sha256: sha256(path) }]
  await expect(obtainSource(locations, [], deletedIn('download', context))).rejects.toMatchObject(changed)
  expect(await obtainSource(locations, [], context)).toMatchObject({ files: 2 })
})

test('a tarball that cannot be read stays the fault of the tarball', async () => {
  const { folder, context } = makeWorld()
  const path = join(folder, 'no.tar.xz')
  writeFileSync(path, 'no tarball')
  const locations: SourceLocation[] = [{ kind: 'tarball', url: pathToFileURL(path).href, sha256: sha256(path) }]
  await expect(obtainSource(locations, [], context)).rejects.toMatchObject({ code: 'BadInput', retryable: false })
})

test('a tree that lacks a file is forgotten, and unpacked anew', async () => {
  const { folder, context } = makeWorld()
  const path = makeTarball(folder, 'thing-1.0', files)
  const locations: SourceLocation[] = [{ kind: 'tarball', url: pathToFileURL(path).href, sha256: sha256(path) }]
  const tree = await obtainSource(locations, [], context)
  expect(await missingInTree(tree)).toBeUndefined()
  rmSync(join(tree.folder, 'src/a.c'))
  expect(await obtainSource(locations, [], context)).toEqual(tree)
  expect(await missingInTree(tree)).toBe(tree.folder)
  expect(await obtainSource(locations, [], context)).toEqual(tree)
  expect(await missingInTree(tree)).toBeUndefined()
  // Of one that nobody counted, nothing can be said.
  const { files: _files, ...uncounted } = tree
  rmSync(join(tree.folder, 'src/a.c'))
  expect(await missingInTree(uncounted)).toBeUndefined()
})

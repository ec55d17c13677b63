import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { obtainSource, sourceIdentity } from '../../../builds/source/obtain.ts'
import { makeTarball, makeWorld } from './world.ts'

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const url = (path: string) => pathToFileURL(path).href

/** Serves files by name; answers 404 to others. @returns the address and what was asked for */
async function serve(files: Record<string, Buffer>) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const body = files[request.url ?? '']
    if (body === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-length': body.length }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

test('a pinned tarball is unpacked without its top folder, and its newest file gives the epoch', async () => {
  const { folder, context } = makeWorld()
  const path = makeTarball(folder, 'thing-1.0', { Makefile: 'all:\n', 'src/a.c': 'int a;\n' })
  const tree = await obtainSource([{ kind: 'tarball', url: url(path), sha256: sha256(path) }], [], context)
  expect(readdirSync(tree.folder).sort()).toEqual(['Makefile', 'src'])
  expect(tree.identity).toEqual({ source: `sha256:${sha256(path)}`, patches: [] })
  expect(tree.epoch).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000)
  expect(existsSync(context.lockFile ?? '')).toBe(false)
})

test('the identity of a pinned tarball needs no download', async () => {
  const { context } = makeWorld()
  const hash = 'a'.repeat(64)
  const locations = [{ kind: 'tarball' as const, url: 'http://127.0.0.1:1/x.tar.xz', sha256: hash }]
  expect(await sourceIdentity(locations, [], context)).toEqual({ source: `sha256:${hash}`, patches: [] })
})

test('the identity of what setup/pins.json pins needs neither sha256 nor download', async () => {
  const { context } = makeWorld()
  const identity = await sourceIdentity(
    [{ kind: 'debian', package: 'linux', version: '6.18.5-1~bpo13+1' }],
    [],
    context,
  )
  expect(identity.source).toBe('sha256:69ac99a397e2e1d9e97f6ade0c01e4ab704ba999667932b6b35fec032700cb19')
})

test('an unpinned tarball is recorded and said aloud, and a changed one is refused from then on', async () => {
  const { folder, context, said } = makeWorld()
  const path = makeTarball(folder, 'thing-1.0', { a: 'one\n' })
  const locations = [{ kind: 'tarball' as const, url: url(path) }]
  const first = await obtainSource(locations, [], context)
  expect(said).toEqual([expect.stringContaining(sha256(path))])
  expect(JSON.parse(readFileSync(context.lockFile ?? '', 'utf8')).sources).toEqual({
    [`tarball ${url(path)}`]: { sha256: sha256(path), file: 'thing-1.0.tar.xz' },
  })
  rmSync(context.folders.cache, { recursive: true })
  expect(await sourceIdentity(locations, [], context)).toEqual(first.identity)
  makeTarball(folder, 'thing-1.0', { a: 'two\n' })
  await expect(obtainSource(locations, [], context)).rejects.toMatchObject({
    code: 'ChecksumMismatch',
    message: expect.stringContaining('thing-1.0.tar.xz'),
  })
})

test('locations are tried in order, and what was wrong with those before is said', async () => {
  const { folder, context, said, progress } = makeWorld()
  const good = makeTarball(folder, 'good', { a: 'good\n' })
  const bad = makeTarball(folder, 'bad', { a: 'bad\n' })
  const { address, asked } = await serve({ '/good.tar.xz': readFileSync(good) })
  const locations = [
    { kind: 'tarball' as const, url: `${address}/gone.tar.xz`, sha256: 'b'.repeat(64) },
    { kind: 'tarball' as const, url: url(bad), sha256: 'c'.repeat(64) },
    { kind: 'tarball' as const, url: `${address}/good.tar.xz`, sha256: sha256(good) },
  ]
  const tree = await obtainSource(locations, [], context)
  expect(readFileSync(join(tree.folder, 'a'), 'utf8')).toBe('good\n')
  expect(asked).toEqual(['/gone.tar.xz', '/good.tar.xz'])
  expect(said[0]).toMatch(/404.*Using tarball http.*good\.tar\.xz instead/)
  expect(said[1]).toMatch(/bad\.tar\.xz.*has sha256/)
  const size = readFileSync(good).length
  expect(progress).toContainEqual({ phase: 'download', done: size, expected: size })
  // Which one served is remembered: neither the identity nor the tree asks the network again.
  expect(await sourceIdentity(locations, [], context)).toEqual(tree.identity)
  expect((await obtainSource(locations, [], context)).folder).toBe(tree.folder)
  expect(asked).toHaveLength(2)
})

test('when no location has it, each is named with what was wrong', async () => {
  const { folder, context } = makeWorld()
  const locations = [
    { kind: 'tarball' as const, url: url(join(folder, 'none.tar')) },
    { kind: 'tree' as const, path: join(folder, 'nowhere') },
  ]
  await expect(obtainSource(locations, [], context)).rejects.toMatchObject({
    code: 'SourceMissing',
    message: expect.stringMatching(/none\.tar.*no such file.*no source tree in .*nowhere/),
  })
})

test('a file in the cache that was damaged is not used', async () => {
  const { folder, context } = makeWorld()
  const path = makeTarball(folder, 'thing-1.0', { a: 'one\n' })
  const locations = [{ kind: 'tarball' as const, url: url(path), sha256: sha256(path) }]
  await obtainSource(locations, [], context)
  rmSync(join(context.folders.cache, 'sources'), { recursive: true })
  writeFileSync(join(context.folders.cache, 'downloads', sha256(path), 'thing-1.0.tar.xz'), 'half')
  await expect(obtainSource(locations, [], context)).rejects.toMatchObject({
    code: 'ChecksumMismatch',
    retryable: true,
  })
  expect(readFileSync(join((await obtainSource(locations, [], context)).folder, 'a'), 'utf8')).toBe('one\n')
})

test('two at once unpack once, and a half unpacked tree is not taken for a whole one', async () => {
  const { folder, context, progress } = makeWorld()
  const path = makeTarball(folder, 'thing-1.0', { a: 'one\n' })
  const locations = [{ kind: 'tarball' as const, url: url(path), sha256: sha256(path) }]
  const [one, two] = await Promise.all([obtainSource(locations, [], context), obtainSource(locations, [], context)])
  expect(one).toEqual(two)
  expect(progress.filter((step) => step.phase === 'unpack')).toHaveLength(1)
  // As a kill -9 in mid-unpack leaves it: files without the note that is written last.
  rmSync(join(one.folder, '..', 'source.json'))
  rmSync(join(one.folder, 'a'))
  const again = await obtainSource(locations, [], context)
  expect(readFileSync(join(again.folder, 'a'), 'utf8')).toBe('one\n')
})

test('an abort in mid-download ends it with the reason and leaves nothing that looks whole', async () => {
  const { context, abort } = makeWorld()
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': 1_000_000 }).write(Buffer.alloc(1000))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.closeAllConnections())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.tar.xz`
  const reason = new Error('stop')
  const watching = { ...context, progress: () => abort.abort(reason) }
  await expect(obtainSource([{ kind: 'tarball', url: address, sha256: 'd'.repeat(64) }], [], watching)).rejects.toBe(
    reason,
  )
  expect(
    readdirSync(join(context.folders.cache, 'downloads')).filter((name) => !/\.part(\.lock)?$/.test(name)),
  ).toEqual([])
})

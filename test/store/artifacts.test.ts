import { createHash } from 'node:crypto'
import { chmod, link, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { artifactPath, hasArtifact, putArtifact, verifyArtifact } from '../../store/artifacts.ts'
import { incomingFolder, incomingName, sweep } from '../../store/sweep.ts'
import { startChild } from './children/child.ts'
import { temporaryState } from './samples.ts'

// Other processes have to start, on a host that may be busy with builds.
vi.setConfig({ testTimeout: 60_000 })

let store: { folder: string }

beforeEach(async () => {
  store = { folder: await temporaryState() }
})

afterEach(async () => {
  await rm(store.folder, { recursive: true })
})

async function kept(): Promise<string[]> {
  const names = await readdir(join(store.folder, 'artifacts'), { recursive: true, withFileTypes: true })
  return names.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

test('any bytes come back, whichever way they were put, and are kept once', async () => {
  const way = fc.constantFrom('bytes', 'copy', 'move')
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 5000, size: 'max' }),
      fc.array(way, { minLength: 1 }),
      async (bytes, ways) => {
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        const source = join(store.folder, 'source')
        for (const how of ways) {
          await writeFile(source, bytes)
          const artifact = await putArtifact(store, how === 'bytes' ? bytes : source, { move: how === 'move' })
          expect(artifact).toEqual({ sha256, size: bytes.length })
          expect(
            await stat(source).then(
              () => true,
              () => false,
            ),
          ).toBe(how !== 'move')
        }
        expect((await readFile(artifactPath(store, sha256))).equals(bytes)).toBe(true)
        await verifyArtifact(store, sha256)
        expect((await kept()).filter((name) => name === sha256)).toHaveLength(1)
      },
    ),
    { numRuns: 40 },
  )
  expect(await readdir(incomingFolder(store)).catch(() => [])).toEqual([])
})

test('an artifact is read-only and lies below the first two digits of its name', async () => {
  const source = join(store.folder, 'source')
  await writeFile(source, 'moved')
  for (const { sha256 } of [
    await putArtifact(store, Buffer.from('x')),
    await putArtifact(store, source, { move: true }),
  ]) {
    const path = artifactPath(store, sha256)
    expect((await stat(path)).mode & 0o777).toBe(0o444)
    expect(path).toBe(join(store.folder, 'artifacts', sha256.slice(0, 2), sha256))
  }
})

test('a large file goes through in pieces', async () => {
  const source = join(store.folder, 'source')
  const bytes = Buffer.alloc(9_000_001, 'console\n')
  await writeFile(source, bytes)
  const artifact = await putArtifact(store, source)
  expect(artifact).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length })
  await verifyArtifact(store, artifact.sha256)
})

test('moving a link, or a file with a second name, leaves the other name alone', async () => {
  const [source, other] = [join(store.folder, 'source'), join(store.folder, 'other')]
  await writeFile(other, 'shared')
  for (const make of [link, symlink]) {
    await make(other, source)
    const { sha256 } = await putArtifact(store, source, { move: true })
    expect((await stat(artifactPath(store, sha256))).ino).not.toBe((await stat(other)).ino)
    await writeFile(other, 'changed')
    await verifyArtifact(store, sha256)
    await expect(stat(source)).rejects.toThrow('ENOENT')
    await writeFile(other, 'shared')
  }
})

test('what the disk changed or lost is found, and put right by putting it again', async () => {
  const { sha256, size } = await putArtifact(store, Buffer.from('evidence'))
  const path = artifactPath(store, sha256)
  await chmod(path, 0o644)
  await writeFile(path, 'evidencE')
  await expect(verifyArtifact(store, sha256)).rejects.toMatchObject({ code: 'ChecksumMismatch' })
  await putArtifact(store, Buffer.from('evidence'))
  await verifyArtifact(store, sha256)
  const [aside] = (await readdir(join(store.folder, 'artifacts/damaged'))).filter((name) => name.startsWith(sha256))
  expect(await readFile(join(store.folder, 'artifacts/damaged', aside!), 'utf8')).toBe('evidencE')
  await chmod(path, 0o644)
  await writeFile(path, 'evi')
  expect(hasArtifact(store, { sha256, size })).toBe(false)
  await putArtifact(store, Buffer.from('evidence'))
  await verifyArtifact(store, sha256)
  await rm(path)
  expect(hasArtifact(store, { sha256, size })).toBe(false)
  await expect(verifyArtifact(store, sha256)).rejects.toMatchObject({ code: 'StoreBroken' })
})

test('a source that is not there is named, and leaves nothing', async () => {
  for (const move of [true, false]) {
    const source = join(store.folder, 'nothing')
    await expect(putArtifact(store, source, { move })).rejects.toMatchObject({
      code: 'StoreBroken',
      message: expect.stringContaining(source) as string,
    })
  }
  expect(await sweep(store)).toBe(0)
  expect(await readdir(join(store.folder, 'artifacts', 'incoming'))).toEqual([])
})

test('sweep takes what dead writers left and spares the living', async () => {
  expect(await sweep(store)).toBe(0)
  await putArtifact(store, Buffer.from('x'))
  const gone = startChild('put-artifacts.ts', [store.folder, 'nothing'])
  await gone.ended
  const mine = incomingName('mine')
  const [pid, start] = mine.split('-')
  const reused = `${pid}-${Number(start) - 1}-reused`
  for (const name of [mine, reused, `${gone.process.pid}-${start}-dead`, 'stray']) {
    await writeFile(join(incomingFolder(store), name), 'half')
  }
  expect(await sweep(store)).toBe(3)
  expect(await readdir(incomingFolder(store))).toEqual([basename(mine)])
})

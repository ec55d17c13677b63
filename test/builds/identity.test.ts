import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildIdentity, canonicalJson, sha256Folder } from '../../builds/identity.ts'
import { sha256 } from '../../host/sha256.ts'

test('the order of keys does not matter, the order of lists does', () => {
  expect(canonicalJson({ b: [1, { d: 'x', c: null }], a: true, u: undefined })).toBe(
    '{"a":true,"b":[1,{"c":null,"d":"x"}]}',
  )
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]))
})

test('canonical JSON is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('the name of a build is not part of its id', () => {
  const one = buildIdentity('kernel', 'one', { a: 1, b: 2 })
  expect(buildIdentity('kernel', 'two', { b: 2, a: 1 }).id).toBe(one.id)
  expect(buildIdentity('kernel', 'one', { a: 1, b: 3 }).id).not.toBe(one.id)
  expect(one.id).toBe(sha256('{"a":1,"b":2}'))
})

test('a folder is known by its names and bytes, not by its place', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hyplab-identity-'))
  try {
    for (const place of ['here', 'there']) {
      await mkdir(join(root, place, 'sub'), { recursive: true })
      await writeFile(join(root, place, 'a.c'), 'int a;')
      await writeFile(join(root, place, 'sub', 'b.c'), 'int b;')
    }
    const here = await sha256Folder(join(root, 'here'))
    expect(await sha256Folder(join(root, 'there'))).toBe(here)
    await writeFile(join(root, 'there', 'sub', 'b.c'), 'int c;')
    expect(await sha256Folder(join(root, 'there'))).not.toBe(here)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})

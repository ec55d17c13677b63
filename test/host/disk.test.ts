import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freeSpace, requireFreeSpace } from '../../host/disk.ts'

test('a folder that does not exist yet has the free space of its parent', async () => {
  const there = await freeSpace(tmpdir())
  const deeper = await freeSpace(join(tmpdir(), 'not', 'there', 'yet'))
  expect(deeper).toBeGreaterThan(0)
  expect(Math.abs(there - deeper)).toBeLessThan(there / 2)
})

test('too little space is one sentence with what is needed, what is free and where', async () => {
  await requireFreeSpace(tmpdir(), 1, 'A kernel build')
  await expect(requireFreeSpace(tmpdir(), 2 ** 60, 'A kernel build')).rejects.toMatchObject({
    code: 'DiskFull',
    message: expect.stringMatching(
      new RegExp(`^A kernel build needs 1099511627776 MiB in ${tmpdir()} and only \\d+ MiB are free: free some space`),
    ) as string,
  })
})

/** A bit that flips in what was built: the run finds it, has it built again, and the verdict is what it always was. */
import { chmod, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { artifactPath, verifyArtifact } from '../../store/artifacts.ts'
import { endings, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { firstLook } from './plans.ts'

const lab = useLab('damaged-artifact')

/** The names of all that builds made of that name. */
async function made(name: string): Promise<string[]> {
  const rows = await lab.store.database.selectFrom('products').select('sha256').where('name', '=', name).execute()
  return rows.map(({ sha256 }) => sha256)
}

/** One bit in the middle of the file, as a disk does it: the size stays. */
async function flipBit(path: string): Promise<void> {
  await chmod(path, 0o644)
  const file = await open(path, 'r+')
  const at = Math.floor((await file.stat()).size / 2)
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
  await file.write(Buffer.from([buffer[0]! ^ 4]), 0, 1, at)
  await file.close()
}

it.each([
  ['Image', 'Image'],
  ['qemu_fw.bios', 'firmware'],
])('in the %s', async (product, file) => {
  const names = await made(product)
  for (const name of names) await flipBit(artifactPath(lab.store, name))
  const { run, cells } = await lab.json<RunDocument>('run', firstLook, '--only', 'mode=nvhe')
  expect(run).toMatchObject({ state: 'finished', exitCode: 0 })
  const [cell] = cells
  expect(cell!.verdict).toMatchObject({ verdict: 'pass' })
  expect(endings(cell!)).toEqual(['infra', 'finished'])
  expect(cell!.attempts[0]!.end!.sentence).toMatch(
    /was damaged on the disk and is set aside as .*: it is built again\.$/,
  )
  // Made again it has the same bytes, for builds are reproducible.
  const booted = cell!.attempts[1]!.end!.artifacts.find(({ name }) => name === file)!.sha256
  expect(names).toContain(booted)
  await verifyArtifact(lab.store, booted)
  expect(await readdir(join(lab.state, 'artifacts/damaged'))).toContainEqual(expect.stringContaining(`${booted}.`))
})

it('in the initrd of an attempt: it is not reproduced', async () => {
  const { cells } = await lab.json<RunDocument>('show', 'latest')
  const { id, end } = cells[0]!.attempts.at(-1)!
  expect(await lab.hyplab('reproduce', id)).toMatchObject({ code: 0 })
  await flipBit(artifactPath(lab.store, end!.artifacts.find(({ name }) => name === 'initrd')!.sha256))
  expect(await lab.hyplab('reproduce', id)).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/its initrd, .*, is damaged; `hyplab run /),
  })
})

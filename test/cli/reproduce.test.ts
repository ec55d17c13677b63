/** `hyplab reproduce` names only files that are what was booted. */
import { chmod, rm, writeFile } from 'node:fs/promises'
import { execa } from 'execa'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, it } from 'vitest'
import { artifactPath, putArtifact } from '../../store/artifacts.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { createRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const setup = { boot: 'efi', bl33: 0x60000000, services: [] }
const bytes = {
  firmware: 'the flash',
  'machine.json': JSON.stringify(setup),
  bl33: 'EDK2',
  Image: 'the Image',
  initrd: 'init',
  'acpi/DSDT': 'a table',
}
let state: string
let paths: Record<string, string>

beforeEach(async () => {
  state = await tempFolder()
  const store = await openStore(state)
  await createRun(store, sampleRun(1))
  const start = sampleStart({ run: 1, cell: 1, number: 1 })
  await startAttempt(store, start)
  const artifacts = []
  for (const [name, text] of Object.entries(bytes))
    artifacts.push({ name, world: null, ...(await putArtifact(store, Buffer.from(text))) })
  await finishAttempt(store, start, { ...(await sampleEnd(store, 1)), artifacts })
  paths = Object.fromEntries(artifacts.map(({ name, sha256 }) => [name, artifactPath(store, sha256)]))
  await store.close()
})

const reproduce = () =>
  execa(process.execPath, [main, 'reproduce', '1.1.1'], {
    reject: false,
    stdin: 'ignore',
    env: { HYPLAB_STATE: state, NO_COLOR: '1', FORCE_COLOR: undefined },
  })

it('prints a command with the files that are whole', async () => {
  const { exitCode, stdout } = await reproduce()
  expect(exitCode).toBe(0)
  expect(stdout).toContain(paths['Image'])
})

it.each(Object.keys(bytes))('refuses with one sentence when the %s is damaged', async (name) => {
  const path = paths[name]!
  await chmod(path, 0o644)
  const text = bytes[name as keyof typeof bytes]
  // The last digit or letter but one: what is JSON stays JSON.
  await writeFile(path, name === 'machine.json' ? text.replace('610612736', '610612737') : `${text.slice(0, -1)}~`)
  const { exitCode, stdout, stderr } = await reproduce()
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
  expect(stderr).toContain(`Attempt 1.1.1 cannot be booted again: its ${name}, ${path}, is damaged; \`hyplab run`)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

it('refuses with one sentence when a file has gone', async () => {
  await rm(paths['firmware']!)
  const { exitCode, stderr } = await reproduce()
  expect(exitCode).toBe(3)
  expect(stderr).toMatch(/its firmware, .* has gone; `hyplab run \/plans\/first-look\.yaml` makes it again/)
})

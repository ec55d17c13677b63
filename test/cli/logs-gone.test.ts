/** What `hyplab logs` says of a console whose file somebody removed. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { artifactPath } from '../../store/artifacts.ts'
import { finishAttempt } from '../../store/attempts.ts'
import { createRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'
import { runHyplab } from './run-hyplab.ts'

it('a console whose file was removed is told with its path, and the others are shown', async () => {
  const folder = await tempFolder()
  const store = await openStore(join(folder, 'state'))
  const run = await createRun(store, sampleRun(1))
  const end = await sampleEnd(store)
  await finishAttempt(store, sampleStart({ run, cell: 1, number: 1 }), end)
  await store.close()
  const path = artifactPath(store, end.artifacts[0]!.sha256)
  await rm(path)
  const { code, stdout, stderr } = await runHyplab(folder, ['logs', '1.1.1', '--console', 'uart0'])
  expect({ code, stdout, stderr }).toEqual({
    code: 3,
    stdout: '',
    stderr: `hyplab: What uart0 of attempt 1.1.1 said is gone: ${path} was removed or cut, and no \`hyplab gc\` did that. Put it back from a copy of the state folder, or boot the cell again.`,
  })
  expect(await runHyplab(folder, ['logs', '1.1.1', '--console', 'uart1'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('console 1'),
  })
})

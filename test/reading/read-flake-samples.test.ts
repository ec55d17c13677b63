import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readFlakeSamples } from '../../reading/read-flake-samples.ts'
import { artifactPath, putArtifact } from '../../store/artifacts.ts'
import { finishAttempt } from '../../store/attempts.ts'
import { createRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { makeScriptLab } from '../rack/script-board.ts'
import { noon, sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'

it('samples have the host that their place hung on when the run was started, where that is known', async () => {
  const folder = await tempFolder()
  const { labFile } = await makeScriptLab(folder, ['rock-1'])
  const store = await openStore(join(folder, 'state'))
  try {
    const kept = await putArtifact(store, await readFile(labFile))
    const boot = async (place: string, inLab: boolean): Promise<void> => {
      const { options, ...sample } = sampleRun(1)
      const inventory = { file: labFile, sha256: kept.sha256 }
      const run = await createRun(store, { ...sample, options: { ...options!, ...(inLab && { inventory }) } })
      const start = { ...sampleStart({ run, cell: 1, number: 1 }), place, fence: run, started: noon + run }
      await finishAttempt(store, start, await sampleEnd(store, 1))
    }
    await boot('lab/rock-1', true)
    await boot('lab/gone-since', true)
    await boot('qemu/3.1', false)
    const made = async () => (await readFlakeSamples(store, { last: 9 })).map((sample) => sample.made)
    expect(await made()).toEqual([{ place: 'lab/rock-1', host: 'here' }, { place: 'lab/gone-since' }, {}])
    await rm(artifactPath(store, kept.sha256))
    expect((await made())[0]).toEqual({ place: 'lab/rock-1' })
  } finally {
    await store.close()
  }
})

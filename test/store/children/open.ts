// Opens the store of a state folder, writes a run or fills the artifacts until something breaks; says what broke.
import { LabError } from '../../../domain/errors.ts'
import { putArtifact } from '../../../store/artifacts.ts'
import { createRun } from '../../../store/runs.ts'
import { openStore } from '../../../store/store.ts'
import { sampleRun } from '../samples.ts'

const [folder = '', fill = 'nothing'] = process.argv.slice(2)
try {
  const store = await openStore(folder)
  console.log('run', await createRun(store, sampleRun(1)))
  while (fill === 'database') await createRun(store, { ...sampleRun(1), planText: 'x'.repeat(100_000) })
  if (fill === 'artifacts') await putArtifact(store, Buffer.alloc(16 << 20, 'x'))
  await store.close()
} catch (error) {
  if (!(error instanceof LabError)) throw error
  console.log(error.code, error.message)
}

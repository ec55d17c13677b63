import { readFile } from 'node:fs/promises'
import { LabError } from '../domain/errors.ts'
import type { Inventory } from '../domain/lab/inventory.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import { labFiles } from '../host/lab-files.ts'
import { artifactPath } from '../store/artifacts.ts'
import type { Run } from '../store/runs.ts'
import type { Deps } from './registry.ts'

/**
 * The lab of a run, as its file was when the run was started.
 * @throws LabError BadInput when the run has none; SourceMissing when what was kept of the file has gone
 */
export async function labOf({ store }: Pick<Deps, 'store'>, run: Pick<Run, 'id' | 'options'>): Promise<Inventory> {
  const lab = run.options?.inventory
  if (lab === undefined)
    throw new LabError('BadInput', `Run ${run.id} was started without a lab: name the lab's file with --lab.`)
  const text = await readFile(artifactPath(store, lab.sha256), 'utf8').catch((cause: unknown) => {
    const sentence = `The lab of run ${run.id}, ${lab.file}, is gone from the store: start it again.`
    throw new LabError('SourceMissing', sentence, { cause })
  })
  // Loaded here, because a worker without a lab starts sooner without it.
  const { parseLab } = await import('../domain/lab/file/parse-lab.ts')
  const parsed = parseLab(text, lab.file, labFiles)
  if (parsed.ok) return parsed.lab
  throw mistaken('BadInput', parsed.errors)
}

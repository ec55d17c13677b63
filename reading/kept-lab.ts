import { readFile } from 'node:fs/promises'
import type { Inventory } from '../domain/lab/inventory.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import { labFiles } from '../host/lab-files.ts'
import { artifactPath } from '../store/artifacts.ts'
import type { RunOptions } from '../store/runs.ts'
import type { Store } from '../store/store.ts'

/**
 * A lab as its file was when a run was started.
 * @returns undefined when what was kept of the file has gone
 * @throws LabError BadInput when it cannot be read any longer
 */
export async function keptLab(
  store: Pick<Store, 'folder'>,
  { file, sha256 }: NonNullable<RunOptions['inventory']>,
): Promise<Inventory | undefined> {
  const text = await readFile(artifactPath(store, sha256), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // Loaded here, because a worker without a lab starts sooner without it.
  const { parseLab } = await import('../domain/lab/file/parse-lab.ts')
  const parsed = parseLab(text, file, labFiles)
  if (parsed.ok) return parsed.lab
  throw mistaken('BadInput', parsed.errors)
}

import type { Model } from '../../domain/lab/inventory.ts'
import { findModel } from '../fvp/find-model.ts'
import { Here } from '../fvp/here.ts'
import { Remote } from '../fvp/remote.ts'
import type { HostLink } from '../hosts/host-link.ts'

/**
 * Asks a model for its version.
 * @param link the host that it is on; undefined for this one
 * @returns what was seen: one sentence
 * @throws LabError PlaceBroken when it is missing or no Fast Model
 */
export async function checkModel(
  model: Pick<Model, 'binary'>,
  link: HostLink | undefined,
  signal: AbortSignal,
): Promise<string> {
  const host = link ? new Remote(link) : new Here()
  try {
    const { path, version, by } = await findModel(model, host, signal)
    return `${path} is Fast Models ${version}${by === 'FVP_BIN' ? ' (named by FVP_BIN)' : ''}.`
  } finally {
    await host.close()
  }
}

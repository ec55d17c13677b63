import { join } from 'node:path'
import { reapClaims } from '../host/claim.ts'
import type { Folders } from '../host/folders.ts'
import { sweep } from '../store/sweep.ts'

/** What a worker that was killed left behind on this host: machines still powered on, half-written artifacts. */
export async function reapLeftovers(folders: Folders): Promise<void> {
  for (const { place, owner, pids } of await reapClaims(join(folders.state, 'places')))
    process.stderr.write(
      `${new Date().toISOString()} powered off ${place}, left by ${owner} (processes ${pids.join(', ')})\n`,
    )
  await sweep({ folder: folders.state })
}

import { bytesIn, diskOf } from '../../host/disk.ts'
import type { Folders } from '../../host/folders.ts'
import { readUsage, writeUsage, type Usage } from '../../store/keeping/usage.ts'
import type { Keeping } from './look-at-room.ts'

/** How much state and cache take. It reads every folder, which takes seconds. @param at epoch ms */
export async function measure({ state, cache }: Folders, at: number, signal: AbortSignal): Promise<Usage[]> {
  const folders = [...new Set([state, cache])]
  const used = await bytesIn(folders, signal)
  const measured = folders.map(async (folder, index): Promise<Usage> => {
    const { free } = await diskOf(folder)
    return { folder, at, used: used[index]!, free }
  })
  return await Promise.all(measured)
}

/** Measures what was never measured: a budget is kept from its first day on. @param at epoch ms */
export async function measureOnce({ folders, store }: Keeping, at: number, signal: AbortSignal): Promise<void> {
  const known = await readUsage(store, [folders.state, folders.cache])
  if (known.length === 0) await writeUsage(store, await measure(folders, at, signal))
}

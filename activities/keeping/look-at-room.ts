import { LabError } from '../../domain/errors.ts'
import { defaultRules, type KeepRules } from '../../domain/keep/keep-rules.ts'
import { roomOn, type DiskSeen, type Room } from '../../domain/keep/room.ts'
import { diskOf } from '../../host/disk.ts'
import type { Folders } from '../../host/folders.ts'
import { readKeepRules } from '../../reading/read-keep.ts'
import { readUsage, type Usage } from '../../store/keeping/usage.ts'
import type { Store } from '../../store/store.ts'

/** What keeping uses of the world. */
export interface Keeping {
  folders: Folders
  store: Store
}

/** What a build makes is kept in the state folder: kernel and modules, bytes. */
const productsMost = 256e6

/**
 * Whether there is room for work: a look at the disks, and at what was measured last. Rules with mistakes keep nobody from
 * working: those that hold by themselves stand in for them.
 * @param need bytes that a build wants in the cache; nothing for an attempt
 */
export async function lookAtRoom({ folders, store }: Keeping, need = 0): Promise<Room> {
  const rules = await readKeepRules(folders).catch((error: unknown) => {
    if (error instanceof LabError) return defaultRules
    throw error
  })
  return roomOn(await disksSeen(folders, await readUsage(store, [folders.state, folders.cache]), need), rules)
}

/** How many bytes of the cache would have to go, for its disk and for the budget. @param usages of now */
export async function excessOf(
  folders: Folders,
  rules: Pick<KeepRules, 'floor' | 'budget'>,
  usages: readonly Usage[],
  need: number,
): Promise<number> {
  const { device } = await diskOf(folders.cache)
  const disks = await disksSeen(folders, usages, need)
  const ofCache = disks.filter((disk) => disk.device === device)
  const inBudget = rules.budget === undefined ? 0 : roomOn(disks, rules).excess
  return Math.max(roomOn(ofCache, { floor: rules.floor, budget: undefined }).excess, inBudget)
}

/** @throws LabError NoRoom when nothing may begin */
export async function requireRoom(keeping: Keeping): Promise<void> {
  const { level, sentence } = await lookAtRoom(keeping)
  if (level === 'none') throw new LabError('NoRoom', `There is no room to begin: ${sentence}.`)
}

/** The disks of state and cache, once where that is one. */
async function disksSeen(
  { state, cache }: Folders,
  usages: readonly Usage[],
  need: number,
): Promise<(DiskSeen & { device: number })[]> {
  const [ofState, ofCache] = [await diskOf(state), await diskOf(cache)]
  const usage = (folder: string): Usage | undefined => usages.find((one) => one.folder === folder)
  const [stateUsage, cacheUsage] = [usage(state), usage(cache)]
  const measuredAs = (one: Usage | undefined) => one && { used: one.used, free: one.free }
  if (ofState.device === ofCache.device) {
    const used = state === cache ? cacheUsage?.used : stateUsage && cacheUsage && stateUsage.used + cacheUsage.used
    const both = cacheUsage && used !== undefined ? { used, free: cacheUsage.free } : undefined
    return [{ folder: state, ...ofState, measured: both, need }]
  }
  return [
    { folder: state, ...ofState, measured: measuredAs(stateUsage), need: Math.min(need, productsMost) },
    { folder: cache, ...ofCache, measured: measuredAs(cacheUsage), need },
  ]
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { lookAtRoom } from '../activities/keeping/look-at-room.ts'
import { LabError } from '../domain/errors.ts'
import type { Room } from '../domain/keep/room.ts'
import type { Folders } from '../host/folders.ts'
import { readKeepRules } from '../reading/read-keep.ts'
import type { Store } from '../store/store.ts'
import { withStore } from './with-store.ts'

/** How much room there is. */
export interface RoomNow extends Room {
  /** What is wrong with the rules; absent when nothing is. */
  rules?: string
}

/** How much room there is; undefined where there are no results yet. */
export async function roomNow(folders: Folders): Promise<RoomNow | undefined> {
  if (!existsSync(join(folders.state, 'results.db'))) return undefined
  return await withStore(folders, (store) => roomIn(folders, store))
}

/** How much room there is, by an open store. */
export async function roomIn(folders: Folders, store: Store): Promise<RoomNow> {
  const room = await lookAtRoom({ folders, store })
  try {
    await readKeepRules(folders)
    return room
  } catch (error) {
    if (error instanceof LabError) return { ...room, rules: error.message }
    throw error
  }
}

/** What people are warned of before the disk is full: a sentence each. */
export function warningsOf(room: RoomNow | undefined): string[] {
  if (room === undefined) return []
  const warnings = room.rules === undefined ? [] : [`Nothing is removed while the rules have mistakes: ${room.rules}`]
  if (room.level === 'none')
    warnings.push(`No work begins before there is room: ${room.sentence}; \`hyplab gc\` makes some.`)
  if (room.level === 'near')
    warnings.push(`There will soon be no room: ${room.sentence}; \`hyplab gc\` says what takes it.`)
  return warnings
}

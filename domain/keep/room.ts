import type { KeepRules } from './keep-rules.ts'
import { roomInWords } from './quantities.ts'

/** A file system as it is seen now, and what of it is hyplab's. Bytes. */
export interface DiskSeen {
  /** One of our folders on it, for people. */
  folder: string
  size: number
  /** What an ordinary user may still write. */
  free: number
  /** What we had on it when it was last measured, and what was free then; undefined before. */
  measured: { used: number; free: number } | undefined
  /** What the work wants on it beside the floor; nothing when left out. */
  need?: number
}

/** `near`: there is room, but for how long? `none`: nothing may begin. */
export type RoomLevel = 'ok' | 'near' | 'none'

/** Whether there is room for work. */
export interface Room {
  level: RoomLevel
  /** What is short, one sentence; empty when nothing is. */
  sentence: string
  /** How many bytes would have to go for `ok`. */
  excess: number
}

const gigabyte = 1e9
/** From this share of a budget on there is a warning. */
const warnShare = 0.85
/** What the next build may need, bytes: one O= folder of a kernel. */
const nextBuild = gigabyte

/** Bytes that stay free on a disk. */
export function floorOf(size: number, { floor }: Pick<KeepRules, 'floor'>): number {
  return floor ?? Math.min(gigabyte, size / 20)
}

/**
 * Whether there is room on the disks of state and cache.
 * @param disks one, or two where they are apart
 */
export function roomOn(disks: readonly DiskSeen[], rules: Pick<KeepRules, 'floor' | 'budget'>): Room {
  const rooms = disks.map((disk) => roomOnOne(disk, rules))
  if (rules.budget !== undefined) rooms.push(roomInBudget(disks, rules.budget))
  const worst = (['none', 'near'] as const).map((level) => rooms.find((room) => room.level === level)).find(Boolean)
  return { ...(worst ?? { level: 'ok', sentence: '' }), excess: Math.max(0, ...rooms.map(({ excess }) => excess)) }
}

function roomOnOne(disk: DiskSeen, rules: Pick<KeepRules, 'floor'>): Room {
  const { folder, free, size, need = 0 } = disk
  const floor = floorOf(size, rules)
  const lacks = `only ${roomInWords(free)} are free on the disk of ${folder}`
  const used = usedNow(disk)
  // What is ours or free is our share of the disk; the floor is nobody's.
  const beyond = used === undefined ? 0 : used - warnShare * (used + free - floor)
  const excess = Math.max(0, floor + Math.max(need, nextBuildOn(size)) - free, beyond)
  if (free < floor + need) {
    const wanted =
      need > 0 ? `, and ${roomInWords(need)} are needed beside the ${roomInWords(floor)} that stay free` : ''
    return { level: 'none', sentence: `${lacks}${wanted || `, and ${roomInWords(floor)} are to stay so`}`, excess }
  }
  if (free < floor + nextBuildOn(size))
    return {
      level: 'near',
      sentence: `${lacks}, and the next build may need ${roomInWords(nextBuild)} of them`,
      excess,
    }
  if (beyond > 0)
    return {
      level: 'near',
      sentence: `hyplab has filled ${percent(used!, used! + free - floor)} of its share of the disk of ${folder}`,
      excess,
    }
  return { level: 'ok', sentence: '', excess }
}

/** A disk that is too small for any build has no room for one to be warned about. */
function nextBuildOn(size: number): number {
  return size < 4 * nextBuild ? 0 : nextBuild
}

function roomInBudget(disks: readonly DiskSeen[], budget: number): Room {
  const used = disks.reduce((sum, disk) => sum + (usedNow(disk) ?? 0), 0)
  const need = disks.reduce((sum, disk) => sum + (disk.need ?? 0), 0)
  const excess = Math.max(0, used + need - warnShare * budget)
  const takes = `state and cache take ${roomInWords(used)} of their budget of ${roomInWords(budget)}`
  if (used + need >= budget) return { level: 'none', sentence: takes, excess }
  if (used > warnShare * budget) return { level: 'near', sentence: takes, excess }
  return { level: 'ok', sentence: '', excess: 0 }
}

/** What was measured, and what has been written since: perhaps by others, which is to be found out by measuring again. */
function usedNow({ free, measured }: DiskSeen): number | undefined {
  return measured && measured.used + Math.max(0, measured.free - free)
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`
}

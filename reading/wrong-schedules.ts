import { existsSync } from 'node:fs'
import { LabError } from '../domain/errors.ts'
import { listSchedules } from '../store/schedules.ts'
import type { Store } from '../store/store.ts'

/** A schedule that was applied and whose files are wrong by now. */
export interface WrongSchedule {
  name: string
  /**
   * `telling`: its own file, or that of its known issues, so that nobody is told of its nights; `nights`: the plan or the lab,
   * so that none begins.
   */
  stops: 'telling' | 'nights'
  /** What is wrong, with the line. */
  sentence: string
}

/**
 * The schedules that were applied and whose files cannot be read any longer; one whose file is gone is none of them. What an
 * ended night has to tell waits for such a file (activities/plan-telling.ts), and nobody would see it.
 */
export async function wrongSchedules(store: Store): Promise<WrongSchedule[]> {
  const rows = (await listSchedules(store)).filter(({ file }) => existsSync(file))
  if (rows.length === 0) return []
  // Loaded here, because most labs have no schedule and `hyplab status` is to be quick.
  const { readKnownFile } = await import('./read-known.ts')
  const { readScheduleAlone, readScheduleFile } = await import('./read-schedule.ts')
  const all = await Promise.all(
    rows.map(async ({ name, file }): Promise<WrongSchedule[]> => {
      const told = await mistakeOf(() => {
        const { schedule } = readScheduleAlone(file)
        if (schedule.known !== undefined) readKnownFile(schedule.known)
      })
      if (told !== undefined) return [{ name, stops: 'telling', sentence: told }]
      const begun = await mistakeOf(() => readScheduleFile(file))
      return begun === undefined ? [] : [{ name, stops: 'nights', sentence: begun }]
    }),
  )
  return all.flat()
}

/** In words: what comes of it, and what is wrong. */
export function wrongInWords({ name, stops, sentence }: WrongSchedule): string {
  const comes =
    stops === 'telling'
      ? `Nobody is told of the nights of ${name} before this is right; those that have ended wait for it, up to 20 hours`
      : `No night of ${name} begins before this is right`
  return `${comes}: ${sentence}`
}

async function mistakeOf(read: () => unknown): Promise<string | undefined> {
  try {
    await read()
    return undefined
  } catch (error) {
    if (error instanceof LabError) return error.message
    throw error
  }
}

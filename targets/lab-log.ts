import { appendFileSync, existsSync } from 'node:fs'
import type { NewLabFact } from '../domain/lab-log/lab-fact.ts'
import { keptFile } from './kept-files.ts'

/** The name under which an attempt keeps what the lab did. */
export const labLogName = 'lab'

/** Notes what the lab did or said. It never throws. */
export type NoteLab = (fact: NewLabFact) => void

/** For work on a place that is no attempt's. */
export const unnoted: NoteLab = () => undefined

/**
 * The lab log of an attempt: each fact is on disk when `note` returns, so that it outlives the step that noted it. Nothing is
 * noted of an attempt whose folder is gone, for that has been closed; nor is a full disk a reason to leave a board on.
 * @param folder the attempt's own
 */
export function labLog(folder: string): NoteLab {
  return (fact) => {
    if (!existsSync(folder)) return
    try {
      appendFileSync(keptFile(folder, labLogName), `${JSON.stringify({ at: Date.now(), ...fact })}\n`)
    } catch {
      // Without the fact its finding is unknown.
    }
  }
}

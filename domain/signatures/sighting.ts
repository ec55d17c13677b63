import type { ConsoleLog } from '../console/line.ts'
import type { SignatureMatch } from './match.ts'

/** A console line that the signature catalogue knows, and where it stands. */
export interface Sighting {
  log: ConsoleLog
  /** Index into `log.lines`. */
  index: number
  match: SignatureMatch
}

import type { Shown } from '../domain/attempt.ts'
import { readLabLog } from '../domain/lab-log/read-lab-log.ts'
import { isLeased, type Target } from '../domain/target.ts'

/**
 * What the lab did during an attempt, for its probes; nothing where the target is no place of a lab.
 * @param log the attempt's lab log; undefined where nothing was noted
 */
export function labShown(target: Target, log: Uint8Array | undefined): Pick<Shown, 'lab'> {
  if (!isLeased(target)) return {}
  return { lab: { kind: target.kind, facts: readLabLog(log === undefined ? '' : Buffer.from(log).toString('utf8')) } }
}

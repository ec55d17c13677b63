import { describeRecord } from '../records/describe-record.ts'
import type { TargetRecord } from '../records/record.ts'
import type { Moment } from './moment.ts'

/**
 * The records of an attempt as moments. One that says when it was made, by the kernel's clock, stands there; the others were
 * sent one after another and stand with the one before.
 * @param records by sequence number
 * @param epoch host time at which the kernel's clock stood at 0; without it a record has no place in the story
 * @param began host time before which none was made, e.g. of init's first line
 */
export function recordMoments(records: readonly TargetRecord[], epoch: number | undefined, began: number): Moment[] {
  let last = began
  return records.map(({ sequence, body }) => {
    if (epoch !== undefined && 'at' in body && body.at > 0) last = Math.max(last, epoch + body.at * 1000)
    return {
      at: last,
      source: 'record',
      place: `record ${sequence}`,
      text: describeRecord(body),
      weight:
        body.fact === 'ffa-call' || body.fact === 'tpm-command' || body.fact === 'efi-variable' ? 'key' : 'detail',
      findings: [],
    }
  })
}

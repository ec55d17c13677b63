import type { TargetRecord } from '../../records/record.ts'
import type { Seen } from '../seen.ts'
import type { Sighting } from '../../signatures/sighting.ts'

/** Whether Linux has a TPM, and the record that shows it. */
export interface TpmPresence {
  there: boolean
  record: TargetRecord
}

/**
 * Whether there is a `tpm0` when init looks: shown by a link or a file below it that could be read, by the names in
 * /sys/class/tpm, or by a command that its device answered; undefined where no record tells.
 */
export function tpmPresence(seen: Seen): TpmPresence | undefined {
  const inside = [...seen.records('link'), ...seen.records('file')].find(
    ({ body }) => body.path.startsWith('/sys/class/tpm/tpm0/') && body.rc === 0,
  )
  if (inside) return { there: true, record: inside }
  const answered = seen.records('tpm-command').find(({ body }) => body.rc === 0)
  if (answered) return { there: true, record: answered }
  const list = seen.records('list').find(({ body }) => body.path === '/sys/class/tpm')
  if (list && (list.body.rc === 0 || list.body.rc === -2))
    return { there: list.body.names.includes('tpm0'), record: list }
  const noDevice = seen.records('tpm-command').find(({ body }) => body.rc === -2)
  return noDevice && { there: false, record: noDevice }
}

/** The first line that only a driver with a working TPM prints. */
export function tpmLine(seen: Seen): Sighting | undefined {
  const lines = ['tpm.crb-ffa-version', 'tpm.tis'].map((id) => seen.first(id))
  return lines.filter((line) => line !== undefined).toSorted((a, b) => a.index - b.index)[0]
}

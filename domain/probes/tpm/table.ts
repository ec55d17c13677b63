import { fromLatin1 } from '../../bytes/bytes.ts'
import { parseTpmTable, type TpmTable } from '../../tpm/answer.ts'
import type { RecordOf, Seen } from '../seen.ts'

/** The firmware's TPM2 table as the target read it from sysfs: the record, and what stands in it; `read` is absent where it is too short to be one. Undefined where it was not read. */
export function tpmTable(seen: Seen): { record: RecordOf<'file'>; read?: TpmTable } | undefined {
  const record = seen.records('file').find(({ body }) => body.path.endsWith('/acpi/tables/TPM2') && body.rc === 0)
  const read = record && parseTpmTable(fromLatin1(record.body.text))
  return record && { record, ...(read ? { read } : {}) }
}

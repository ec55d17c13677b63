import { toLatin1 } from '../bytes/bytes.ts'
import { parseImaAscii } from '../ima/parse-ascii.ts'
import { parseImaBinary } from '../ima/parse-binary.ts'
import { listBank } from '../ima/template-digest.ts'
import type { MeasurementList } from '../ima/measurement.ts'
import { toHex } from '../bytes/bytes.ts'
import type { TargetRecord } from '../records/record.ts'
import { pcrsOf, type MeasurementFile } from './measurements.ts'

/** A file as a record, as the target's init would have sent it, so that the same probes judge it. */
export interface RecordSource {
  record: TargetRecord
  /** Its path on a target. */
  path: string
  /** The file as the user named it. */
  file: string
}

const ima = '/sys/kernel/security/ima'

/** Takes measurement files; returns records of them under the paths where Linux shows such files. */
export function measurementRecords(files: readonly MeasurementFile[]): RecordSource[] {
  const sources: { path: string; file: string; text: string }[] = []
  for (const each of files) {
    const text = toLatin1(each.bytes)
    if (each.kind === 'event-log')
      sources.push({ path: '/sys/kernel/security/tpm0/binary_bios_measurements', file: each.file, text })
    else if (each.kind === 'ima-ascii')
      sources.push({ path: `${ima}/ascii_runtime_measurements${suffix(parseImaAscii(text))}`, file: each.file, text })
    else if (each.kind === 'ima-binary')
      sources.push({
        path: `${ima}/binary_runtime_measurements${suffix(parseImaBinary(each.bytes))}`,
        file: each.file,
        text,
      })
    else
      for (const [bank, values] of pcrsOf([each]))
        for (const [pcr, value] of values)
          sources.push({
            path: `/sys/class/tpm/tpm0/pcr-${bank}/${pcr}`,
            file: each.file,
            text: `${toHex(value).toUpperCase()}\n`,
          })
  }
  return sources.map(({ path, file, text }, index) => ({
    record: { sequence: index + 1, body: { fact: 'file', path, rc: 0, text } },
    path,
    file,
  }))
}

/** The file without a bank's name has SHA-1 digests (ima_fs.c of 6.10 and newer). */
function suffix(list: MeasurementList): string {
  const bank = listBank(list) ?? 'sha1'
  return bank === 'sha1' ? '' : `_${bank}`
}

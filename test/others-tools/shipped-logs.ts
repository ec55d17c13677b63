import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { foldersFrom } from '../../host/folders.ts'
import { obtainTestData } from '../../setup/test-data.ts'

/** A log or a measurement list with the name of its file. */
export interface NamedBytes {
  name: string
  bytes: Buffer
}

const folders = await obtainTestData(foldersFrom())

/** Of the unpacked sources of tpm2-tss and ima-evm-utils. */
const tss = join(folders['tpm2-tss'], 'test/data/fapi/eventlog')
const evm = join(folders['ima-evm-utils'], 'tests')

/** The base64 files of a folder whose names fit. */
function decoded(wanted: RegExp): NamedBytes[] {
  return readdirSync(tss)
    .filter((file) => file.endsWith('.b64') && wanted.test(file))
    .toSorted()
    .map((file) => ({
      name: file.replace(/\.b64$/, ''),
      bytes: Buffer.from(readFileSync(join(tss, file), 'latin1'), 'base64'),
    }))
}

/** Event logs of real machines, and single events: those of tpm2-tss (some are tpm2-tools' own), and the one of ima-evm-utils. */
export const shippedEventLogs: NamedBytes[] = [
  ...decoded(/^(binary|event|specid)/),
  { name: sampleOf('binary_bios_measurements'), bytes: readFileSync(join(evm, sampleOf('binary_bios_measurements'))) },
]

/** Binary measurement lists of tpm2-tss. */
export const shippedLists: NamedBytes[] = decoded(/^sml-/)

/** A text that ima-evm-utils has for its own test of boot_aggregate: the list and the PCRs that belong to its event log. */
export function aggregateSample(kind: 'ascii_runtime_measurements' | 'tpm-2.0'): string {
  return readFileSync(join(evm, sampleOf(kind)), 'latin1')
}

function sampleOf(kind: string): string {
  return `sample-${kind}-pcrs-8-9`
}
